"""The blueprint way of working, done by a person's hands on a real repository."""

from __future__ import annotations

import pytest

from orchestrator import chain, reports
from orchestrator.exceptions import PersonError
from orchestrator.models import Candidate, CheckRun, Dispatch, Event
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, git, repository

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand(tmp_path, data):
    return Hand(repository(tmp_path / "bells"))


def branch(hand: Hand) -> list[str]:
    """Subjects of the published branch's commits, newest first."""
    if not git(hand.source, "branch", "--list", hand.run.branch):
        return []
    return git(hand.source, "log", "--format=%s", f"main..{hand.run.branch}").splitlines()


def pass_two_and_three(hand: Hand) -> None:
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")


@pytest.mark.ledger("B2", "X1")
def test_before_approval_the_plan_is_counted_and_nothing_runs(hand):
    run = hand.start()
    assert run.status == "awaiting_approval"
    assert (run.compiled["plan"]["total"], run.compiled["plan"]["done"], run.compiled["plan"]["chosen"]) == (4, 1, 3)
    assert not Dispatch.objects.exists()


@pytest.mark.ledger("B6", "B15", "X2", "X3")
def test_each_passed_step_is_one_commit_with_its_marks_in_it(hand):
    pass_two_and_three(hand)
    assert branch(hand) == ["feat: add the big bell (step 3)", "feat: add the small bell (step 2)"]
    first = f"{hand.run.branch}~1"
    changed = git(hand.source, "show", "--format=", "--name-only", first).splitlines()
    assert changed == ["PLAN.md", "bells.py"]
    at_first = git(hand.source, "show", f"{first}:PLAN.md")
    assert "### ✅ Step 2: Add the small bell" in at_first and "### Step 3: Add the big bell" in at_first
    expected = PLAN.replace("### Step 2:", "### ✅ Step 2:")
    expected = expected.replace("- [ ] It says ting", "- [x] It says ting").replace("- [ ] There is", "- [x] There is")
    assert at_first == expected.strip()
    everything = git(hand.source, "log", "--format=%an %ae %cn %ce %B", hand.run.branch).lower()
    assert "signalbox" not in everything and "claude" not in everything and "co-authored" not in everything
    assert git(hand.source, "log", "-1", "--format=%an <%ae> %cn", hand.run.branch) == (
        "Ada Lovelace <ada@example.org> Ada Lovelace"
    )


@pytest.mark.ledger("X3")
def test_the_checks_ran_on_the_very_commit_that_landed(hand):
    pass_two_and_three(hand)
    for candidate in Candidate.objects.all():
        assert candidate.status == "landed"
        assert candidate.oid == candidate.step.landed_oid
        assert [c.verdict for c in candidate.checks.all()] == ["passed"] * candidate.checks.count()
    assert git(hand.source, "rev-parse", hand.run.branch) == hand.step("3").landed_oid


def test_the_persons_checkout_index_and_branch_are_never_touched(hand):
    (hand.source / "bells.py").write_text("mine\n")
    before = git(hand.source, "status", "--porcelain"), git(hand.source, "rev-parse", "HEAD", "main")
    pass_two_and_three(hand)
    assert (git(hand.source, "status", "--porcelain"), git(hand.source, "rev-parse", "HEAD", "main")) == before


