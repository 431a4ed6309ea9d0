"""What an approval binds: a small tree of hashes. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Leaves = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tree:
    """`leaves` by name: policy, toolchain, checks, agents, guidelines, configuration, briefs, start, and `step:<key>`
    for each step."""

    leaves: dict[str, str]

    @property
    def digest(self) -> str:
        return digest(self.leaves)


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def tree(
    *, policy: Mapping[str, Any], toolchain: Sequence[Any], agents: Mapping[str, Any], briefs: Mapping[str, str],
    checks: Sequence[Any], guidelines: Mapping[str, str], configuration: str, start: str,
    steps: Mapping[str, Mapping[str, Any]],
) -> Tree:  # fmt: skip
    """The tree of one run. `steps` maps a key to everything of the step that a person approves."""
    shared = {
        "policy": policy, "toolchain": toolchain, "checks": checks, "agents": agents, "guidelines": guidelines,
        "configuration": configuration, "briefs": briefs, "start": start,
    }  # fmt: skip
    leaves = {name: digest(value) for name, value in shared.items()}
    return Tree(leaves | {f"step:{key}": digest(step) for key, step in steps.items()})


def changed(approved: Leaves, now: Leaves, step: str) -> list[str]:
    """The leaves a dispatch of `step` uses that differ from what was approved, by name."""
    used = [name for name in approved if not name.startswith("step:")] + [f"step:{step}"]
    return [name for name in used if approved.get(name) != now.get(name)]
