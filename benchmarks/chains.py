"""Runs of many steps, each needing the one before it, and one step's way through the engine without doing it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STEP = """### Step {n}: Add part {n}

**Objective**: Part {n}.

**Acceptance criteria**:
- There is part {n}.
{needs}
#### Phase 1 — Build

Make it.

#### Phase 2 — Adversarial Review

1. Is it there?

#### Phase 3 — Verification

- [ ] It is there — `test -f PLAN.md`.

---

"""


def plan(steps: int) -> str:
    """A blueprint plan in which every step needs the one before it."""
    needs = ["", *[f"\n**Depends on**: Step {n}\n" for n in range(1, steps)]]
    return "# Parts\n\n" + "".join(STEP.format(n=n, needs=text) for n, text in enumerate(needs, 1))


@contextmanager
def repository(steps: int) -> Iterator[Path]:
    """A git repository that holds the plan of a chain."""
    with tempfile.TemporaryDirectory(prefix="signalbox-bench-source-") as name:
        source = Path(name) / "parts"
        source.mkdir()
        (source / "PLAN.md").write_text(plan(steps), encoding="utf-8")
        for words in (
            ("init", "-q", "-b", "main"), ("config", "user.name", "Ada"), ("config", "user.email", "ada@example.org"),
            ("add", "-A"), ("commit", "-qm", "Begin"),
        ):  # fmt: skip
            subprocess.run(["git", "-C", str(source), *words], check=True)
        yield source


def approved(source: Path, runner: str) -> Any:
    """An approved run of the chain whose builder is `runner`; after a batch the next begins without a person."""
    from django.contrib.auth import get_user_model

    from orchestrator.actions import runs
    from orchestrator.actions.projects import add_project
    from orchestrator.engine.transitions import Actor

    user = get_user_model()._default_manager.create(username="ada", is_superuser=True)
    actor = Actor("ada", "command line")
    run = runs.start(add_project(str(source), actor), runs.Wish(runner="person", git="engine"), actor, user.pk)
    run.policy |= {"pause_after": [], "runners": {"builder": runner}}
    run.save(update_fields=["policy"])
    return runs.approve(run, actor, user.pk)


def claim(run_id: int) -> int:
    """Claim the run's queued dispatch as a worker does; returns its id."""
    from orchestrator.engine import claiming, worker

    (dispatch,) = worker.dispatches(run_id)
    assert claiming.claim(run_id, dispatch)
    return dispatch


def report(run_id: int, dispatch: int) -> int:
    """Let a claimed dispatch begin and report success; returns the candidate that this queued."""
    from orchestrator.engine import worker
    from orchestrator.engine.rows import DispatchRow

    _happen(run_id, DispatchRow, dispatch, "ready")
    _happen(run_id, DispatchRow, dispatch, "reported", verdict="passed")
    (candidate,) = worker.candidates(run_id)
    return candidate


def land(run_id: int, candidate: int, *events: str) -> None:
    """Take a candidate through some of claimed, built, green, swapped."""
    from orchestrator.engine.rows import CandidateRow

    for event in events:
        _happen(run_id, CandidateRow, candidate, event)


def _happen(run_id: int, kind: type, id: int, event: str, **args: Any) -> None:
    from orchestrator.engine.fire import fire
    from orchestrator.engine.transitions import change

    with change(run_id) as unit:
        fire(unit.board, kind, id, event, **args)
