"""One process under watch: output, limits, cancelling, and the end of everything it started."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

import psutil

from agents.sandbox.output import CappedOutput
from agents.sandbox.types import Jail, TimeOut

TICK_SECONDS = 0.1
CHUNK_BYTES = 65536
MARK = "SIGNALBOX_JAIL"
"""Variable by which descendants that left the session are found where there is no namespace to kill."""


@dataclass
class Watch:
    """A running command. `wait` returns when it, and all it started, has ended."""

    process: subprocess.Popen[bytes]
    jail: Jail
    mark: str | None
    on_output: Callable[[bytes], None] | None
    cancelled: Callable[[], bool] | None
    stdin: bytes
    output: CappedOutput = field(init=False)
    timed_out: TimeOut | None = None
    was_cancelled: bool = False
    started: float = field(default_factory=time.monotonic)
    last_output: float = field(default_factory=time.monotonic)
    kill_at: float | None = None

    def __post_init__(self) -> None:
        self.output = CappedOutput(self.jail.output_bytes)

    def wait(self) -> int:
        """Popen's return code: negative is a signal."""
        try:
            with selectors.DefaultSelector() as selector:
                self._register(selector)
                self._pump(selector)
            return self.process.wait()
        finally:
            kill_all(self.process, self.mark)
            _close(self.process.stdin, self.process.stdout)
            self.process.wait()

    def _register(self, selector: selectors.BaseSelector) -> None:
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        selector.register(self.process.stdout, selectors.EVENT_READ)
        if self.process.stdin is not None:
            os.set_blocking(self.process.stdin.fileno(), False)
            selector.register(self.process.stdin, selectors.EVENT_WRITE)

    def _pump(self, selector: selectors.BaseSelector) -> None:
        while selector.get_map():
            for key, _ in selector.select(TICK_SECONDS):
                ended = self._read() if key.fileobj is self.process.stdout else self._write()
                if ended:
                    selector.unregister(key.fileobj)
            self._enforce()
            if self.process.poll() is not None:
                # A daemon may hold the pipe open for ever: what the command itself wrote is already in it.
                kill_all(self.process, self.mark)
                self._drain()
                return
        self._linger()

    def _linger(self) -> None:
        """The command closed its output but may go on: the limits still hold."""
        while True:
            try:
                self.process.wait(TICK_SECONDS)
                return
            except subprocess.TimeoutExpired:
                self._enforce()

    def _read(self) -> bool:
        """Take one chunk; True at the end of the stream."""
        assert self.process.stdout is not None
        try:
            chunk = os.read(self.process.stdout.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return False
        if chunk:
            self.last_output = time.monotonic()
            self.output.feed(chunk)
            if self.on_output:
                self.on_output(chunk)
        return not chunk

    def _drain(self) -> None:
        assert self.process.stdout is not None
        before = -1
        while before != self.output.bytes_total:
            before = self.output.bytes_total
            self._read()

    def _write(self) -> bool:
        """Give one piece of stdin; True when all is given or nobody reads."""
        assert self.process.stdin is not None
        try:
            self.stdin = self.stdin[os.write(self.process.stdin.fileno(), self.stdin[:CHUNK_BYTES]) :]
        except BlockingIOError:
            return False
        except BrokenPipeError:
            self.stdin = b""
        if not self.stdin:
            _close(self.process.stdin)
        return not self.stdin

    def _enforce(self) -> None:
        now = time.monotonic()
        if self.kill_at is not None:
            if now >= self.kill_at:
                kill_all(self.process, self.mark)
        elif self._should_stop(now):
            self.kill_at = now + self.jail.grace_seconds
            terminate(self.process)

    def _should_stop(self, now: float) -> bool:
        if now - self.started > self.jail.total_seconds:
            self.timed_out = "total"
        elif now - self.last_output > self.jail.idle_seconds:
            self.timed_out = "idle"
        elif self.cancelled is not None and self.cancelled():
            self.was_cancelled = True
        return self.timed_out is not None or self.was_cancelled


def start(
    argv: Sequence[str], environment: dict[str, str], cwd: str, stdin: bytes, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """A process in a session of its own that holds none of our descriptors but the named ones."""
    return subprocess.Popen(
        argv,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=cwd,
        bufsize=0,
        close_fds=True,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
    )


def terminate(process: subprocess.Popen[bytes]) -> None:
    """Ask the descendants to end. Not bubblewrap itself: its own end would kill them at once."""
    for one in _descendants(process) or _itself(process):
        _signal(one, "terminate")


def kill_all(process: subprocess.Popen[bytes], mark: str | None) -> None:
    """Kill the process and its descendants; with a `mark`, also whoever carries it in its environment."""
    for one in (*_descendants(process), *_itself(process), *(_marked(mark) if mark else ())):
        _signal(one, "kill")


def _itself(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    if process.poll() is not None:
        return []
    try:
        return [psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        return []


def _descendants(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return [child for own in _itself(process) for child in own.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _marked(mark: str) -> list[psutil.Process]:
    carriers = []
    for one in psutil.process_iter():
        try:
            if one.environ().get(MARK) == mark:
                carriers.append(one)
        except (psutil.Error, OSError):
            continue
    return carriers


def _signal(one: psutil.Process, action: str) -> None:
    try:
        getattr(one, action)()
    except psutil.Error:
        return


def _close(*pipes: IO[bytes] | None) -> None:
    for pipe in pipes:
        if pipe is not None and not pipe.closed:
            pipe.close()
