"""What stands before bubblewrap on a command line: entering its cgroups, laying the throw-away tree."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from agents.sandbox.scratch import OWN_MOUNTS


def launched(argv: Sequence[str], doors: Sequence[Path], prepare: str) -> list[str]:
    """`argv`, begun by a shell that first does what has to be done by the process itself, where there is any of it."""
    lines = [f"echo $$ >{shlex.quote(str(door))}" for door in doors]
    if prepare:
        lines.append(prepare)
    if not lines:
        return list(argv)
    script = " && ".join([*lines, 'exec "$@"'])
    return [*(OWN_MOUNTS if prepare else ()), "/bin/sh", "-c", script, "launch", *argv]
