"""From `manage.py up` to the first page, on an empty data folder and on one that was used; and memory at rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.harness import Figure, Scale, main, median, seconds
from benchmarks.served import Server, up


def measure(scale: Scale) -> list[Figure]:
    """Figures: first and second start in seconds, and PSS in MB."""
    times = scale.of(3, 1)
    bare = median([seconds(_bare) for _ in range(times)])
    first, again, memory = [], [], []
    for n in range(times):
        data = Path(os.environ["SIGNALBOX_DATA"]) / str(n)
        os.environ["DATABASE_URL"] = f"sqlite:///{data / 'signalbox.sqlite3'}"
        data.mkdir()
        first.append(_start(data))
        again.append(_start(data, memory, idle=scale.of(4, 1)))
    against = "python importing Django, uvicorn and Celery"
    return [
        Figure("first start to first page", median(first), "s", "tables made, the example's repository and run made, "
               "web server and worker started, GET / answered", 3.0, against, bare),
        Figure("second start to first page", median(again), "s", "the same data folder", 3.0, against, bare),
        Figure("memory at rest, web and worker", median(memory), "MB", "PSS of the one process with nothing running, "
               "one page answered", 130.0),
    ]  # fmt: skip


def _start(data: Path, memory: list[float] | None = None, idle: float = 0.0) -> float:
    begun = time.perf_counter()
    with up(data) as server:
        server.until_answers()
        taken = time.perf_counter() - begun
        server.sign_in_link()
        if memory is not None:
            memory.append(_at_rest(server, idle))
    return taken


def _at_rest(server: Server, idle: float) -> float:
    time.sleep(idle)  # until what only the start needed has been given back
    return server.pss_megabytes()


def _bare() -> None:
    subprocess.run([sys.executable, "-c", "import django.core.handlers.asgi, uvicorn, celery.app.base"], check=True)


if __name__ == "__main__":
    main("bench_start", measure, django=False)
