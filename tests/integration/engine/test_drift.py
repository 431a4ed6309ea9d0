"""A plan that is edited while its run waits (B16)."""

from __future__ import annotations

import pytest

from orchestrator.actions import drift, runs
from orchestrator.exceptions import PersonError
from orchestrator.models import Dispatch, Receipt, Run
from orchestrator.reports import drift_lines
from plans.models import Revision
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = pytest.mark.django_db(transaction=True)

NEW_STEP = """### Step 2b: Add the middle bell

**Objective**: A middle bell.

**Acceptance criteria**:
- `bells.middle()` returns "bim".

#### Phase 1 — Build

Add `middle`.

#### Phase 2 — Adversarial Review

1. Does it say bim?

#### Phase 3 — Verification

- [ ] It says bim — `python3 -c "import bells; assert bells.middle() == 'bim'"`.

---

"""


@pytest.fixture
def hand(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells"))
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    runs.pause(hand.run, hand.actor)
    hand.work()
    return hand


def edit(hand: Hand, old: str, new: str) -> None:
    file = hand.source / "PLAN.md"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def resume(hand: Hand):
    found = runs.resume(hand.run, hand.actor, hand.user.pk)
    hand.work()
    return found


@pytest.mark.ledger("B16")
def test_an_added_and_an_edited_step_are_honoured_and_marks_stay(hand):
    edit(hand, "### Step 3:", NEW_STEP + "### Step 3:")
    edit(hand, "names both bells", "names all bells")
    found = drift.find(hand.run)
    assert (found.steps.added, found.steps.edited, found.steps.removed) == (("2b",), ("4",), ())
    resume(hand)
    plan = git(hand.source, "show", f"{hand.run.branch}:PLAN.md")
    assert "### ✅ Step 2: Add the small bell" in plan and "### Step 2b: Add the middle bell" in plan
    assert "names all bells" in plan
    assert git(hand.source, "log", "-1", "--format=%s %an", hand.run.branch) == (
        "docs: take over the edits to PLAN.md Ada Lovelace"
    )
    assert Receipt.objects.filter(run=hand.run).count() == 2
    assert Dispatch.objects.filter(status="with_person").get().step.key == "3"
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")
    assert [s.key for s in hand.run.steps.order_by("position")] == ["1", "2", "2b", "3", "4"]
    assert hand.step("3").status == "passed"


@pytest.mark.ledger("B16")
def test_a_removed_step_is_not_run_and_a_broken_dependency_only_warns(hand):
    text = (hand.source / "PLAN.md").read_text()
    start, end = text.index("### Step 2:"), text.index("### Step 3:")
    (hand.source / "PLAN.md").write_text(text[:start] + text[end:])
    found = resume(hand)
    assert found.steps.removed == ("2",) and found.warnings
    assert hand.step("2").status == "passed"
    assert hand.run.status == "running"


@pytest.mark.ledger("B16")
def test_a_step_taken_out_before_it_began_is_removed(hand):
    text = (hand.source / "PLAN.md").read_text()
    (hand.source / "PLAN.md").write_text(text[: text.index("### Step 4:")])
    resume(hand)
    assert hand.step("4").status == "removed"


@pytest.mark.ledger("B16", "X1")
def test_resuming_approves_the_edit_and_nothing_that_changed_beside_it(hand):
    approved = Receipt.objects.get(run=hand.run).leaves
    edit(hand, "names both bells", "names all bells")
    Run.objects.filter(pk=hand.run.pk).update(policy=hand.run.policy | {"check_seconds": 5.0})
    hand.run.refresh_from_db()
    resume(hand)
    now = Receipt.objects.filter(run=hand.run).first().leaves
    assert {name for name in now if now[name] != approved[name]} == {"step:4"}
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")
    assert Dispatch.objects.get(status="refused").step.key == "4"
    assert [reason["leaf"] for reason in hand.card("receipt").payload["reasons"]] == ["policy"]
    hand.decide("approve")
    assert Dispatch.objects.get(status="with_person").step.key == "4"


@pytest.mark.ledger("B16", "X1")
def test_an_edited_tool_chain_is_told_before_it_is_approved(hand):
    edit(hand, "`python3 -m unittest -q`", "`python3 -m unittest`")
    assert drift_lines(drift.find(hand.run).as_dict()) == ["Tool chain: Test is now `python3 -m unittest`."]
    resume(hand)
    assert not hand.run.decisions.filter(kind="receipt").exists()


@pytest.mark.ledger("B16")
def test_an_untouched_plan_is_no_drift(hand):
    assert drift.find(hand.run) is None
    assert resume(hand) is None


@pytest.mark.ledger("B16")
def test_looking_at_an_edited_plan_stores_nothing_until_it_is_adopted(hand):
    edit(hand, "names both bells", "names all bells")
    before = Revision.objects.count()
    assert drift.find(hand.run).steps.edited == ("4",)
    assert Revision.objects.count() == before
    resume(hand)
    assert Revision.objects.count() == before + 1


def test_a_plan_that_is_gone_is_said_and_nothing_is_lost(hand):
    (hand.source / "PLAN.md").rename(hand.source / "MOVED.md")
    with pytest.raises(PersonError, match=r"no plan PLAN\.md"):
        resume(hand)
    hand.run.refresh_from_db()
    assert hand.run.status == "paused"
    (hand.source / "MOVED.md").rename(hand.source / "PLAN.md")
    resume(hand)
    assert hand.run.status == "running"
