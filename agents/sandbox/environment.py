"""The environment of a jailed command: an allow-list, nothing inherited. And where its programs are."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

from agents.sandbox.types import Host, Jail

REPO = Path("/repo")
"""Where a jail shows its worktree."""
HOME = Path("/home/agent")

STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@cache
def operators_python() -> tuple[Path, ...]:
    """The folders of the operator's own python3 where that lies outside the system: its prefix, and the one it was
    made from. Python itself is asked: what PATH has may be a version manager's shim, which needs their HOME."""
    python = shutil.which("python3")
    if python is None:
        return ()
    words = "import sys; print(sys.prefix, sys.base_prefix, sep='\\n')"
    asked = subprocess.run([python, "-Ic", words], capture_output=True, text=True, timeout=20, check=False)
    found = dict.fromkeys(map(Path, asked.stdout.split("\n")[:2])) if asked.returncode == 0 else {}
    return tuple(folder for folder in found if not folder.is_relative_to("/usr"))


def tool_folders(host: Host) -> tuple[Path, ...]:
    """Folders that a jail shows read-only because their programs are used in it."""
    return tuple(dict.fromkeys((*host.tools, *operators_python())))


def search_path(host: Host) -> str:
    """Standard directories, led by those of the tools."""
    led = (str(folder / "bin" if (folder / "bin").is_dir() else folder) for folder in tool_folders(host))
    return ":".join((*led, STANDARD_PATH))


def environment_of(jail: Jail) -> dict[str, str]:
    """All variables the command gets. Outside bubblewrap the caller sets HOME to a throw-away folder."""
    return {
        "PATH": ":".join((*(str(REPO / folder) for folder in jail.kit.programs), search_path(jail.host))),
        "HOME": str(HOME),
        "TMPDIR": "/tmp",  # noqa: S108
        "USER": "agent",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "TZ": "UTC",
        "CI": "true",
        "PYTHONUNBUFFERED": "1",
        **jail.kit.variables,
        **jail.environment,
    }
