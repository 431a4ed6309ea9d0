"""Everything in one process, without any service: web server in the main thread, a Celery worker and the sweep in
threads of their own. Rows are the truth, so killing the process at any moment loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable

import psutil

from orchestrator import wake
from orchestrator.engine import lease
from orchestrator.exceptions import PersonError

POOL_THREADS = 8
"""The caps of what may run at once, and four for landing and publishing."""


def check_port(host: str, port: int) -> None:
    """Raise PersonError naming who holds the port, and the way out, when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PersonError(
                f"Cannot listen on {host}:{port}: {error.strerror}{_holder_of(port)}. "
                f"Use another port: PORT={port + 1} make up"
            ) from None


def _holder_of(port: int) -> str:
    try:
        for found in psutil.net_connections("tcp"):
            if found.laddr and found.laddr.port == port and found.status == psutil.CONN_LISTEN and found.pid:
                process = psutil.Process(found.pid)
                return f" (held by {process.name()}, pid {found.pid})"
    except psutil.Error:
        return ""
    return ""


class Engine:
    """The worker's half of the process: Celery's thread pool, whose start also starts the sweep."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._consume, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to take work; returns at once."""
        from orchestrator.ringing import ring

        wake.ring_with(ring)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Let holders save and hand over, then end."""
        lease.drain()
        from celery.worker import state

        state.should_stop = 0  # the worker's own flag; its loop looks at it at least every two seconds
        self._thread.join(seconds)

    def _consume(self) -> None:
        from orchestrator.celery import app, end_sweeping

        # WorkController is Celery's worker without its command line, which would install signal handlers that only
        # the main thread may have.
        worker = app.WorkController(
            pool="threads", concurrency=POOL_THREADS, queues=["agents", "checks"],
            without_gossip=True, without_mingle=True, without_heartbeat=True, task_events=False,
        )  # fmt: skip
        worker.start()
        end_sweeping()


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Run web server and engine until SIGINT or SIGTERM; `ready` is called once the port answers."""
    asyncio.run(_serve(host, port, ready))


async def _serve(host: str, port: int, ready: Callable[[], None]) -> None:
    import uvicorn  # 0.1 s that other commands need not pay

    from orchestrator.web import live

    config = uvicorn.Config(
        "orchestrator.asgi:application",
        host=host, port=port, ws="websockets-sansio", log_level="warning", lifespan="off",
    )  # fmt: skip
    server = uvicorn.Server(config)
    # uvicorn's own handlers raise the signal again before the worker has been cleaned up.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    engine = Engine()
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        live.attach(loop)
        engine.start()
        await asyncio.to_thread(ready)
    await serving
    await asyncio.to_thread(engine.stop)
