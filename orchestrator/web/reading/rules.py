"""What `signalbox.toml` adds to every step of a run, for whoever approves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.configuration.model import Forbidden
from agents.configuration.values import searchable
from orchestrator import sandboxing
from orchestrator.engine.approved import settings_of
from orchestrator.engine.jailing import setup_hosts
from orchestrator.models import Run


@dataclass(frozen=True, slots=True)
class Rules:
    """`commands` make a worktree ready; they may ask the hosts of `asks`, and not those of `refused`, which the file
    names and the operator does not allow. `heavier` are guards whose advice blocks."""

    commands: Sequence[str]
    asks: Sequence[str]
    refused: Sequence[str]
    fence: Sequence[str]
    forbidden: Sequence[Forbidden]
    heavier: Sequence[str]


def rules_of(run: Run) -> Rules:
    """As they are in the commit that the run starts from."""
    found = settings_of(run)
    allowed = sandboxing.setup_hosts().allowed
    refused = [host for host in found.setup.hosts or () if host.lower() not in allowed]
    asks = sorted(setup_hosts(run).allowed)
    heavier = [str(name) for name in found.guards.blocking]
    forbidden = [one for one in found.forbidden if searchable(one.pattern)]
    return Rules(found.setup.commands, asks, refused, found.guards.fence, forbidden, heavier)
