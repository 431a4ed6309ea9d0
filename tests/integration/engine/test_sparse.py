"""Agents work in a part of a large repository; what decides, and people, see all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.actions import runs
from orchestrator.engine import warming
from orchestrator.engine.ground import Ground
from orchestrator.models import CheckRun, Dispatch, Workspace
from tests.integration.cards.agents import SMALL, Agents, built, said_to, scene, shell
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, git, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

TOML = """[worktrees]
sparse = ["towers/one", "towers/none"]
[agents.guidelines]
"*" = ["docs/house.md"]
"""
FILES = {
    "signalbox.toml": TOML,
    "docs/house.md": "Be kind.\n",
    "towers/one/bell": "one\n",
    "towers/two/bell": "two\n",
    "attic/old": "old\n",
    "attic/dust": "dust\n",
}
ALL_OF_IT = "- [ ] All is there — `test -f towers/two/bell -a -f attic/old -a -f attic/new`.\n- [ ] It says ting"
SEEN = PLAN.replace("- [ ] It says ting", ALL_OF_IT, 1)


@pytest.fixture
def agents(tmp_path, settings, data):
    here = Agents(tmp_path, settings, "plain")
    here.hand = Hand(repository(tmp_path / "bells", FILES, plan=SEEN))
    yield here
    here.server.stop()


def places(dispatch: Dispatch) -> Workspace:
    return Workspace.objects.get(dispatch=dispatch)


def test_an_agent_has_its_folders_and_checks_have_all(agents, client):
    look = shell(f"find . -type f | sort; mkdir attic; echo new > attic/new; {SMALL}")
    hand = agents.play(scene(look, built("bells.py", "attic/new")), scope="2")
    build, review = Dispatch.objects.order_by("id")[:2]
    assert "./towers/one/bell" in said_to(build) and "./docs/house.md" in said_to(build)
    assert "./towers/two/bell" not in said_to(build) and "./attic/old" not in said_to(build)
    assert "towers/none\ntowers/one\n" in build.brief and "`git show HEAD:path` prints a file" in build.brief
    assert places(build).prepared["cone"] == ["docs", "towers/one"]
    assert places(review).prepared["cone"] == ["attic", "docs", "towers/one"], "where the work is, too"
    assert {row.verdict for row in CheckRun.objects.filter(source="plan")} == {"passed"}
    assert hand.step("2").status == "passed"
    changed = git(hand.source, "show", "--name-status", "--format=", hand.run.branch).splitlines()
    assert changed == ["M\tPLAN.md", "A\tattic/new", "M\tbells.py"]
    client.force_login(hand.user)
    page = client.get(f"/runs/{hand.run.pk}/steps/2/").content.decode()
    assert "A part of the repository" in page and "names <code>towers/none</code>" in page


def made_ahead(hand: Hand, **wish: str) -> Path:
    hand.start(scope="2", **wish)
    hand.run = runs.approve(hand.run, hand.actor, hand.user.pk)
    warming.fill(hand.run.pk)
    (ahead,) = Ground.of(hand.project).worktrees.root.glob("warm-*")
    assert (ahead / "towers/one").exists() and not (ahead / "towers/two").exists() and not (ahead / "docs").exists()
    hand.work()
    return ahead


def test_one_made_ahead_is_widened_by_what_the_step_is_about(agents):
    ahead = made_ahead(agents.hand, runner="anthropic_api")
    taken = places(Dispatch.objects.earliest("id"))
    assert taken.path == str(ahead) and taken.prepared["cone"] == ["docs", "towers/one"]


def test_a_person_has_all_and_is_told_nothing_else(agents):
    ahead = made_ahead(agents.hand)
    assert agents.hand.folder() == ahead and (ahead / "towers/two/bell").exists() and (ahead / "attic/dust").exists()
    assert "What is in your worktree" not in Dispatch.objects.get().brief
