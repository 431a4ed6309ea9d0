"""Plans for tests: small texts made from parts, with defaults for all that a test does not speak of."""

from __future__ import annotations

from plans.reading import read_plan
from plans.types import ParsedPlan, ParsedStep

PHASES = """#### Phase 1 — Build

Write `src/thing.py`.

#### Phase 2 — Adversarial Review

1. Is it right?

#### Phase 3 — Verification

{checks}
"""


def step_text(
    heading: str = "### Step 1: Login",
    fields: str = "**Objective**: People can log in.\n\n**Acceptance criteria**:\n- A wrong password is refused\n",
    checks: str = "- [ ] `pytest tests/test_login.py` passes\n- [ ] The page reads well\n",
) -> str:
    return f"{heading}\n\n{fields}\n{PHASES.format(checks=checks)}\n---\n\n"


def plan_text(*steps: str, head: str = "# Shop\n\n**Goal:** Sell things.\n\n") -> str:
    return head + "".join(steps or (step_text(), step_text("### Step 2: Logout")))


def read(text: str, path: str = "plan.md") -> ParsedPlan:
    return read_plan(text.encode(), path)


def read_one(text: str) -> ParsedStep:
    """The only step of a text."""
    (step,) = read(text).steps
    return step


def codes(plan: ParsedPlan) -> list[str]:
    return [problem.code for problem in plan.problems]
