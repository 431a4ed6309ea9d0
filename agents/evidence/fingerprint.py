"""What a result depends on besides the files: results are reused only where this is the same."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from dataclasses import replace
from pathlib import Path

from agents.sandbox import Jail, Kit, SandboxState, environment_of

TOOLS = ("sh", "python3", "node", "npm", "cargo", "go", "make", "pytest", "ruff", "mypy")


def environment_sha256(jail: Jail, state: SandboxState) -> str:
    """Hash over variables, sandbox, system, what prepares worktrees, and the programs that checks usually start."""
    variables = environment_of(replace(jail, kit=Kit()))
    known = {
        "recipe": jail.kit.recipe,
        "variables": variables,
        "sandbox": state.in_force(unsafe=jail.unsafe),
        "system": [platform.system(), platform.release(), platform.machine()],
        "tools": {name: _program(name, variables["PATH"]) for name in TOOLS},
    }
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _program(name: str, search_path: str) -> list[str | int] | None:
    """Where a program is and which build of it, without starting it."""
    found = shutil.which(name, path=search_path)
    if found is None:
        return None
    real = Path(found).resolve()
    state = real.stat()
    return [str(real), state.st_size, state.st_mtime_ns]
