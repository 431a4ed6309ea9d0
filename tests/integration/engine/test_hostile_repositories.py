"""Repositories that mean harm, from their adding to the landing of a step: nothing they name is run or read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from agents.exceptions import AgentsError
from agents.workspaces.source import open_source
from orchestrator.exceptions import PersonError
from orchestrator.models import CheckRun, Dispatch, Event, Run
from tests import hostile
from tests.hostile import REFUSED, SPOILT, Traps
from tests.integration.engine.hand import Hand
from tests.repositories import repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

PLAN = """# Bells

### Step 1: Ring

**Objective**: It rings.

**Acceptance criteria**:
- It rings.

#### Phase 1 — Build

Ring.

#### Phase 2 — Adversarial Review

1. Does it?

#### Phase 3 — Verification

- [ ] It rings — `grep -c RING {file}` prints at least 1.
- [ ] Python is Python — `python3 -Ic "print('real')" | grep -c real` prints 1.
- [ ] git is git — `git --version | grep -c "git version"` prints 1.
"""
COMMANDS = (
    "status",
    "diff HEAD",
    "log --show-signature -1",
    "checkout -q -b other",
    "add -A",
    "commit -q -m x",
    "gc -q",
)


@pytest.fixture
def traps(tmp_path) -> Traps:
    return Traps(tmp_path / "traps")


@pytest.fixture
def repo(tmp_path) -> Path:
    return repository(tmp_path / "bells", plan=PLAN.format(file="bells.py"))


def everything_below(folder: Path) -> bytes:
    """The bytes of all regular files; links are not followed."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return b"\0".join(path.read_bytes() for path in files)


def landed(hand: Hand, repo: Path) -> None:
    assert hand.step("1").status == "passed", [(row.command, row.output) for row in CheckRun.objects.all()]
    hand.decide("continue")
    assert hand.run.status == "succeeded"
    assert looked(repo, "log", "-1", "--format=%s", hand.run.branch) == "feat: ring (step 1)"


def looked(repo: Path, *words: str) -> str:
    """What our own git, which springs no trap, says of a repository."""
    return open_source(repo).run(*words).text


@pytest.mark.parametrize("name", SPOILT)
def test_a_hostile_repository_is_worked_on_and_nothing_of_it_runs_or_escapes(name, repo, traps, data):
    SPOILT[name](repo, traps)
    if (traps.folder / "sprung").is_dir():
        traps.reset()
    hand = Hand(repo)
    hand.start()
    hand.approve()
    hand.do("bells.py", "RING = 1\n")
    landed(hand, repo)
    assert traps.sprung() == set()
    assert traps.SECRET.encode() not in everything_below(data)


@pytest.mark.parametrize("name", ["config", "hooks", "included config", "repointed", "hooks elsewhere", "filtered"])
def test_the_traps_of_these_repositories_do_spring_for_an_ordinary_git(name, repo, traps):
    spoil = SPOILT.get(name) or REFUSED[name][0]
    spoil(repo, traps)
    traps.reset()
    (repo / "bells.py").write_text("changed\n")
    (repo / "b.txt").write_text("changed\n")
    for command in COMMANDS:
        subprocess.run(["git", "-C", str(repo), *command.split()], capture_output=True, check=False, timeout=60)
    assert traps.sprung()


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_worked_on_is_refused_with_the_reason_before_anything_runs(name, repo, traps, data):
    spoil, reason = REFUSED[name]
    spoil(repo, traps)
    if (traps.folder / "sprung").is_dir():
        traps.reset()
    with pytest.raises((PersonError, AgentsError), match=re.escape(reason)):
        hand = Hand(repo)
        hand.start()
    assert traps.sprung() == set() and not Dispatch.objects.exists()


@pytest.mark.parametrize("name", ["submodule", "large file attributes", "filtered", "case clash"])
def test_a_branch_that_came_to_hold_such_a_thing_later_is_refused_where_a_run_would_start(name, repo, traps, data):
    hand = Hand(repo)
    spoil, reason = REFUSED[name]
    spoil(repo, traps)
    says = rf"^No run can start from main as it is: .*{re.escape(reason)}"
    with pytest.raises(PersonError, match=says):
        hand.start()
    assert not Run.objects.exists()


def test_what_an_agent_does_to_the_git_of_its_worktree_is_believed_nowhere(repo, traps, data):
    hand = Hand(repo)
    hand.start()
    hand.approve()
    folder = hand.folder()
    hostile.agents_spoil(folder, traps)
    traps.reset()
    hand.do("bells.py", "RING = 1\n")
    (reason,) = hand.card("claim").payload["reasons"]
    assert (reason["guard"], reason["path"]) == ("fence", "stolen")
    (hand.held() / "stolen").unlink()
    hand.decide("recheck")
    landed(hand, repo)
    assert traps.sprung() == set()
    names = looked(repo, "ls-tree", "-r", "--name-only", hand.run.branch).split("\n")
    assert "stolen" not in names and not [name for name in names if name.startswith(".git/")]
    assert traps.SECRET.encode() not in everything_below(data)


@pytest.mark.parametrize("branch", ["--upload-pack={traps}/trap-upload-pack", "--exec", "-c", "a..b", "x.lock"])
def test_a_branch_named_like_an_option_starts_nothing(branch, repo, traps, data):
    hostile.option_branches(repo, traps)
    hand = Hand(repo)
    with pytest.raises((PersonError, AgentsError)):
        hand.start(branch=branch.format(traps=traps.folder))
        hand.approve()
    assert traps.sprung() == set()


def test_a_rehearsed_run_of_agents_in_a_repository_full_of_traps_lands_and_springs_none(tmp_path, traps, data):
    repo = repository(tmp_path / "bells", plan=PLAN.format(file="REHEARSAL.md").replace("RING", "Ring"))
    for spoil in (hostile.impostors, hostile.linked_files, hostile.odd_identity, hostile.hooks):
        spoil(repo, traps)
    hostile.config(repo, traps)
    traps.reset()
    hand = Hand(repo)
    hand.start(runner="anthropic_api")
    hand.approve()
    assert hand.step("1").status == "passed", [row.output for row in CheckRun.objects.all()]
    assert traps.sprung() == set()
    assert {row.sandbox["kind"] for row in Dispatch.objects.filter(run=hand.run)} == {"bubblewrap"}
    told = "".join(Event.objects.values_list("body", flat=True))
    assert traps.SECRET not in told and traps.SECRET.encode() not in everything_below(data)
