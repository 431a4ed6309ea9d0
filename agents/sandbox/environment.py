"""The environment of a jailed command: an allow-list, nothing inherited."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

from agents.sandbox.types import Jail

STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PRIVATE_HOME = Path("/tmp/home")  # noqa: S108 - the jail's /tmp is its own

PERSONAL = [
    ".ssh",
    ".aws",
    ".azure",
    ".config",
    ".gnupg",
    ".netrc",
    ".docker",
    ".kube",
    ".git-credentials",
    ".gitconfig",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".claude",
    ".claude.json",
    ".codex",
    ".gemini",
    ".cargo/credentials.toml",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".mozilla",
    ".password-store",
    ".local/share/keyrings",
]
"""Names below the home directory that a command never sees."""


@cache
def search_path() -> str:
    """Standard directories, led by the one of the operator's own python3 where that lies elsewhere."""
    directory = _operators_python()
    known = STANDARD_PATH.split(":")
    return STANDARD_PATH if not directory or directory in known else f"{directory}:{STANDARD_PATH}"


def _operators_python() -> str:
    """Python itself is asked: what PATH has may be a version manager's shim, which needs the operator's HOME."""
    python = shutil.which("python3")
    if python is None:
        return ""
    asked = subprocess.run(
        [python, "-Ic", "import sys; print(sys.prefix)"], capture_output=True, text=True, timeout=20, check=False
    )
    return str(Path(asked.stdout.strip(), "bin")) if asked.returncode == 0 else ""


def environment_of(jail: Jail) -> dict[str, str]:
    """All variables the command gets. In the unsafe mode HOME is the jail's throw-away folder, set by the caller."""
    return {
        "PATH": search_path(),
        "HOME": str(PRIVATE_HOME),
        "TMPDIR": "/tmp",  # noqa: S108
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "TZ": "UTC",
        "CI": "true",
        "PYTHONUNBUFFERED": "1",
        **jail.environment,
    }


def personal_paths() -> tuple[Path, ...]:
    """Where the operator keeps keys, tokens and histories."""
    return tuple(Path.home() / name for name in PERSONAL)
