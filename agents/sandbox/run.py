"""Run one command in its jail: the only place that starts an agent's or a check's process."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from agents.exceptions import SandboxFailed
from agents.sandbox import limits
from agents.sandbox.bubblewrap import jailed
from agents.sandbox.environment import environment_of
from agents.sandbox.landlock import restricted
from agents.sandbox.launch import launched
from agents.sandbox.probing import probe, require
from agents.sandbox.process import MARK, Watch, start
from agents.sandbox.remains import Gate
from agents.sandbox.scratch import ground_for, now, private_folder
from agents.sandbox.setup import forwarded
from agents.sandbox.types import Finished, Ground, Jail, Remains, SandboxState

OnOutput = Callable[[bytes], None]
Cancelled = Callable[[], bool]
OnEnd = Callable[[Remains], None]


def run(
    argv: Sequence[str],
    jail: Jail,
    *,
    on_output: OnOutput | None = None,
    cancelled: Cancelled | None = None,
    stdin: bytes | None = None,
    sandbox: SandboxState | None = None,
    on_end: OnEnd | None = None,
) -> Finished:
    """Run `argv` and wait for it and all its descendants to end. Blocks; call it from a worker's thread.

    `on_output` gets each chunk as it comes; `cancelled` is asked about ten times a second; `sandbox` is what
    `probe()` found, by default on this host; `on_end` may look at what a command with `jail.reports`
    has written, before that is thrown away. Raises SandboxUnavailable, or SandboxFailed when nothing was run.
    """
    if not jail.worktree.is_dir():
        raise SandboxFailed(f"{jail.worktree} is no folder, nothing was run: make the worktree again.")
    state = sandbox or probe()
    heard = _Heard(on_output, cancelled, stdin or b"", on_end)
    if jail.unsafe:
        return _run_openly(argv, jail, heard, landlock=False)
    require(state)
    if state.kind == "landlock":
        return _run_openly(argv, jail, heard, landlock=True)
    with ground_for(jail, state.overlay) as ground, limits.group(jail.host.caps) as group:
        return _run_jailed(argv, jail, ground, state, group, heard)


class _Heard:
    """What the caller hears from a command, and says to it."""

    def __init__(
        self, on_output: OnOutput | None, cancelled: Cancelled | None, stdin: bytes, on_end: OnEnd | None
    ) -> None:
        self.on_output, self.cancelled, self.stdin, self.on_end = on_output, cancelled, stdin, on_end

    def look(self, remains: Remains | None) -> None:
        if self.on_end is not None and remains is not None:
            self.on_end(remains)


def _run_jailed(
    argv: Sequence[str], jail: Jail, ground: Ground, state: SandboxState, group: limits.Group, heard: _Heard
) -> Finished:
    with Gate(ground, wanted=jail.reports is not None) as gate:
        since = now(jail.reports) if jail.reports else 0
        status, watch = _started(argv, jail, ground, state, group, heard, gate)
        with os.fdopen(status, "rb") as told:
            began = told.readline()
            gate.let_go(watch.process.pid)
            code = watch.wait()
            _assert_began(began + told.read(), watch)
        heard.look(gate.remains(jail, since))
    return _finished(code, watch, group.starved())


def _started(
    argv: Sequence[str],
    jail: Jail,
    ground: Ground,
    state: SandboxState,
    group: limits.Group,
    heard: _Heard,
    gate: Gate,
) -> tuple[int, Watch]:
    """The descriptor on which bubblewrap tells its status, and the watched process."""
    status, theirs = os.pipe()
    inside = [*limits.prlimit(jail.host.caps), *(forwarded(argv) if jail.proxy else argv)]
    wrapped = jailed(state, jail, ground, inside, status=theirs, gate=gate.theirs)
    passed = (theirs,) if gate.theirs is None else (theirs, gate.theirs)
    try:
        command = launched(wrapped, group.doors, ground.prepare)
        process = start(command, environment_of(jail), "/", heard.stdin, passed)
    except BaseException:
        os.close(status)
        raise
    finally:
        os.close(theirs)
    return status, Watch(process, jail, None, heard.on_output, heard.cancelled, heard.stdin)


def _run_openly(argv: Sequence[str], jail: Jail, heard: _Heard, *, landlock: bool) -> Finished:
    """Without namespaces: under Landlock, or with nothing at all. Descendants are found by a mark."""
    mark = secrets.token_hex(8)
    with private_folder() as home, ground_for(jail, "copy") as ground:
        tree, since = ground.tree or jail.worktree, now(home)
        own = {"HOME": str(home), "TMPDIR": str(home), MARK: mark, **jail.environment}
        inside = [*limits.prlimit(jail.host.caps), *argv]
        command = restricted(jail, tree, home, inside) if landlock else inside
        process = start(command, environment_of(replace(jail, environment=own)), str(tree), heard.stdin)
        watch = Watch(process, jail, mark, heard.on_output, heard.cancelled, heard.stdin)
        code = watch.wait()
        if jail.reports is not None:
            heard.look(Remains(tree, jail.reports, str(tree), since))
        return _finished(code, watch)


def _assert_began(status: bytes, watch: Watch) -> None:
    """A jail that could not be built must not look like a command that failed."""
    if b"child-pid" not in status or (b"exit-code" not in status and watch.kill_at is None):
        said = watch.output.kept().decode(errors="replace").strip()
        raise SandboxFailed(f"bubblewrap could not build the jail, nothing was run: {said or 'it said nothing'}")


def _read_all(descriptor: int) -> bytes:
    return b"".join(iter(lambda: os.read(descriptor, 4096), b""))


def _finished(code: int, watch: Watch, starved: str = "") -> Finished:
    exit_code = 128 - code if code < 0 else code
    return Finished(
        exit_code=exit_code,
        signal=exit_code - 128 if 128 < exit_code < 128 + 65 else None,
        timed_out=watch.timed_out,
        cancelled=watch.was_cancelled,
        output=watch.output.kept(),
        truncated=watch.output.truncated,
        bytes_total=watch.output.bytes_total,
        sha256=watch.output.sha256,
        seconds=time.monotonic() - watch.started,
        starved=starved,
    )
