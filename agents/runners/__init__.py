"""Runners by name. Each is imported when it is first used: the modules behind them may take seconds to load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from agents.exceptions import UnknownRunner
from agents.types import Runner


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a runner can do. `path` is `module:class`, or None where a person does the work.

    resumes: goes on from a saved session · streams: what it says is seen while it works · asks: may put a question to a
    person · metered: counts its tokens · keyed: needs an endpoint with a key.
    """

    path: str | None
    resumes: bool
    streams: bool
    asks: bool
    metered: bool
    keyed: bool


_RUNNERS: Mapping[str, Capabilities] = {
    "anthropic_api": Capabilities(
        "agents.runners.anthropic_api:AnthropicRunner", resumes=True, streams=True, asks=True, metered=True, keyed=True
    ),
    "person": Capabilities(None, resumes=False, streams=False, asks=False, metered=False, keyed=False),
}


def names() -> tuple[str, ...]:
    return tuple(_RUNNERS)


def capabilities(name: str) -> Capabilities:
    """Flags of the runner; UnknownRunner if there is none of this name."""
    if name not in _RUNNERS:
        raise UnknownRunner(f"There is no runner “{name}”. Choose one of: {', '.join(_RUNNERS)}.")
    return _RUNNERS[name]


def load(name: str) -> Runner:
    """A runner object, ready to run. `person` has none: UnknownRunner."""
    path = capabilities(name).path
    if path is None:
        raise UnknownRunner(f"“{name}” is not run by a program: hand the step to a person.")
    module, _, attribute = path.partition(":")
    runner: Runner = getattr(import_module(module), attribute)()
    return runner
