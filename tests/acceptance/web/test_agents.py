"""The agents' page in a browser: both widths, both themes, and nothing that axe minds."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.acceptance.web.served import accessible, shot
from tests.repositories import PLAN, repository

FOUNDER = (
    "---\nname: bell-founder\ndescription: Casts bells.\nmodel: haiku\ntools: Bash, Read\n---\nCast it in bronze.\n"
)
FILES = {
    ".claude/agents/bell-founder.md": FOUNDER,
    ".claude/agents/broken.md": "---\nname: broken\ncolor: [red\n---\n",
    "docs/bells.md": "Bells.\n",
    "signalbox.toml": '[plans]\ntemplates = "x"\n[agents.guidelines]\nbell-founder = ["docs/bells.md"]\n'
    '[[agents.rubric]]\nagent = "bell-founder"\ntitles = ["small bell"]\n'
    '[[forbidden]]\npattern = "utcnow"\nreason = "use now"\n',
}


def test_the_agents_of_a_project_are_shown_and_linked_from_the_dispatch_plan(served, page, tmp_path):
    source = repository(tmp_path / "bells", FILES, plan=PLAN)
    served.terminal.ok("project", "add", str(source))
    served.terminal.ok("run", "start", "--project", "bells")
    page.goto("/start/?project=bells")
    page.get_by_role("link", name="Agents of bells").click()
    founder = page.locator("#agent-bell-founder")
    expect(founder).to_contain_text("PLAN.md step 2")
    expect(page.locator(".problems")).to_contain_text(".claude/agents/broken.md")
    founder.get_by_text("Its orders").click()
    expect(founder).to_contain_text("Cast it in bronze.")
    shot(page, "agents")
    accessible(page)
    founder.get_by_role("link", name="PLAN.md").click()
    expect(page.get_by_role("link", name="agents", exact=True)).to_be_visible()


@pytest.mark.ledger("M6")
def test_a_person_gives_a_step_to_another_agent_where_it_is_approved(served, page, tmp_path):
    source = repository(tmp_path / "chimes", FILES, plan=PLAN)
    served.terminal.ok("project", "add", str(source))
    run = json.loads(served.terminal.ok("run", "start", "--project", "chimes", "--json").out)["run"]
    page.goto(f"/runs/{run}/dispatch/")
    step = page.locator(".planned-step").nth(1)
    page.locator("input[name=step][value='3']").uncheck()
    page.get_by_label("One commit per step").check()
    step.get_by_text("Another agent").click()
    step.get_by_label("Agent that builds step 2").select_option("debugger")
    shot(page, "dispatch-another-agent")
    accessible(page)
    step.get_by_role("button", name="Let it build step 2").click()
    expect(step).to_contain_text("debugger builds it: chosen by")
    expect(page.locator("input[name=step][value='3']")).not_to_be_checked()
    expect(page.get_by_label("One commit per step")).to_be_checked()
    told = served.terminal.ok("run", "assign", str(run), "2", "test-author").out
    assert "test-author builds it, chosen by" in told
    assert "Known ones: architect, " in served.terminal.refused("run", "assign", str(run), "2", "nobody")
    page.reload()
    expect(step).to_contain_text("test-author builds it: chosen by")
    page.get_by_role("button", name="Approve and start").click()
    page.wait_for_url(f"**/runs/{run}/")
    assert "its agents were approved" in served.terminal.refused("run", "assign", str(run), "2", "builder")
