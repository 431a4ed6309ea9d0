"""What a person has edited in a run's plan since it was last read."""

from __future__ import annotations

from orchestrator.actions import drift
from orchestrator.exceptions import PersonError
from orchestrator.models import Run
from orchestrator.reports import drift_lines


def edits_of(run: Run) -> list[str]:
    """What the person has edited in a run's plan since it was last read, as sentences; empty when nothing."""
    try:
        found = drift.find(run)
    except PersonError as error:
        return [str(error)]
    return drift_lines(found.as_dict()) if found else []
