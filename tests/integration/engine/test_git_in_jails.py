"""git works for checks that only look, and no check can write the repository it looks at."""

from __future__ import annotations

import pytest

from orchestrator.models import CheckRun, Line
from tests.integration.engine.hand import Hand
from tests.repositories import repository

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = """\
- [ ] It is tracked — `git ls-files --error-unmatch bells.py`.
- [ ] It is clean — `git status --porcelain` prints nothing."""
WRITES = "- [ ] A commit — `git commit --allow-empty -m mine`."


def played(tmp_path, items: str) -> Hand:
    plan = f"""# Bells

### Step 1: Ring

**Objective**: It rings.

**Acceptance criteria**:
- It rings.

#### Phase 1 — Build

Ring.

#### Phase 2 — Adversarial Review

1. Does it?

#### Phase 3 — Verification

{items}
"""
    hand = Hand(repository(tmp_path / "bells", plan=plan))
    hand.start()
    hand.approve()
    hand.do("bells.py", "RING = 1\n")
    return hand


def test_a_check_can_ask_git(tmp_path, data):
    hand = played(tmp_path, LOOKS)
    assert [row.verdict for row in CheckRun.objects.order_by("position")] == ["passed", "passed"]
    assert hand.step("1").status == "passed"


def test_a_check_cannot_commit(tmp_path, data):
    hand = played(tmp_path, WRITES)
    row = CheckRun.objects.get()
    assert row.verdict == "failed"
    assert "Read-only file system" in row.output
    assert Line.objects.get(run=hand.run).head_oid == hand.run.start_oid
