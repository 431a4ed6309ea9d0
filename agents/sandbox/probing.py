"""What this host can hold a command with, tried for real once per process."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from agents.exceptions import SandboxUnavailable
from agents.sandbox import landlock_exec, limits
from agents.sandbox.bubblewrap import NAMESPACES, NONE_FURTHER, base, jailed
from agents.sandbox.environment import STANDARD_PATH
from agents.sandbox.launch import launched
from agents.sandbox.scratch import ground_for, private_folder
from agents.sandbox.types import Ground, Jail, Overlay, SandboxState

INSTALL = "apt-get install bubblewrap"
ALLOW_NAMESPACES = "sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
OVERLAYS: tuple[Overlay, ...] = ("mount", "bubblewrap")
"""In the order of choice: a layer of our own has a cap, bubblewrap's (0.11) has none. Else the tree is copied."""
SMALL = 1_000_000


@cache
def probe(search_path: str = STANDARD_PATH) -> SandboxState:
    """Try bubblewrap with the namespaces a jail needs; else what Landlock can hold is the second choice."""
    abi = landlock_exec.abi()
    program = shutil.which("bwrap", path=search_path)
    if program is None:
        return _second_choice("bubblewrap is not installed.", INSTALL, abi)
    tried = {nests: _answer(program, *_asked(nests), *base(SMALL), "--", "/bin/true") for nests in (False, True)}
    nests = next((nests for nests, trial in tried.items() if trial.returncode == 0), None)
    if nests is None:
        said = tried[True].stderr.strip() or f"exit {tried[True].returncode}"
        return _second_choice(f"bubblewrap does not start here: {said}", ALLOW_NAMESPACES, abi, program)
    version = _answer(program, "--version").stdout.strip()
    reason = f"{version} isolates every command."
    state = SandboxState("bubblewrap", reason, "", program, version, landlock=abi, nests=nests)
    return replace(state, overlay=_overlay(state), cgroups=tuple(limits.parents()))


def _asked(nests: bool) -> tuple[str, ...]:
    return NAMESPACES if nests else (*NAMESPACES, *NONE_FURTHER)


def _second_choice(reason: str, hint: str, abi: int, program: str = "") -> SandboxState:
    if not abi:
        return SandboxState("none", reason, hint, program)
    words = f"{reason} Landlock (ABI {abi}) holds files{_more(abi)}; UDP and other processes stay in sight."
    return SandboxState("landlock", words, hint, program, landlock=abi)


def _more(abi: int) -> str:
    return (" and TCP" if abi >= 4 else "; the network is open") + (", signals" if abi >= 6 else "")


def _overlay(state: SandboxState) -> Overlay:
    """The first way to a throw-away tree that works: the tree below stays as it was, and what was written is seen."""
    with private_folder() as folder:
        (folder / "there").touch()
        jail = Jail("check", folder, writable=False)
        return next((way for way in OVERLAYS if _lays(state, jail, way)), "copy")


def _lays(state: SandboxState, jail: Jail, way: Overlay) -> bool:
    with ground_for(jail, way) as ground:
        done = _answer(*_trial(state, jail, ground))
    return done.returncode == 0 and [path.name for path in jail.worktree.iterdir()] == ["there"]


def _trial(state: SandboxState, jail: Jail, ground: Ground) -> Sequence[str]:
    inside = ("/bin/sh", "-c", "rm there && mkdir made && test -d made")
    return launched(jailed(state, jail, ground, inside), (), ground.prepare)


def _answer(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, timeout=20, env={"PATH": STANDARD_PATH}, check=False)


def require(state: SandboxState) -> None:
    """Raise SandboxUnavailable with the command that mends it, unless something holds commands here."""
    if state.kind == "none":
        raise SandboxUnavailable(
            f"{state.reason} Run `{state.install_hint}`, or let a person allow running without a sandbox."
        )
