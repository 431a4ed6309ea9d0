"""The second choice, where bubblewrap does not work: Landlock holds files; what else it holds depends on the kernel."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from agents.sandbox.bubblewrap import system
from agents.sandbox.environment import tool_folders
from agents.sandbox.types import Jail

LAUNCHER = Path(__file__).with_name("landlock_exec.py")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
PUBLIC = ("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/nsswitch.conf", "/etc/resolv.conf", "/proc")


def restricted(jail: Jail, tree: Path, home: Path, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` with these files alone: the tree, a private home and the folder of reports to
    write in. Landlock only allows, so a fence inside the tree is left to what looks at the diff."""
    read = [*map(str, system()), *PUBLIC, *map(str, (*tool_folders(jail.host), *jail.readable))]
    write = [tree, home, *([jail.reports] if jail.reports else [])]
    spec = {"read": read, "write": [*map(str, write), *DEVICES]}
    return [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(spec), *argv]
