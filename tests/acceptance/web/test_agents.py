"""The agents' page in a browser: both widths, both themes, and nothing that axe minds."""

from __future__ import annotations

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
    "signalbox.toml": '[agents]\nrubirc = []\n[agents.guidelines]\nbell-founder = ["docs/bells.md"]\n'
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
