"""Repositories with very many files, or with a very large one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from orchestrator.models import CheckRun, Finding
from tests.integration.engine.hand import Hand
from tests.repositories import git, plan_of, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

FOLDERS, FILES = 50, 1_000
LARGE_BYTES = 2_000_000_000


def fed(path: Path, text: str, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(path), *words], input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def many_files(path: Path) -> Path:
    """A repository of 50,000 files beside those of the bells."""
    source = repository(path, plan=plan_of(["All are there — `sh -c 'ls many/*/* | wc -l'` prints 50001"]))
    blob = fed(source, "one\n", "hash-object", "-w", "--stdin")
    folder = fed(source, "".join(f"100644 blob {blob}\tfile{n}\n" for n in range(FILES)), "mktree")
    many = fed(source, "".join(f"040000 tree {folder}\tpart{n}\n" for n in range(FOLDERS)), "mktree")
    tree = fed(source, f"{git(source, 'ls-tree', 'HEAD')}\n040000 tree {many}\tmany\n", "mktree")
    git(source, "reset", "-q", "--hard", git(source, "commit-tree", "-p", "HEAD", "-m", "Many", tree))
    return source


def test_a_step_is_built_in_a_repository_of_50_000_files(tmp_path, data):
    hand = Hand(many_files(tmp_path / "bells"))
    hand.start()
    hand.approve()
    hand.do("many/part7/new", "new\n")
    assert hand.step("1").status == "passed"
    assert git(hand.source, "show", "--name-only", "--format=", hand.run.branch).split() == [
        "PLAN.md",
        "many/part7/new",
    ]


@pytest.mark.soak
def test_a_file_of_2_gb_that_somebody_adds_is_told(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells", plan=plan_of(["It is there — `test -f large.bin`"])))
    hand.start()
    hand.approve()
    with (hand.folder() / "large.bin").open("wb") as file:
        file.truncate(LARGE_BYTES)
    hand.done()
    assert hand.step("1").status == "passed"
    told = Finding.objects.get()
    assert (told.guard, told.path, told.severity) == ("size", "large.bin", "advisory")


@pytest.mark.soak
def test_a_step_is_built_beside_a_file_of_2_gb(tmp_path, data):
    source = repository(tmp_path / "bells", plan=plan_of(["It is whole — `wc -c large.bin` prints at least 1"]))
    with (source / "large.bin").open("wb") as file:
        file.truncate(LARGE_BYTES)
    git(source, "add", "-A")
    git(source, "commit", "-qm", "Add a large file")
    hand = Hand(source)
    hand.start()
    hand.approve()
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.step("1").status == "passed"
    assert not Finding.objects.exists() and CheckRun.objects.get(source="plan").verdict == "passed"
