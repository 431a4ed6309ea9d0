"""Run one command in its jail: the only place that starts an agent's or a check's process."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from agents.exceptions import SandboxFailed
from agents.sandbox.bubblewrap import jailed, probe, require
from agents.sandbox.environment import environment_of
from agents.sandbox.process import MARK, Watch, start
from agents.sandbox.scratch import private_folder, tree_for
from agents.sandbox.types import Finished, Jail, SandboxState

OnOutput = Callable[[bytes], None]
Cancelled = Callable[[], bool]


def run(
    argv: Sequence[str],
    jail: Jail,
    *,
    on_output: OnOutput | None = None,
    cancelled: Cancelled | None = None,
    stdin: bytes | None = None,
    sandbox: SandboxState | None = None,
) -> Finished:
    """Run `argv` and wait for it and all its descendants to end. Blocks; call it from a worker's thread.

    `on_output` gets each chunk as it comes; `cancelled` is asked about ten times a second; `sandbox` is what
    `probe()` found, by default on this host. Raises SandboxUnavailable, or SandboxFailed when nothing was run.
    """
    if not jail.worktree.is_dir():
        raise SandboxFailed(f"{jail.worktree} is no folder, nothing was run: make the worktree again.")
    if jail.unsafe:
        return _run_unsafe(argv, jail, on_output, cancelled, stdin or b"")
    state = sandbox or probe()
    require(state)
    with tree_for(jail.worktree, jail.writable) as tree:
        return _run_jailed(argv, jail, tree, state, on_output, cancelled, stdin or b"")


def _run_jailed(
    argv: Sequence[str],
    jail: Jail,
    tree: Path,
    state: SandboxState,
    on_output: OnOutput | None,
    cancelled: Cancelled | None,
    stdin: bytes,
) -> Finished:
    status, theirs = os.pipe()
    try:
        command = jailed(state, jail, tree, _limited(argv, jail), status=theirs)
        process = start(command, environment_of(jail), "/", stdin, (theirs,))
    finally:
        os.close(theirs)
    watch = Watch(process, jail, None, on_output, cancelled, stdin)
    try:
        code = watch.wait()
        _assert_began(_read_all(status), watch)
    finally:
        os.close(status)
    return _finished(code, watch)


def _run_unsafe(
    argv: Sequence[str], jail: Jail, on_output: OnOutput | None, cancelled: Cancelled | None, stdin: bytes
) -> Finished:
    mark = secrets.token_hex(8)
    with private_folder() as home, tree_for(jail.worktree, jail.writable) as tree:
        own = {"HOME": str(home), "TMPDIR": str(home), MARK: mark, **jail.environment}
        environment = environment_of(replace(jail, environment=own))
        process = start(_limited(argv, jail), environment, str(tree), stdin)
        watch = Watch(process, jail, mark, on_output, cancelled, stdin)
        return _finished(watch.wait(), watch)


def _limited(argv: Sequence[str], jail: Jail) -> list[str]:
    return ["prlimit", "--core=0", f"--nproc={jail.processes}", f"--fsize={jail.file_bytes}", "--", *argv]


def _assert_began(status: bytes, watch: Watch) -> None:
    """A jail that could not be built must not look like a command that failed."""
    if b"child-pid" not in status or (b"exit-code" not in status and watch.kill_at is None):
        said = watch.output.kept().decode(errors="replace").strip()
        raise SandboxFailed(f"bubblewrap could not build the jail, nothing was run: {said or 'it said nothing'}")


def _read_all(descriptor: int) -> bytes:
    return b"".join(iter(lambda: os.read(descriptor, 4096), b""))


def _finished(code: int, watch: Watch) -> Finished:
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
    )
