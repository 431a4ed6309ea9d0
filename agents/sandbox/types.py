"""The values of the sandbox: what a command may touch, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["bubblewrap", "none"]
JailKind = Literal["agent", "check", "setup"]
TimeOut = Literal["total", "idle"]


@dataclass(frozen=True, slots=True)
class SandboxState:
    """What this host offers. `reason` is a sentence for people; `install_hint` is a command, empty when all is well."""

    kind: Kind
    reason: str
    install_hint: str = ""
    program: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Jail:
    """What one command may see, change and use up.

    `worktree` is its working directory and the only lasting place it can write, and that only if `writable`:
    otherwise it gets a throw-away copy at the same path. `environment` is added to the base environment; nothing of
    ours is inherited. `reports` is a folder beside the worktree that it may write to. `hidden` paths look empty,
    `readable` ones are shown although they lie below a hidden one.
    `output_bytes` is how much output is kept (half from the start, half from the end). `grace_seconds` pass between
    TERM and KILL. `unsafe` runs without bubblewrap: only a person may allow that.
    """

    kind: JailKind
    worktree: Path
    writable: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    reports: Path | None = None
    total_seconds: float = 600.0
    idle_seconds: float = 300.0
    output_bytes: int = 2_000_000
    grace_seconds: float = 10.0
    processes: int = 2048
    file_bytes: int = 4 * 1024**3
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command did. `output` is stdout and stderr interleaved, without its middle where `truncated`;
    `sha256` and `bytes_total` are over all of it. A command killed by a signal has `signal` set and, as in a shell,
    exit code 128 + signal."""

    exit_code: int
    signal: int | None
    timed_out: TimeOut | None
    cancelled: bool
    output: bytes
    truncated: bool
    bytes_total: int
    sha256: str
    seconds: float