@pytest.mark.ledger("B10", "B11", "B12")
def test_a_failed_check_stops_everything_and_shows_its_output(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    card = hand.card("check")
    assert hand.step("2").status == "needs_decision" and branch(hand) == []
    assert card.options == ["recheck", "rebuild", "skip", "accept_gap", "abort"]
    failed = CheckRun.objects.get(verdict="failed")
    assert "AssertionError" in failed.output and failed.exit_code == 1
    assert CheckRun.objects.get(verdict="passed").command == "grep -n TODO bells.py"
    assert Dispatch.objects.exclude(status="succeeded").count() == 0


@pytest.mark.ledger("B12")
def test_a_recheck_takes_the_tree_that_the_person_mended_by_hand(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    file = hand.held() / "bells.py"
    file.write_text(file.read_text().replace("clonk", "ting"))
    hand.decide("recheck")
    assert hand.step("2").status == "passed"
    assert "ting" in git(hand.source, "show", f"{hand.run.branch}:bells.py")


@pytest.mark.ledger("B12")
def test_rebuild_goes_back_to_the_builder_with_the_instructions(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    with pytest.raises(PersonError, match="needs instructions"):
        hand.decide("rebuild")
    hand.decide("rebuild", instructions="Say ting.")
    dispatch = Dispatch.objects.get(status="with_person")
    assert "Say ting." in dispatch.brief and dispatch.attempt == 2
    file = hand.folder() / "bells.py"
    assert "clonk" in file.read_text()
    file.write_text(file.read_text().replace("clonk", "ting"))
    hand.done()
    assert hand.step("2").status == "passed"


@pytest.mark.ledger("B12", "X9")
def test_skipping_blocks_dependents_as_the_preview_said_and_writes_no_mark(hand):
    from orchestrator.actions import decisions

    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    answer = decisions.Answer("skip", reason="not now")
    shown = decisions.preview(hand.card().pk, answer)
    assert shown["steps"]["2"] == ["needs_decision", "skipped"] and shown["blocked"] == [["3", "2"]]
    hand.decide("skip", reason="not now")
    assert (hand.step("2").status, hand.step("3").status) == ("skipped", "blocked")
    assert hand.run.decisions.get(kind="check").preview == shown
    hand.decide("continue")
    hand.append("README.md", "A small bell.\nA big bell.\n")
    hand.done()
    hand.decide("confirm")
    hand.decide("continue")
    assert hand.run.status == "finished_with_gaps"
    plan = git(hand.source, "show", f"{hand.run.branch}:PLAN.md")
    assert "### Step 2:" in plan and "### Step 3:" in plan and "### ✅ Step 4:" in plan
    value = reports.report(hand.run)
    assert [s["key"] for s in value["not_done"]] == ["2", "3"]


@pytest.mark.ledger("B12")
def test_accepting_a_gap_lands_the_work_without_a_mark(hand):
    hand.start(scope="2")
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    hand.decide("accept_gap", reason="clonk is fine for now")
    assert hand.step("2").status == "waived"
    assert "### Step 2:" in git(hand.source, "show", f"{hand.run.branch}:PLAN.md")
    hand.decide("continue")
    assert hand.run.status == "finished_with_gaps"


@pytest.mark.ledger("B12")
def test_abort_ends_the_run_and_keeps_what_has_landed(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    hand.do("bells.py", "\n\ndef big():\n    return 'bang'\n")
    hand.decide("abort", reason="enough")
    assert hand.run.status == "aborted"
    assert branch(hand) == ["feat: add the small bell (step 2)"]


@pytest.mark.ledger("B14")
def test_a_later_failure_leaves_earlier_marks_alone(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    hand.do("bells.py", "\n\ndef big():\n    return 'bang'\n")
    hand.decide("skip", reason="later")
    assert "### ✅ Step 2:" in git(hand.source, "show", f"{hand.run.branch}:PLAN.md")


@pytest.mark.ledger("B10")
def test_items_that_nothing_proves_are_asked_of_a_person_in_one_card(hand):
    hand.start(scope="4")
    hand.approve()
    hand.do("README.md", "A small bell.\nA big bell.\n")
    assert hand.card("unproven").options[0] == "confirm"
    hand.decide("confirm")
    checks = {c.item: (c.source, c.verdict, c.reason) for c in CheckRun.objects.all()}
    assert ("person", "passed", "confirmed by ada") in checks.values()
    assert hand.step("4").status == "passed"


@pytest.mark.ledger("B7")
def test_a_batch_of_steps_ends_with_a_summary_and_a_confirmation(hand):
    pass_two_and_three(hand)
    hand.do("README.md", "A small bell.\nA big bell.\n")
    hand.decide("confirm")
    card = hand.card("batch")
    assert card.options == ["continue", "stop", "abort"] and hand.run.status in ("running", "finishing")
    hand.decide("continue")
    assert hand.run.status == "succeeded"


@pytest.mark.ledger("X9")
def test_an_answer_that_drops_work_can_be_taken_back_for_a_while(hand):
    from orchestrator.actions import decisions

    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    hand.decide("skip", reason="oops", at_once=False)
    card = hand.card()
    assert card.status == "armed" and hand.step("2").status == "needs_decision"
    decisions.undo(card.pk, hand.actor)
    assert hand.card().status == "open"
    hand.decide("skip", reason="yes", at_once=False)
    decisions.apply_now(hand.card().pk, hand.actor)
    assert hand.step("2").status == "skipped"
    with pytest.raises(PersonError, match="can no longer be taken back"):
        decisions.undo(card.pk, hand.actor)


def test_the_first_answer_wins_and_the_second_is_told_who_chose_what(hand):
    from orchestrator.actions import decisions
    from orchestrator.exceptions import StaleDecision

    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    card = hand.card().pk
    hand.decide("skip", reason="first")
    with pytest.raises(StaleDecision, match="ada chose 'skip'"):
        decisions.decide(card, decisions.Answer("recheck"), hand.actor, hand.user.pk)


@pytest.mark.ledger("B8")
def test_the_brief_holds_the_plans_own_words_verbatim(hand):
    hand.start()
    hand.approve()
    brief = Dispatch.objects.get().brief
    assert "Add `small` to `bells.py`. Keep `{{this}}` and ``` as they are." in brief
    assert "A small bell that says ting." in brief and '`bells.small()` returns "ting".' in brief


@pytest.mark.ledger("B4")
def test_the_git_mode_is_chosen_for_each_run_and_none_is_preselected(hand):
    run = hand.start(git="")
    with pytest.raises(PersonError, match="Choose the git mode"):
        hand.approve()
    assert run.policy["git"] == ""
    hand.approve(git="engine")
    assert hand.run.policy["git"] == "engine"


@pytest.mark.ledger("B3")
def test_a_scope_is_honoured_and_a_dropped_dependency_is_warned_of_by_name(hand):
    run = hand.start(scope="3-4")
    planned = {s["key"]: s for s in run.compiled["plan"]["steps"]}
    assert [planned[k]["start"] for k in "1234"] == ["already_done", "out_of_scope", "waiting", "waiting"]
    assert planned["3"]["warnings"] == ["needs step 2, which is not in the scope"]
    hand.approve()
    assert Dispatch.objects.get().step.key == "3"
    with pytest.raises(PersonError, match="names '9'"):
        hand.start(scope="9", branch="other")


@pytest.mark.ledger("X1")
def test_an_approval_of_what_is_no_longer_so_is_refused(hand):
    hand.start()
    with pytest.raises(PersonError, match="not what would run now"):
        hand.approve(digest="0" * 64)
    text = (hand.source / "PLAN.md").read_text()
    (hand.source / "PLAN.md").write_text(text.replace("says bong", "says BONG"))
    with pytest.raises(PersonError, match="edited since"):
        hand.approve()
    hand.approve()
    assert hand.run.status == "running"


@pytest.mark.ledger("X1")
def test_a_dispatch_whose_approved_leaves_changed_is_stopped_shown_and_approved_again(hand):
    from orchestrator.models import Receipt, Run

    hand.start()
    policy = hand.run.policy | {"check_seconds": 5.0}
    hand.run = hand.run.__class__.objects.get(pk=hand.run.pk)
    from orchestrator.actions import runs

    runs.approve(hand.run, hand.actor, hand.user.pk)
    Run.objects.filter(pk=hand.run.pk).update(policy=policy)
    hand.work()
    card = hand.card("receipt")
    assert "policy" in card.payload["reasons"][0]["text"]
    assert Dispatch.objects.get().status == "refused"
    hand.decide("approve")
    assert Receipt.objects.filter(run=hand.run).count() == 2
    assert Dispatch.objects.get(status="with_person").step.key == "2"


@pytest.mark.ledger("X20")
def test_the_chain_of_events_holds_and_a_changed_one_is_found(hand):
    pass_two_and_three(hand)
    assert list(chain.verify()) == []
    event = Event.objects.filter(chain=hand.run.pk)[5]
    Event.objects.filter(pk=event.pk).update(actor="somebody else")
    assert [b.seq for b in chain.verify(hand.run.pk)] == [event.seq]
    Event.objects.filter(pk=event.pk).delete()
    assert "missing" in {b.what.split()[-1] for b in chain.verify(hand.run.pk)}


@pytest.mark.ledger("X2")
def test_plan_verify_tells_proven_ticks_from_those_without_proof(hand):
    from orchestrator.proofs import ticks

    pass_two_and_three(hand)
    found = {tick.key: bool(tick.commit) for tick in ticks(hand.project, "PLAN.md", hand.run.branch)}
    assert found == {"1": False, "2": True, "3": True}
    git(hand.source, "checkout", "-q", hand.run.branch)
    text = (hand.source / "PLAN.md").read_text()
    (hand.source / "PLAN.md").write_text(text.replace("### Step 4", "### ✅ Step 4").replace("- [ ]", "- [x]"))
    git(hand.source, "commit", "-qam", "Claim it")
    found = {tick.key: bool(tick.commit) for tick in ticks(hand.project, "PLAN.md", hand.run.branch)}
    assert found == {"1": False, "2": True, "3": True, "4": False}


def test_nothing_changed_is_nothing_to_hand_in(hand):
    hand.start()
    hand.approve()
    with pytest.raises(PersonError, match="Nothing was changed"):
        hand.done()


def test_a_step_given_back_asks_what_to_do_with_it(hand):
    from orchestrator.actions import handing

    hand.start()
    hand.approve()
    handing.give_back(handing.handed_out(hand.run), hand.actor, "I do not know this code")
    hand.work()
    assert hand.card("returned").options == ["rebuild", "skip", "abort"]
