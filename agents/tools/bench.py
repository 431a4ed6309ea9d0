"""What the tools of one dispatch share: where they work, what they may use, and when to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agents.sandbox import Fence, Host, Jail, Kit
from agents.tools.paths import parts_below
from agents.types import Assignment


@dataclass(frozen=True, slots=True)
class Bench:
    """`cancelled` may be asked from any thread; `unsafe` runs commands without bubblewrap."""

    worktree: Path
    writable: bool
    hidden: tuple[Path, ...]
    readable: tuple[Path, ...]
    command_seconds: float
    idle_seconds: float
    output_bytes: int
    unsafe: bool
    cancelled: Callable[[], bool]
    fence: Fence = field(default_factory=Fence)
    host: Host = field(default_factory=Host)
    kit: Kit = field(default_factory=Kit)

    @classmethod
    def of(cls, assignment: Assignment, cancelled: Callable[[], bool]) -> Bench:
        limits = assignment.limits
        return cls(
            worktree=assignment.worktree,
            writable=assignment.writable,
            hidden=assignment.hidden_paths,
            readable=assignment.readable_paths,
            command_seconds=limits.command_seconds,
            idle_seconds=limits.idle_seconds,
            output_bytes=limits.output_bytes,
            unsafe=bool(assignment.settings.get("unsafe", False)),
            fence=assignment.fence,
            host=assignment.host,
            kit=assignment.kit,
            cancelled=cancelled,
        )

    def shown(self, path: str) -> tuple[Path, str]:
        """Below which folder a path is read, and its path there: what setup made lies elsewhere, and only jails show it
        at its place. Raises ToolRefused."""
        parts = "/".join(parts_below(path))
        for mount in self.kit.mounts:
            if f"{parts}/".startswith(f"{mount.path}/"):
                return mount.source, parts.removeprefix(mount.path).lstrip("/") or "."
        return self.worktree, path

    def jail(self) -> Jail:
        """The agent's jail: what a read-only role writes in it does not survive the command."""
        return Jail(
            kind="agent",
            worktree=self.worktree,
            writable=self.writable,
            hidden=self.hidden,
            readable=self.readable,
            total_seconds=self.command_seconds,
            idle_seconds=self.idle_seconds,
            output_bytes=self.output_bytes,
            unsafe=self.unsafe,
            fence=self.fence,
            host=self.host,
            kit=self.kit,
        )
