"""Pages in the states that the example's story does not come to: long, paused, with a person, refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.web.served import Served, accessible, live, shot
from tests.repositories import PLAN, git, repository

STEPS = 200
LONG = (
    "Teach the board in the harbour master's office to say, in whole words and without abbreviations, what the tide "
    "will do in the next twelve hours and why"
)
UNBROKEN = "a_name_of_a_function_that_nobody_has_ever_dared_to_break_into_two_lines_because_it_is_generated"


def long_plan() -> str:
    steps = [
        f"### Step {number}: {LONG if number % 3 else UNBROKEN} {number}\n\n**Objective**: Step {number}.\n\n"
        f"**Acceptance criteria**:\n- It is there.\n\n#### Phase 1 — Build\n\nMake `file{number}`.\n\n"
        f"#### Phase 3 — Verification\n\n- [ ] It is there — `test -f file{number}`.\n"
        for number in range(1, STEPS + 1)
    ]
    return f"# {LONG}\n\n" + "\n".join(steps)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Run 1 is the example's; 2 has 200 steps and is handed to a person; 3 is user-managed with a card; 4 waits."""
    running = Served(tmp_path_factory.mktemp("data"), SIGNALBOX_REHEARSAL_DELAY="0")
    sources = tmp_path_factory.mktemp("sources")
    terminal = running.terminal
    terminal.ok("project", "add", str(repository(sources / "long", plan=long_plan())))
    terminal.ok("project", "add", str(repository(sources / "bells", plan=PLAN)))
    terminal.ok("run", "start", "--project", "long", "--runner", "person", "--git", "engine")
    terminal.ok("run", "approve", "2")
    terminal.ok("run", "start", "--project", "bells", "--runner", "person", "--git", "user", "--branch", "mine")
    terminal.ok("run", "approve", "3")
    terminal.ok("run", "watch", "3")
    folder = Path(terminal.ok("run", "show", "3", "--json").json["with_you"]["worktree"])
    (folder / "bells.py").write_text("def small():\n    return 'ting'\n")
    terminal.ok("run", "done", "3", "--note", "Ting, as the plan has it.")
    terminal.ok("run", "watch", "3")
    terminal.ok("run", "start", "--project", "bells", "--runner", "person", "--branch", "other")
    yield running
    running.stop()


def look(page: Page, name: str, path: str) -> None:
    page.goto(path)
    live(page)
    shot(page, name)
    accessible(page)


def test_a_plan_of_two_hundred_steps_with_long_titles_stays_a_page(page: Page):
    look(page, "long-run", "/runs/2/")
    look(page, "long-dispatch", "/runs/2/dispatch/")
    look(page, "long-report", "/runs/2/report/")
    look(page, "long-batch", "/runs/2/batches/1/")
    page.goto("/runs/2/")
    page.get_by_role("link", name="PLAN.md").click()
    live(page)
    shot(page, "long-plan")
    accessible(page)
    look(page, "long-step", "/runs/2/steps/1/")
    expect(page.locator(".yours")).to_contain_text("Work here")
    look(page, "long-step-none", "/runs/2/steps/200/log/")
    look(page, "long-runs", "/runs/")
    look(page, "long-inbox", "/")


def test_a_run_that_a_person_commits_themself_says_where_the_files_are(page: Page):
    look(page, "user-run", "/runs/3/")
    page.locator(".ask").first.click()
    live(page)
    shot(page, "user-card")
    accessible(page)
    look(page, "user-report", "/runs/3/report/")
    expect(page.locator("main")).to_contain_text("left for you as tree")
    expect(page.locator("main")).to_contain_text("Ting, as the plan has it.")
    look(page, "abort", "/runs/3/abort/")


def test_a_paused_run_says_what_was_edited_meanwhile(page: Page, served: Served):
    served.terminal.ok("run", "pause", "2")
    projects = {p["name"]: Path(p["location"]) for p in served.terminal.ok("project", "list", "--json").json}
    plan = projects["long"] / "PLAN.md"
    plan.write_text(plan.read_text().replace("Make `file9`", "Make `file9` quickly"))
    git(plan.parent, "commit", "-qam", "Edit")
    look(page, "paused", "/runs/2/")
    expect(page.locator("#region-head")).to_contain_text("The plan was edited.")


def test_errors_are_pages_of_the_house(page: Page, served: Served, browser):
    for name, path in {"error-404": "/runs/99/", "error-405": "/sign-out/"}.items():
        page.goto(path)
        shot(page, name)
        accessible(page)
    context = browser.new_context(base_url=served.url, viewport={"width": 1440, "height": 900})
    out = context.new_page()
    for name, path in {"error-out": "/nowhere/", "sign-in": "/", "link-used": "/sign-in/used-long-ago/"}.items():
        out.goto(path)
        shot(out, name)
        accessible(out)
    context.close()


def test_the_system_page_and_the_vault_fit_a_phone(page: Page, served: Served):
    look(page, "system-busy", "/system/")
    shot(page, "system-whole", full=True)
    page.get_by_role("link", name="run 3").last.click()
    live(page)
    shot(page, "vault")
    accessible(page)
    page.get_by_role("button", name="Restore").first.click()
    expect(page.get_by_role("heading", name="Restored here")).to_be_visible()
    shot(page, "vault-restored")
