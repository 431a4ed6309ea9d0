"""The pages of plans in a browser: every part at both widths and in both themes, and all of it by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.web.served import accessible, live, shot
from tests.repositories import git, repository

STEP = """### Step {n}: {title}

**Owner**: bell-founder

**Objective**: {title}, so that the tower can be heard in the valley.

**Acceptance criteria**:
- One hears it.
- The neighbours agree.

**Depends on**: {after}

#### Phase 1 — Build

Do it.

#### Phase 2 — Adversarial Review

1. Is it heard?

#### Phase 3 — Verification

- [ ] It is heard — `test -f bell{n}`.

---

"""
STEPS = (
    ("Survey the tower and its frame of oak", "none"),
    ("Cast the small bell", "Step 1"),
    ("Cast the big bell", "Step 1, Step 14"),
    ("Build the frame", "Step 1"),
    ("Hang both bells", "Step 2, Step 3, Step 4"),
    ("Tune them in the second octave", "Step 5"),
    ("Write what the ringers need to know", "Step 5"),
)
PLAN = """# A carillon for the north tower

## Goal

Bells that are heard in the valley by the first of May, and a tower that stands.

## Tool Chain

| Category | Tool | Command |
|---|---|---|
| Test | unittest | `python3 -m unittest -q` |
| Lint | ruff | `ruff check .` |

## Steps

""" + "".join(STEP.format(n=n, title=title, after=after) for n, (title, after) in enumerate(STEPS, 1))
CIRCLE = PLAN.replace("**Depends on**: none", "**Depends on**: Step 6")
NO_PLAN = "# Notes of the parish\n\nNothing here is to be done.\n"


@pytest.fixture(scope="module")
def source(served, tmp_path_factory):
    """A repository whose plan was read twice, and a note that is none."""
    source = repository(tmp_path_factory.mktemp("sources") / "carillon", {"NOTES.md": NO_PLAN}, plan=PLAN)
    served.terminal.ok("project", "add", str(source))
    served.terminal.ok("run", "start", "--project", "carillon", "--runner", "person")
    return source


def part(page: Page, name: str, shown: str) -> None:
    page.get_by_role("navigation", name="Parts of this plan").get_by_role("link", name=name).click()
    live(page)
    shot(page, shown)
    accessible(page)


def test_a_plan_is_found_read_and_looked_at_in_every_part(served, page: Page, source):
    page.goto("/")
    live(page)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Plans", exact=True)).to_be_visible()
    live(page)
    shot(page, "plans")
    accessible(page)
    page.get_by_role("link", name="A carillon for the north tower").click()
    expect(page.locator(".parsed li")).to_have_count(7)
    page.locator("#s3 .parsed-head").press("Enter")
    expect(page.locator("#s3")).to_have_attribute("aria-current", "true")
    assert page.locator("tr.is-own").count() > 20
    line = page.locator("tr.is-hit")
    expect(line).to_contain_text("Cast the big bell")
    expect(line).to_be_in_viewport()
    shot(page, "plan-source")
    accessible(page)
    page.locator("tr", has_text="Step 5: Hang both bells").get_by_role("link").press("Enter")
    expect(page.locator("#s5")).to_have_attribute("aria-current", "true")
    expect(page.locator("tr.is-own").first).to_be_in_viewport()
    shot(page, "plan-steps")
    (source / "PLAN.md").write_text(CIRCLE.replace("Cast the big bell, so", "Cast the great bell, so"))
    git(source, "commit", "-qam", "Round")
    page.get_by_text("Read as blueprint").click()
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator(".source")).to_contain_text("great bell")
    part(page, "Order", "plan-order")
    expect(page.locator("main")).to_contain_text("These steps wait for each other")
    page.locator("svg a.node").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".parsed [aria-current]")).to_have_count(1)
    part(page, "Problems", "plan-problems")
    part(page, "What it states", "plan-states")
    part(page, "Versions", "plan-versions")
    shot(page, "plan-versions-whole", full=True)
    expect(page.locator(".changes")).to_contain_text("Cast the great bell")


def test_the_keys_go_from_problem_to_problem(page: Page, source):
    page.goto("/plans/?project=carillon")
    page.get_by_role("link", name="A carillon for the north tower").click()
    live(page)
    page.keyboard.press("]")
    expect(page.locator("tr.is-hit.has-problem")).to_have_count(1)
    first = page.locator("tr.is-hit").get_attribute("id")
    page.keyboard.press("]")
    expect(page.locator("tr.is-hit.has-problem")).not_to_have_attribute("id", first)
    page.keyboard.press("[")
    expect(page.locator("tr.is-hit.has-problem")).to_have_attribute("id", first)


def test_a_file_that_is_no_plan_says_why_and_a_dialect_can_be_chosen(page: Page, source):
    page.goto("/plans/?project=carillon")
    page.get_by_text("Read another file").click()
    page.get_by_label("File or folder").fill("NOTES.md")
    page.locator("details.fold").get_by_role("button", name="Read it").click()
    expect(page.locator("main")).to_contain_text("This is no plan that can be run.")
    live(page)
    shot(page, "plan-none")
    accessible(page)
    page.get_by_label("Read it as").select_option("checklist")
    page.get_by_role("button", name="Use this dialect").click()
    expect(page.locator("main")).to_contain_text("Read as checklist, as a person chose")
