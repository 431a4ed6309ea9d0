"""The `signalbox.toml` that a run was approved with."""

from __future__ import annotations

from functools import lru_cache

from agents import configuration
from agents.configuration.model import Settings
from agents.workspaces.hub import Hub
from orchestrator.engine.ground import Ground
from orchestrator.models import Run


def settings_of(run: Run) -> Settings:
    """What it says, read at the commit the run started from; the defaults where there was none."""
    return _read(Ground.of(run.project).hub, run.compiled.get("configuration", ""))


@lru_cache(maxsize=64)
def _read(hub: Hub, blob: str) -> Settings:
    """A blob never changes, so it is read once."""
    return configuration.read(hub.read_blobs([blob])[blob] if blob else None).settings
