"""The report of a run that really happened: what each step changed, which checks ran, what became of it (B17)."""

from __future__ import annotations

import pytest

from orchestrator import reports
from orchestrator.actions import git_mode, handing
from orchestrator.markdown import markdown
from orchestrator.models import Candidate
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, BIG = "\n\ndef small():\n    return 'ting'\n", "\n\ndef big():\n    return 'bong'\n"


@pytest.fixture
def hand(tmp_path, data):
    return Hand(repository(tmp_path / "bells"))


def pass_two(hand: Hand, note: str = "") -> None:
    hand.append("bells.py", SMALL)
    handing.hand_in(handing.handed_out(hand.run), hand.actor, note)
    hand.work()


def step(value: reports.Report, key: str) -> dict:
    return next(found for found in value["steps"] if found["key"] == key)


@pytest.mark.ledger("B17")
def test_a_step_that_a_person_did_lists_its_files_its_note_and_every_check(hand):
    hand.start()
    hand.approve()
    pass_two(hand, "Ting, as the plan has it.")
    found = step(reports.report(hand.run), "2")
    assert [(f["path"], f["status"], f["intent"]) for f in found["files"]] == [
        ("PLAN.md", "M", "progress marks"),
        ("bells.py", "M", ""),
    ]
    assert found["files"][1]["added"] == 4 and found["files"][1]["deleted"] == 0
    assert (found["summary"]["by"], found["summary"]["text"]) == ("ada", "Ting, as the plan has it.")
    assert [(c["verdict"], c["exit"]) for c in found["checks"]] == [("passed", 0), ("passed", 1)]
    assert all(c["command"] and c["seconds"] > 0 for c in found["checks"])
    assert found["git"] == "committed" and found["commit"] == git(hand.source, "rev-parse", hand.run.branch)
    assert found["reviewed"] is False and found["attempts"] == 1


@pytest.mark.ledger("B17")
def test_the_markdown_names_files_commands_exit_codes_and_the_commit(hand):
    hand.start()
    hand.approve()
    pass_two(hand, "Ting.")
    text = markdown(reports.report(hand.run))
    commit = hand.step("2").landed_oid[:12]
    assert f"- Step 2, Add the small bell: passed, 2 files, checks 2/2, commit `{commit}`" in text
    assert "  - by ada: Ting.\n" in text and "  - `bells.py` +4 −0\n" in text
    assert "  - passed: There is no TODO — `grep -n TODO bells.py` returns zero hits. (exit 1, " in text
    assert f"Branch `{hand.run.branch}` at `{commit}`: published." in text


@pytest.mark.ledger("B17")
def test_what_was_not_done_comes_first_with_its_reason_and_dropped_work_is_no_file_of_the_run(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    assert [f["path"] for f in step(reports.report(hand.run), "2")["files"]] == ["bells.py"]
    (waits,) = reports.report(hand.run)["not_done"]
    assert waits["status"] == "needs_decision" and waits["why"].endswith("exit 1, expected 0")
    hand.decide("skip", reason="no small bells this year")
    value = reports.report(hand.run)
    assert [(s["key"], s["why"]) for s in value["not_done"]] == [
        ("2", "no small bells this year"),
        ("3", "because of step 2"),
    ]
    assert step(value, "2")["files"] == [] and step(value, "2")["git"] == "none"
    text = markdown(value)
    assert text.index("## Not done") < text.index("## Steps")
    assert "failed: It says ting" in text and "(exit 1, " in text


@pytest.mark.ledger("B7", "B17")
def test_a_batch_has_the_figures_of_its_steps_together(hand):
    hand.start(scope="2-3")
    hand.approve()
    pass_two(hand)
    hand.do("bells.py", BIG)
    value = reports.report(hand.run)
    figures = value["batches"][0]["figures"]
    assert (figures["steps"], figures["passed"], figures["files"], figures["commits"]) == (2, 2, 2, 2)
    assert (figures["checks_passed"], figures["checks"], figures["attempts"]) == (3, 3, 2)
    assert "- Batch 1: 2 of 2 steps passed, 2 files (+" in markdown(value)


@pytest.mark.ledger("B5", "B17")
def test_what_a_person_commits_themself_is_told_by_its_tree_also_after_a_switch(hand):
    hand.start(git="user")
    hand.approve()
    pass_two(hand)
    value = reports.report(hand.run)
    tree = Candidate.objects.get(step__key="2", status="landed").tree
    assert (step(value, "2")["git"], step(value, "2")["commit"], step(value, "2")["tree"]) == ("handed_over", "", tree)
    assert f"left for you to commit as tree `{tree[:12]}`" in markdown(value)
    assert f"Your clone: `{value['clone']}`" in markdown(value)
    git_commit(value["clone"])
    git_mode.switch(hand.run, "engine", hand.actor, hand.user.pk)
    hand.run.refresh_from_db()
    hand.decide("continue")
    hand.do("bells.py", BIG)
    value = reports.report(hand.run)
    assert step(value, "2")["git"] == "handed_over"
    assert step(value, "3")["git"] == "committed" and step(value, "3")["commit"] == hand.step("3").landed_oid


def git_commit(clone: str) -> None:
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "feat: a small bell of my own")


def test_a_report_asks_the_database_as_often_for_many_steps_as_for_few(hand, django_assert_max_num_queries):
    hand.start()
    hand.approve()
    pass_two(hand)
    with django_assert_max_num_queries(16):
        reports.report(hand.run)
