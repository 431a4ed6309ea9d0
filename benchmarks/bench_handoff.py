"""From the end of one step to the claim of the next, in another thread of the same process, woken by the bell."""

from __future__ import annotations

import queue
import threading
import time

from benchmarks import chains
from benchmarks.harness import Figure, Scale, main, percentile

TARGETS = {"sqlite": (2.5, 7.0), "postgresql": (4.0, 12.0)}
COUNTED = (
    "from before the transaction that lands a step until the next step's dispatch is claimed by a thread that waits "
    "for the bell: two transactions with their snapshots, the wake, and the query for work; no git, no broker; in a "
    "plan of {steps} steps, once for each"
)


class Claimer(threading.Thread):
    """A worker's wait: sleeps until the bell rings, and claims what it finds. `claimed` gets (dispatch, time)."""

    def __init__(self, run_id: int) -> None:
        super().__init__(daemon=True)
        self.run_id = run_id
        self.claimed: queue.Queue[tuple[int, float]] = queue.Queue()
        self.over = threading.Event()

    def run(self) -> None:
        from django.db import connection

        from orchestrator import wake
        from orchestrator.engine import worker

        while not self.over.is_set():
            since = wake.rung()
            if worker.dispatches(self.run_id):
                dispatch = chains.claim(self.run_id)
                self.claimed.put((dispatch, time.perf_counter()))
            wake.wait(since, 0.05)
        connection.close()


def measure(scale: Scale) -> list[Figure]:
    """Figures: the hand-off's p50 and p99 in milliseconds."""
    from django.db import connection

    steps, taken = scale.of(200, 4), []
    with chains.repository(steps) as source:
        run = chains.approved(source, "noop")
        claimer = Claimer(run.pk)
        claimer.start()
        dispatch, _ = claimer.claimed.get(timeout=30)
        for _ in range(steps - 1):
            candidate = chains.report(run.pk, dispatch)
            chains.land(run.pk, candidate, "claimed", "built", "green")
            begun = time.perf_counter()
            chains.land(run.pk, candidate, "swapped")
            dispatch, at = claimer.claimed.get(timeout=30)
            taken.append((at - begun) * 1000)
        claimer.over.set()
        claimer.join()
    bare, counted = _bare(steps), COUNTED.format(steps=steps)
    return [
        Figure(
            f"step end to next claim, {connection.vendor}, p{share * 100:.0f}", percentile(taken, share), "ms", counted,
            target, "two bare transactions and the bell between them", percentile(bare, share),
        )
        for share, target in zip((0.5, 0.99), TARGETS[connection.vendor], strict=True)
    ]  # fmt: skip


def _bare(times: int) -> list[float]:
    """The same shape with bare transactions: one here, a bell, one in the other thread."""
    from django.db import connection

    from benchmarks.bare import Bare

    bare, asked, done = Bare(), threading.Semaphore(0), threading.Semaphore(0)

    def answer() -> None:
        for _ in range(times):
            asked.acquire()
            bare.transact()
            done.release()
        connection.close()

    other = threading.Thread(target=answer)
    other.start()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        bare.transact()
        asked.release()
        done.acquire()
        taken.append((time.perf_counter() - begun) * 1000)
    other.join()
    return taken


if __name__ == "__main__":
    main("bench_handoff", measure, ("sqlite", "postgresql"))
