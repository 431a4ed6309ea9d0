"""A project at a URL: its plan is read at the branch's tip, its runs are published there."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.exceptions import AgentsError
from orchestrator.actions import runs
from orchestrator.actions.projects import add_project
from orchestrator.actions.reading import plans_of
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from orchestrator.models import Line
from plans.models import Project
from tests.forge import forge
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, git, repository

pytestmark = pytest.mark.django_db(transaction=True)
ADA = Actor("ada", "command line")


@pytest.fixture
def work(tmp_path) -> Path:
    """The person's own clone, from which they push."""
    return repository(tmp_path / "bells")


@pytest.fixture
def url(work, tmp_path, data, settings):
    settings.GIT_HOSTS = ["127.0.0.1"]
    settings.FETCH_SECONDS = 0.0
    (tmp_path / "forge").mkdir()
    bare = tmp_path / "forge" / "bells.git"
    git(tmp_path, "clone", "-q", "--bare", str(work), str(bare))
    with forge(bare.parent) as base:
        address = f"{base}/bells.git"
        git(work, "remote", "add", "origin", address)
        yield address


@pytest.fixture
def hand(url):
    return Hand(url, author="Ada Lovelace <ada@example.org>")


def test_a_run_of_a_project_at_a_url_is_published_there(hand, work, url):
    assert hand.project.kind == "url"
    assert (hand.project.name, hand.project.branch) == ("bells", "main")
    assert [plan.path for plan in plans_of(hand.project)] == ["PLAN.md"]
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    line = Line.objects.get(run=hand.run)
    assert (line.publish_state, line.publish_detail) == ("published", "")
    git(work, "fetch", "-q", "origin")
    assert git(work, "rev-parse", f"origin/{hand.run.branch}") == line.head_oid
    assert git(work, "log", "-1", "--format=%an <%ae>", line.head_oid) == "Ada Lovelace <ada@example.org>"
    assert "### ✅ Step 2:" in git(work, "show", f"{line.head_oid}:PLAN.md")
    assert git(work, "rev-parse", "origin/main") == git(work, "rev-parse", "main")


@pytest.mark.ledger("B16")
def test_what_was_pushed_to_the_branch_meanwhile_is_the_plan_at_the_resume(hand, work):
    hand.start()
    hand.approve()
    runs.pause(hand.run, hand.actor)
    hand.work()
    (work / "PLAN.md").write_text(PLAN.replace("Add the small bell", "Add the tiny bell"))
    git(work, "commit", "-qam", "Rename the step")
    git(work, "push", "-q", "origin", "main")
    hand.run.refresh_from_db()
    edits = runs.resume(hand.run, hand.actor, hand.user.pk)
    assert edits is not None
    assert edits.steps.edited == ("2",)
    assert hand.step("2").title == "Add the tiny bell"


def test_a_branch_that_exists_there_is_refused_with_its_deletion(hand, work, url):
    git(work, "push", "-q", "origin", "main:taken")
    with pytest.raises(PersonError, match=r"git push .* --delete taken"):
        hand.start(branch="taken")


def test_nothing_stays_of_a_repository_that_cannot_be_reached(url, data):
    with pytest.raises(AgentsError, match="cannot be used"):
        add_project(url.replace("bells", "absent"), ADA, author="Ada <ada@example.org>")
    assert not Project.objects.exists()
    assert not list((data / "hubs").iterdir())


@pytest.mark.parametrize(
    ("location", "author", "why"),
    [
        ("https://user:secret@example.org/x.git", "A <a@b>", "out of the URL"),
        ("git://example.org/x", "A <a@b>", "not a way to reach"),
        ("http://169.254.169.254/x", "A <a@b>", "private network"),
        ("URL", "nobody", "is no author"),
        ("", "", "Give the folder or the URL"),
    ],
)
def test_an_address_that_will_not_do_is_told(url, location, author, why):
    with pytest.raises((PersonError, AgentsError), match=why):
        add_project(url if location == "URL" else location, ADA, author=author)
    assert not Project.objects.exists()
