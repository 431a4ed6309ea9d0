"""What commands, models and repositories say is kept, whatever is in it and however long it is, on every database."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from agents.rehearsal.script import Call, Turn
from orchestrator.models import CheckRun, Dispatch, Finding
from plans.models import Project
from tests.integration.cards.agents import SMALL, Agents, built, said_to, scene, shell
from tests.integration.engine.hand import Hand
from tests.repositories import git, plan_of, repository
from tests.services import postgresql

pytestmark = pytest.mark.django_db(transaction=True)

HALF = "half a pair \ud800"
ODD = "nul \0, a bell \U0001f514"
LONG = "long" * 2_000


@pytest.fixture
def agents(tmp_path, settings, data):
    here = Agents(tmp_path, settings)
    yield here
    here.server.stop()


def says(**given) -> Turn:
    return Turn(say=ODD + HALF, calls=(Call(tool="report", input=given),))


@pytest.mark.ledger("X7")
def test_an_agent_that_says_and_shows_no_text_is_heard_to_the_end(agents):
    files = [{"path": "bells.py", "intent": ODD}]
    report = says(files=files, decisions=[ODD, LONG], deviations=[], summary=ODD)
    hand = agents.play(scene(shell(f"printf 'a\\0b\\377c'; {SMALL}", ODD + HALF), report), scope="2")
    build = Dispatch.objects.earliest("id")
    assert hand.step("2").status == "passed" and build.status == "succeeded"
    assert build.report["summary"].endswith("\U0001f514") and "half a pair \ufffd" in said_to(build)


@pytest.mark.ledger("B9")
def test_a_reviewer_may_name_what_no_path_is(agents):
    finding = {"severity": "blocking", "path": "bells.py", "line": 1, "title": ODD + LONG, "detail": ODD + LONG}
    verdict = {"criterion": 1, "verdict": "met", "note": ODD + LONG}
    review = scene(says(criteria=[verdict], findings=[finding], earlier=[]), role="reviewer")
    hand = agents.play(scene(shell(SMALL), built("bells.py")), review, scope="2")
    assert hand.step("2").status == "needs_decision"
    assert Finding.objects.get().detail.endswith(LONG)


def test_a_check_that_prints_no_text_is_kept_with_what_it_printed(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells", plan=plan_of(["It prints — `printf 'a\\0b\\377c'`"])))
    hand.start()
    hand.approve()
    hand.do("bells.py", "SMALL = 1\n")
    row = CheckRun.objects.get(source="plan")
    assert (row.verdict, row.output[0], row.output[-1]) == ("passed", "a", "c")


def test_long_names_of_people_branches_steps_and_plans_are_kept(tmp_path, data):
    source = repository(tmp_path / "bells", plan=None)
    plan = "/".join(["folder" * 30] * 4) + "/PLAN.md"
    (source / plan).parent.mkdir(parents=True)
    (source / plan).write_text(plan_of(["It is there — `test -f bells.py`"]).replace("Do 1", LONG))
    git(source, "config", "user.name", LONG)
    git(source, "config", "user.email", f"{LONG}@example.org")
    branch = "/".join(["branch" * 30] * 4)
    git(source, "checkout", "-qb", branch)
    git(source, "add", "-A")
    git(source, "commit", "-qm", "Plan")
    hand = Hand(source)
    hand.start(plan=plan)
    hand.approve()
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.step("1").status == "passed"
    assert Project.objects.get().author_name == LONG and hand.run.base_branch == branch
    assert git(source, "log", "-1", "--format=%an", hand.run.branch) == LONG


@pytest.mark.skipif(connection.vendor == "postgresql", reason="These tests run on PostgreSQL already.")
def test_all_of_it_holds_on_postgresql():
    with postgresql() as url:
        argv = [sys.executable, "-m", "pytest", __file__, "-p", "no:cacheprovider"]
        done = subprocess.run(argv, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr
