"""From a commit to the hint in one browser: by the server's own transactions, and by those of another process."""

from __future__ import annotations

import json
import os
import queue
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import chains
from benchmarks.harness import Figure, Scale, main, percentile
from benchmarks.served import Server, up

QUIET_SECONDS = 0.15
"""Between two commits: hints of one run are gathered for 0.1 s, and this measures one that is not."""


def measure(scale: Scale) -> list[Figure]:
    """Figures: p50 and p99 of both ways in milliseconds, at one client."""
    from django.db import connections

    times = scale.of(60, 2)
    with chains.repository(3) as source:
        run = chains.approved(source, "person")
        connections.close_all()
        with up(Path(os.environ["SIGNALBOX_DATA"])) as server:
            browser = Browser(server)
            browser.sign_in()
            return [*_own(browser, run.pk, times), *_foreign(browser, run.pk, times)]


def _own(browser: Browser, run_id: int, times: int) -> list[Figure]:
    words = [("pause", "resume")[n % 2] for n in range(times)]
    taken, bare = _listen(
        browser, run_id, [lambda word=word: browser.post(f"/runs/{run_id}/{word}/") for word in words]
    )
    return _figures("commit to hint, same process", "a person's pause or resume over HTTP", taken, bare, 10.0)


def _foreign(browser: Browser, run_id: int, times: int) -> list[Figure]:
    from orchestrator import chain
    from orchestrator.engine.transitions import change

    def commit() -> None:
        with change(run_id):
            pass
        _event(chain, run_id)

    taken, bare = _listen(browser, run_id, [commit] * times)
    counted = "a write of another process to the same SQLite file, which is looked at every 50 ms"
    return _figures("commit to hint, another process", counted, taken, bare, None)


def _event(chain: Any, run_id: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        chain.append(chain.lock(run_id), [chain.Record("run.looked_at", "ada", "benchmark", "", {})])


def _figures(what: str, counted: str, taken: list[float], bare: list[float], target: float | None) -> list[Figure]:
    counted += "; from the event's time, taken inside its transaction, to the message at the client; one client, "
    counted += f"{len(taken)} hints"
    return [
        Figure(f"{what}, p{share * 100:.0f}", percentile(taken, share), "ms", counted, target if share > 0.9 else None,
               "a ping over the same socket", percentile(bare, share))
        for share in (0.5, 0.99)
    ]  # fmt: skip


def _listen(browser: Browser, run_id: int, acts: list[Callable[[], object]]) -> tuple[list[float], list[float]]:
    """Do each act and wait for its hint; returns the milliseconds of the hints, and of pings in between."""
    from websockets.sync.client import connect
    from websockets.typing import Origin

    address = browser.server.address.replace("http", "ws") + f"/live/?run={run_id}"
    with connect(
        address, origin=Origin(browser.server.address), additional_headers={"Cookie": browser.cookie()}
    ) as socket:
        heard: queue.Queue[tuple[int, float]] = queue.Queue()
        threading.Thread(target=_hear, args=(socket, run_id, heard), daemon=True).start()
        seen, taken, bare = _newest(run_id), [], []
        for act in acts:
            time.sleep(QUIET_SECONDS)
            begun = time.perf_counter()
            socket.ping().wait(10)
            bare.append((time.perf_counter() - begun) * 1000)
            act()
            newest, arrived = heard.get(timeout=10)
            taken.append((arrived - _time_of(run_id, seen + 1)) * 1000)
            seen = _newest(run_id)
            while newest < seen:
                newest, _ = heard.get(timeout=10)
        return taken, bare


def _hear(socket: Any, run_id: int, heard: queue.Queue[tuple[int, float]]) -> None:
    """Note each hint of the run with the second of the clock when it came; ends with the socket."""
    for message in socket:
        news, arrived = json.loads(message), time.time()
        if news["run"] == run_id and "seq" in news:
            heard.put((news["seq"], arrived))


def _newest(run_id: int) -> int:
    from orchestrator.models import RunHead

    return int(RunHead.objects.values_list("seq", flat=True).get(chain=run_id))


def _time_of(run_id: int, seq: int) -> float:
    from orchestrator.models import Event

    return datetime.fromisoformat(Event.objects.get(chain=run_id, seq=seq).at).timestamp()


class Browser:
    """A signed-in person with cookies and the token that forms need."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def sign_in(self) -> None:
        """Open the printed link and press its button."""
        link = self.server.sign_in_link()
        self.opener.open(link, timeout=20).read()
        self._send(link)

    def post(self, path: str) -> None:
        self._send(self.server.address + path)

    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def _send(self, address: str) -> None:
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        data = urlencode({"csrfmiddlewaretoken": token, "after": "now"}).encode()
        headers = {"Referer": address, "Origin": self.server.address}
        self.opener.open(urllib.request.Request(address, data, headers), timeout=20).read()


if __name__ == "__main__":
    main("bench_hint", measure)
