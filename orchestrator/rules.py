"""What `signalbox.toml` adds to every step of a run, for whoever approves it: on the page and in a terminal."""

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


def lines(rules: Rules) -> list[str]:
    """The same for a terminal."""
    asks = f"may ask {', '.join(rules.asks)}" if rules.asks else "may ask no host"
    said = [f"  setup: {command}" for command in rules.commands]
    said += [f"  setup {asks}, in a sandbox"] if rules.commands else []
    refused = ", ".join(rules.refused)
    said += [f"  setup may not ask {refused}: not in SIGNALBOX_SETUP_HOSTS"] if refused else []
    said += [f"  fence: no step may change anything outside of {', '.join(rules.fence)}"] if rules.fence else []
    said += [f"  forbidden: {one.pattern}: {one.reason}" for one in rules.forbidden]
    return said + ([f"  blocking here: {', '.join(rules.heavier)}"] if rules.heavier else [])
