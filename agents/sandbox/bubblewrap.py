"""How bubblewrap is asked for a jail, and whether it works on this host."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from agents.exceptions import SandboxUnavailable
from agents.sandbox.environment import PRIVATE_HOME, STANDARD_PATH, personal_paths
from agents.sandbox.types import Jail, SandboxState

INSTALL = "apt-get install bubblewrap"
ALLOW_NAMESPACES = "sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
NAMESPACES = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
SCRATCH = tuple(map(Path, ("/tmp", "/var/tmp", "/run")))  # noqa: S108
"""Empty and private in every jail. /run too: a socket there (docker, dbus) can be spoken to on a read-only mount."""


@cache
def probe(search_path: str = STANDARD_PATH) -> SandboxState:
    """Try bubblewrap once per process with the namespaces a jail needs."""
    program = shutil.which("bwrap", path=search_path)
    if program is None:
        return SandboxState("none", "bubblewrap is not installed.", INSTALL)
    trial = _answer(program, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", *NAMESPACES, "--", "/bin/true")
    if trial.returncode:
        reason = trial.stderr.strip() or f"exit {trial.returncode}"
        return SandboxState("none", f"bubblewrap does not start here: {reason}", ALLOW_NAMESPACES, program)
    version = _answer(program, "--version").stdout.strip()
    return SandboxState("bubblewrap", f"{version} isolates every command.", "", program, version)


def _answer(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, timeout=20, env={}, check=False)


def require(state: SandboxState) -> None:
    """Raise SandboxUnavailable with the command that mends it, unless bubblewrap works."""
    if state.kind == "none":
        raise SandboxUnavailable(
            f"{state.reason} Run `{state.install_hint}`, or let a person allow running without a sandbox."
        )


def jailed(state: SandboxState, jail: Jail, tree: Path, argv: Sequence[str], *, status: int | None = None) -> list[str]:
    """The full command line. `tree` is the directory shown at `jail.worktree`; `status` is an open descriptor on
    which bubblewrap tells, as JSON lines, that the command began and how it ended."""
    report = () if status is None else ("--json-status-fd", str(status))
    place = str(jail.worktree.resolve())
    return [state.program, *_mounts(jail, tree), *NAMESPACES, *report, "--chdir", place, "--", *argv]


def _mounts(jail: Jail, tree: Path) -> list[str]:
    """Mount options, shallow paths first, so that a deeper one always shows through the ones above it."""
    wanted = _covered(jail) | _shown(jail, tree)
    ordered = sorted(wanted.items(), key=lambda item: len(item[0].parts))
    base = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    return [*base, *(word for _, words in ordered for word in words), "--dir", str(PRIVATE_HOME)]


def _covered(jail: Jail) -> dict[Path, tuple[str, ...]]:
    secret = (*personal_paths(), *jail.hidden)
    places = {path.resolve() for path in (*SCRATCH, *secret) if os.access(path, os.F_OK)}
    return {place: _cover(place) for place in places}


def _cover(place: Path) -> tuple[str, ...]:
    return ("--tmpfs", str(place)) if place.is_dir() else ("--ro-bind", "/dev/null", str(place))


def _shown(jail: Jail, tree: Path) -> dict[Path, tuple[str, ...]]:
    place = jail.worktree.resolve()
    shown: dict[Path, tuple[str, ...]] = {
        path.resolve(): ("--ro-bind", str(path.resolve()), str(path.resolve())) for path in jail.readable
    }
    if jail.reports is not None:
        shown[jail.reports.resolve()] = ("--bind", str(jail.reports.resolve()), str(jail.reports.resolve()))
    shown[place] = ("--bind", str(tree.resolve()), str(place))
    if (tree / ".git").exists() and not (tree / ".git").is_symlink():
        shown[place / ".git"] = ("--ro-bind", str(tree.resolve() / ".git"), str(place / ".git"))
    return shown
