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

START_SECONDS = 30.0


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


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own; yields the URL of its superuser's database. As root it runs as user postgres, for it
    refuses to run as root."""
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
    with _running([*become, server, "-D", str(data), *named], port, home):
        _until_ready(port)
        yield f"postgres://signalbox@127.0.0.1:{port}/postgres"


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own that keeps nothing on disk; yields its URL."""
    server, port = program("redis-server", "redis-server"), free_port()
    home = Path(tempfile.mkdtemp(prefix="signalbox-redis-"))
    argv = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(home)]
    with _running(argv, port, home):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _running(argv: list[str], port: int, home: Path) -> Iterator[None]:
    log = (home / "log").open("wb")
    process = subprocess.Popen(argv, stdout=log, stderr=log, cwd=home, start_new_session=True)
    try:
        _until_listening(process, port, home)
        yield
    finally:
        # The group: as root the server is runuser's child. INT lets PostgreSQL end its sessions and go at once.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(START_SECONDS)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


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
