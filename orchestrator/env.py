"""The environment, read once and typed. No other module reads it. Every name stands in `.env.example`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(ROOT / ".env"), recurse=False)


def secret(name: str, default: str = "") -> str:
    """NAME, or the content of the file that NAME_FILE names."""
    path = env.str(f"{name}_FILE", "")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    value: str = env.str(name, default)
    return value


def data_folder() -> Path:
    """Database, hubs, vault, worktrees and logs. Default: a folder per checkout, outside every repository."""
    given = env.str("SIGNALBOX_DATA", "")
    if given:
        return Path(given).expanduser().resolve()
    base = Path(env.str("XDG_DATA_HOME", "") or Path.home() / ".local" / "share")
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return base / "signalbox" / checkout
