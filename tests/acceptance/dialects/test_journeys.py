"""Every dialect from the plan to the proof of its marks, by command line, as a person does it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.dialects.journeys import JOURNEYS, Journey
from tests.repositories import git, repository


def rows(journey: Journey) -> list[str]:
    """The rows of the ledger that this dialect's journey proves."""
    return ["X2", "X17", *(["B15"] if journey.dialect == "blueprint" else [])]


@pytest.mark.parametrize(
    "journey", [pytest.param(one, id=one.dialect, marks=pytest.mark.ledger(*rows(one))) for one in JOURNEYS]
)
def test_a_plan_goes_from_approval_to_proven_marks(journey, terminal, tmp_path):
    source = repository(tmp_path / "seeds", {journey.file: journey.text, **journey.beside}, plan=None)
    terminal.ok("project", "add", str(source))
    wish = ("--project", "seeds", "--runner", "person", "--scope", journey.key, "--git", "engine")
    offered = terminal.ok("run", "start", journey.path, *wish).out
    assert "; 1 would run" in offered
    assert ("Marks: none, its file stays as it is" in offered) is not bool(journey.marks)
    terminal.ok("run", "approve", "1")
    told = terminal.ok("run", "watch", "1", "--work").out
    found = re.search(rf"Step {re.escape(journey.key)} is yours, in (\S+)\. When done", told)
    assert found, told
    Path(found[1], "lending.py").write_text("PACKETS: dict[str, str] = {}\n")
    terminal.ok("run", "done", "1")
    told = terminal.ok("run", "watch", "1", "--work").out
    assert "The run   1 of " in told, told
    terminal.ok("decide", "1", "continue", "--now")
    assert "finished with gaps" in terminal.ok("run", "watch", "1", "--work").out
    _assert_marked(journey, source, published(source))
    report = terminal.ok("run", "report", "1").out
    assert f"Step {journey.key}, " in report and ": passed" in report
    proofs = terminal.ok("plan", "verify", journey.path, "--project", "seeds", "--branch", published(source)).out
    assert ("proven by run 1" if journey.marks else "No step is ticked.") in proofs and "no proof" not in proofs


def published(source: Path) -> str:
    (branch,) = git(source, "for-each-ref", "--format=%(refname:short)", "refs/heads/signalbox").splitlines()
    return branch


def _assert_marked(journey: Journey, source: Path, branch: str) -> None:
    """One commit holds the work and the marks, and the plan is otherwise the same to the byte."""
    changed = git(source, "diff", "--name-only", "main", branch).splitlines()
    assert git(source, "rev-list", "--count", f"main..{branch}") == "1"
    assert changed == sorted(["lending.py", *([journey.file] if journey.marks else [])])
    expected = journey.text
    for before, after in journey.marks:
        assert before in expected
        expected = expected.replace(before, after, 1)
    now = git(source, "show", "-s", "--format=%cd", "--date=format-local:%Y-%m-%d %H:%M", branch)
    marked = git(source, "show", f"{branch}:{journey.file}")
    pattern = re.escape(expected.strip()).replace(re.escape("{day}"), now[:10])
    assert re.fullmatch(pattern.replace(re.escape("{minute}"), r"\d{4}-\d\d-\d\d \d\d:\d\dZ"), marked), marked
