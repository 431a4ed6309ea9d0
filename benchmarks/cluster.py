"""A PostgreSQL of its own for one benchmark. Unlike the tests', it keeps its promises: every commit is on the disk."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs, or None: Debian keeps them off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


def is_installed() -> bool:
    return program("initdb") is not None and program("postgres") is not None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql() -> Iterator[str]:
    """A new cluster with default durability; yields its URL. As root it runs as the user postgres."""
    home, port = Path(tempfile.mkdtemp(prefix="signalbox-cluster-")), free_port()
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(home, "postgres")
    make = [*become, str(program("initdb")), "-D", f"{home}/data", "-U", "signalbox", "-A", "trust", "-E", "UTF8"]
    subprocess.run(make, check=True, capture_output=True, cwd=home)
    wanted = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}")
    named = [word for option in wanted for word in ("-c", option)]
    with (home / "log").open("wb") as log:
        serve = [*become, str(program("postgres")), "-D", f"{home}/data", *named]
        process = subprocess.Popen(serve, stdout=log, stderr=log, cwd=home)
        try:
            url = f"postgres://signalbox@127.0.0.1:{port}/postgres"
            _until_ready(url)
            yield url
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(home, ignore_errors=True)


def _until_ready(url: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url.replace("postgres:", "postgresql:", 1)).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
