"""Servers that tests start for themselves: PostgreSQL and Redis, in folders of their own, ended by pid."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

START_SECONDS = 60.0


def program(name: str, package: str) -> str:
    """The path of a server program. Missing, the test fails under CI and is skipped elsewhere."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(debian[-1]) if debian else "")
    if not found:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"{name} is missing. Install it: sudo apt-get install {package}")
    return found


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server of our own at `url`, in the folder `home`. It may go away for a while and come back as it was."""

    def __init__(self, url: str, argv: list[str], port: int, home: Path) -> None:
        self.url, self.argv, self.port, self.home = url, argv, port, home

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(self.argv, stdout=log, stderr=log, cwd=self.home, start_new_session=True)
        _until_listening(self.process, self.port, self.home)
        if self.url.startswith("postgres"):
            _until_ready(self.port)

    def stop(self) -> None:
        """End it. The group: as root the server is runuser's child. INT lets PostgreSQL end its sessions at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(START_SECONDS)


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own; yields the URL of its superuser's database."""
    with postgresql_server() as server:
        yield server.url


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own that keeps nothing on disk; yields its URL."""
    with redis_server() as server:
        yield server.url


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """As root it runs as user postgres, for it refuses to run as root."""
    initdb, server = program("initdb", "postgresql"), program("postgres", "postgresql")
    home = Path(tempfile.mkdtemp(prefix="signalbox-postgresql-"))
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(home, "postgres")
    data, port = home / "data", free_port()
    subprocess.run(
        [*become, initdb, "-D", str(data), "-U", "signalbox", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=home,
    )  # fmt: skip
    options = ("fsync=off", "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}")
    named = [word for option in options for word in ("-c", option)]
    url = f"postgres://signalbox@127.0.0.1:{port}/postgres"
    with _running(Server(url, [*become, server, "-D", str(data), *named], port, home)) as running:
        yield running


@contextmanager
def redis_server() -> Iterator[Server]:
    server, port = program("redis-server", "redis-server"), free_port()
    home = Path(tempfile.mkdtemp(prefix="signalbox-redis-"))
    argv = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(home)]
    with _running(Server(f"redis://127.0.0.1:{port}/0", argv, port, home)) as running:
        yield running


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)


def _until_listening(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, (home / "log").read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"{process.args} did not listen within {START_SECONDS} s: {(home / 'log').read_text()}")


def _until_ready(port: int) -> None:
    """It listens before it takes sessions."""
    import psycopg

    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="signalbox", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < end
            time.sleep(0.05)
