"""The page and the command about a project's agents."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, git, repository

pytestmark = pytest.mark.django_db(transaction=True)

FOUNDER = "---\nname: bell-founder\ndescription: Casts bells.\nmodel: haiku\ncolor: red\n---\nCast it in <bronze>.\n"
OWNED = PLAN.replace("**Objective**: A small bell", "**Owner**: bell-founder\n\n**Objective**: A small bell")
TOML = """[agents]
rubirc = []
[agents.guidelines]
bell-founder = ["docs/bells.md"]
[[agents.rubric]]
agent = "test-author"
titles = ["describe"]
[[drift]]
kind = "route"
pattern = "@route"
"""
FILES = {
    ".claude/agents/bell-founder.md": FOUNDER,
    ".claude/agents/odd.md": "---\nname: <script>\n---\n",
    "docs/bells.md": "Bells.\n",
    "signalbox.toml": TOML,
}


@pytest.fixture
def hand(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells", FILES, plan=OWNED))
    hand.start()
    return hand


def page(client, hand) -> str:
    answer = client.get(f"/projects/{hand.project.name}/agents/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.ledger("M22")
def test_each_agent_is_shown_with_its_origin_model_files_and_where_it_is_used(client, hand):
    html = page(client, hand)
    founder = html[html.index('id="agent-bell-founder"') : html.index("Cast it in")]
    for words in (".claude/agents/bell-founder.md:2", "claude-haiku-5-5", "docs/bells.md", "PLAN.md</a> step 2", "red"):
        assert words in founder
    tester = html[html.index('id="agent-test-author"') :]
    assert "built-in" in tester and "step 4" in tester and "line 5" in tester
    assert "Cast it in &lt;bronze&gt;." in html


def test_problems_have_their_file_and_line(client, hand):
    html = page(client, hand)
    assert ".claude/agents/odd.md:2" in html and "signalbox.toml:2" in html and "“rubirc” is no field" in html
    assert "<script>" not in html.replace('<script src="', "")


def test_the_configuration_is_shown_as_read_with_what_the_engine_does_not_use(client, hand):
    html = page(client, hand)
    rows = html[html.index('id="configuration"') : html.index("<h2>Built in")]
    assert "drift.0.kind" in rows and rows.count("not used by the engine yet") == 2


def test_what_is_not_committed_is_named_as_not_seen(client, hand):
    (hand.source / ".claude/agents/new.md").write_text(FOUNDER.replace("bell-founder", "new"))
    (hand.source / "docs/bells.md").write_text("Other.\n")
    (hand.source / "docs/other.md").write_text("Nothing.\n")
    html = page(client, hand)
    assert "Not committed, so no run sees it" in html and 'id="agent-new"' not in html
    assert ".claude/agents/new.md" in html and "docs/other.md" not in html


def test_a_repository_without_any_says_what_it_could_have(client, hand):
    git(hand.source, "rm", "-rqf", ".claude", "signalbox.toml")
    git(hand.source, "commit", "-qm", "Bare")
    html = page(client, hand)
    assert "None. A Markdown file in" in html and "has none, and needs none" in html


def test_the_page_is_linked_and_needs_a_sign_in(client, stranger, hand):
    url = f"/projects/{hand.project.name}/agents/"
    for other in ("/start/", "/system/", f"/plans/{hand.run.plan_id}/"):
        assert f'href="{url}"' in client.get(other).content.decode(), other
    assert stranger.get(url).status_code == 302
    assert client.get("/projects/nowhere/agents/").status_code == 404


def test_the_approval_page_says_who_builds_and_why(client, tmp_path, data):
    hand = Hand(repository(tmp_path / "more", FILES, plan=OWNED.replace("bell-founder", "Team Blue")))
    hand.start(runner="anthropic_api")
    html = client.get(f"/runs/{hand.run.pk}/dispatch/").content.decode()
    assert "test-author builds it: by the rubric, signalbox.toml:6." in html
    assert "Step 2 names “Team Blue”, which is no agent here" in html
    assert "<code>signalbox.toml</code> “rubirc” is no field" in html


def test_the_command_prints_the_same(hand, capsys):
    call_command("project", "agents", hand.project.name, "--json")
    value = json.loads(capsys.readouterr().out)
    founder = next(agent for agent in value["agents"] if agent["name"] == "bell-founder")
    assert founder["used_by"] == [{"plan": "PLAN.md", "steps": ["2"]}] and founder["guidelines"] == ["docs/bells.md"]
    assert {"field": "drift.0.kind", "line": 9, "used": False, "value": "route"} in value["configuration"]
    call_command("project", "agents", hand.project.name)
    text = capsys.readouterr().out
    assert "bell-founder" in text and "(used by PLAN.md 2)" in text
    assert ".claude/agents/odd.md:2: error[name]:" in text
