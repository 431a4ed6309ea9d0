"""`manage.py up` as a person starts it: its own process, its own port, ended by its own pid."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.cluster import free_port
from benchmarks.harness import ROOT

LIMIT_SECONDS = 60.0


@dataclass
class Server:
    """A started server. `said` fills with the lines that it prints."""

    process: subprocess.Popen[str]
    port: int
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def until_answers(self) -> None:
        """Wait until the first page answers, even by sending us to the sign-in page."""
        self._until(lambda: _status(self.address) in (200, 302))

    def sign_in_link(self) -> str:
        """The address of the link that it printed."""
        self._until(lambda: any("/sign-in/" in line for line in self.said))
        return next(word for line in self.said for word in line.split() if "/sign-in/" in word)

    def pss_megabytes(self) -> float:
        """Proportional set size of the process and its children, without what is shared with others."""
        import psutil

        ours = psutil.Process(self.process.pid)
        return sum(process.memory_full_info().pss for process in [ours, *ours.children(recursive=True)]) / 1e6

    def _until(self, holds) -> None:
        end = time.monotonic() + LIMIT_SECONDS
        while not holds():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("manage.py up did not get ready: " + "\n".join(self.said[-8:]))
            time.sleep(0.01)


@contextmanager
def up(data: Path) -> Iterator[Server]:
    """Start the product on a data folder; on leaving it gets SIGTERM and is waited for."""
    port = free_port()
    environment = os.environ | {"SIGNALBOX_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1"}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "up"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    server = Server(process, port)
    threading.Thread(target=lambda: server.said.extend(process.stdout or ()), daemon=True).start()
    try:
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _status(address: str) -> int:
    try:
        with urllib.request.build_opener(_Stay).open(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
