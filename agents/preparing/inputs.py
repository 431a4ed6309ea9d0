"""What the result of setup depends on: its commands, the files that name packages, and where it was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from agents.guards import manifests

NAMES = frozenset({
    *manifests.LOCKS,
    "bun.lockb", "composer.json", "composer.lock", "conda-lock.yml", "environment.yml", "Gemfile", "Gemfile.lock",
    "go.work", "go.work.sum", "gradle.lockfile", "mix.exs", "mix.lock", "Pipfile", "pnpm-workspace.yaml", "pom.xml",
    "pylock.toml", "setup.cfg", "setup.py",
    ".node-version", ".nvmrc", ".python-version", ".ruby-version", ".tool-versions", "rust-toolchain",
    "rust-toolchain.toml",
})  # fmt: skip
"""Lock files, manifests and pinned tools, beside the manifests that the dependency guard reads."""


def is_input(path: str) -> bool:
    """Whether a file decides what setup makes; in any folder."""
    return PurePosixPath(path).name in NAMES or manifests.reader(path) is not None


def key_of(commands: Sequence[str], inputs: Mapping[str, str], environment: str) -> str:
    """SHA-256 over the commands in their order, the blob of each input by its path, and the environment's hash."""
    text = json.dumps([list(commands), sorted(inputs.items()), environment])
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
