"""A chain of steps through the engine's own transitions, with nothing done in between."""

from __future__ import annotations

import time

from benchmarks import chains
from benchmarks.harness import Figure, Scale, main, seconds

TRANSACTIONS = 7
"""Of one step: dispatch claimed, ready, reported; candidate claimed, built, green, swapped."""
TARGETS = {"sqlite": 0.55, "postgresql": 0.9}


def measure(scale: Scale) -> list[Figure]:
    """Figures: the chain's seconds, and the processor's milliseconds per step."""
    from django.db import connection

    from benchmarks.bare import Bare
    from orchestrator.models import Run

    steps, bare = scale.of(200, 3), Bare()
    with chains.repository(steps) as source:
        run = chains.approved(source, "noop")
        cpu = time.process_time()
        taken = seconds(lambda: [_step(run.pk) for _ in range(steps)])
        cpu = time.process_time() - cpu
        assert Run.objects.get(pk=run.pk).status == "succeeded"
    bare_taken = seconds(lambda: [bare.transact() for _ in range(steps * TRANSACTIONS)])
    counted = (
        f"{TRANSACTIONS} transactions a step (dispatch claimed, ready, reported; candidate claimed, built, green, "
        "swapped) with locks, snapshot, tables, schedule, receipt check and hash-chained events; one thread; no git, "
        "no sandbox, no queue"
    )
    named = f"chain of {steps} no-op steps, {connection.vendor}"
    return [
        Figure(named, taken, "s", counted, TARGETS[connection.vendor], "as many bare transactions", bare_taken),
        Figure(f"processor per no-op step, {connection.vendor}", cpu / steps * 1000, "ms", counted, 4.0),
    ]


def _step(run_id: int) -> None:
    candidate = chains.report(run_id, chains.claim(run_id))
    chains.land(run_id, candidate, "claimed", "built", "green", "swapped")


if __name__ == "__main__":
    main("bench_chain", measure, ("sqlite", "postgresql"))
