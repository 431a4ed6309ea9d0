"""The values of the sandbox: what a command may touch, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from agents.sandbox.fences import Fence

Kind = Literal["bubblewrap", "landlock", "none"]
JailKind = Literal["agent", "check", "setup"]
Overlay = Literal["mount", "bubblewrap", "copy"]
TimeOut = Literal["total", "idle"]


@dataclass(frozen=True, slots=True)
class SandboxState:
    """What this host offers. `reason` is a sentence for people; `install_hint` is a command, empty when all is well.

    `overlay` says how a read-only role gets its throw-away tree; `cgroups` are the controllers that hold a command
    (none: prlimit alone does); `landlock` is the kernel's ABI, 0 without it; `nests` is True where a
    command could make further namespaces."""

    kind: Kind
    reason: str
    install_hint: str = ""
    program: str = ""
    version: str = ""
    overlay: Overlay = "copy"
    cgroups: tuple[str, ...] = ()
    landlock: int = 0
    nests: bool = False

    def in_force(self, *, unsafe: bool = False) -> dict[str, Any]:
        """What a command ran under, as JSON to keep with it."""
        kind = "none" if unsafe else self.kind
        known = asdict(self) | {"kind": kind, "cgroups": list(self.cgroups)}
        kept = ("kind", "version", "overlay", "cgroups", "landlock") if kind == "bubblewrap" else ("kind", "landlock")
        return {name: known[name] for name in kept}


@dataclass(frozen=True, slots=True)
class Caps:
    """What one command may use up. `memory_bytes` is private memory of each process, and of all where cgroups hold;
    `cpu_seconds` is for each process; `scratch_bytes` is each of /tmp, HOME and a throw-away tree."""

    processes: int = 2048
    open_files: int = 4096
    memory_bytes: int = 8 * 1024**3
    file_bytes: int = 4 * 1024**3
    cpu_seconds: int = 3600
    scratch_bytes: int = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class Host:
    """What the operator gives to every jail: folders with tools, shown read-only, and caps."""

    tools: tuple[Path, ...] = ()
    caps: Caps = Caps()


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder shown read-only at `path` below the worktree, where an empty folder stands for it."""

    source: Path
    path: str


@dataclass(frozen=True, slots=True)
class Kit:
    """What a worktree was prepared with: folders that setup made, those of their folders whose programs come first
    (paths below the worktree), variables of this very worktree, and a hash of what asked for all that."""

    mounts: tuple[Mount, ...] = ()
    programs: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The way out of a setup jail: `folder` holds the socket and is mounted read-only."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Jail:
    """What one command may see, change and use up.

    `worktree` is its working directory, `/repo` inside, and the only lasting place it can write, and that only if
    `writable` and within the `fence`: otherwise it gets a throw-away tree. `environment` is added to the base
    environment; nothing of ours is inherited. `readable` paths are shown at their own place, `hidden` ones look empty
    wherever they would show. `kit` is what the worktree was prepared with. `reports` is an empty folder of ours that it
    may write to, at the same path inside.
    `output_bytes` is how much output is kept (half from the start, half from the end).
    `grace_seconds` pass between TERM and KILL. `unsafe` runs without a sandbox: only a person may allow that.
    """

    kind: JailKind
    worktree: Path
    writable: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    fence: Fence = field(default_factory=Fence)
    host: Host = field(default_factory=Host)
    kit: Kit = field(default_factory=Kit)
    proxy: Proxy | None = None
    reports: Path | None = None
    total_seconds: float = 600.0
    idle_seconds: float = 300.0
    output_bytes: int = 2_000_000
    grace_seconds: float = 10.0
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """`tree` is what a jail shows as its worktree, None where bubblewrap lays the layer itself. `prepare` is a shell
    line that has to run before, in a mount namespace of its own ("" for none); in that namespace alone `top` holds,
    in memory, what the command writes: `written` of its tree, and `reports`."""

    tree: Path | None
    prepare: str = ""
    top: Path | None = None


@dataclass(frozen=True, slots=True)
class Remains:
    """What a command has written, while it is there. Below `tree` lies at least all that changed after `since` (the
    kernel's clock in nanoseconds, as files' change times have it) in the folder that it knew as `known_as`; below
    `reports` is what it wrote to its folder of reports."""

    tree: Path
    reports: Path
    known_as: str
    since: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command did. `output` is stdout and stderr interleaved, without its middle where `truncated`;
    `sha256` and `bytes_total` are over all of it. A command killed by a signal has `signal` set and, as in a shell,
    exit code 128 + signal. `starved` names the cap of its group that it ran into: pids, memory or none ("")."""

    exit_code: int
    signal: int | None
    timed_out: TimeOut | None
    cancelled: bool
    output: bytes
    truncated: bool
    bytes_total: int
    sha256: str
    seconds: float
    starved: str = ""
