"""Database constraints made from the tables in `engine/states.py`."""

from __future__ import annotations

from django.db import models

from orchestrator.engine.states import MACHINES, OPEN_ROWS


def known_status(machine: str) -> models.CheckConstraint:
    """Only statuses of the machine's table can be stored."""
    statuses = MACHINES[machine].statuses
    return models.CheckConstraint(condition=models.Q(status__in=statuses), name=f"{machine}_status_is_known")


def one_open(machine: str, *fields: str) -> models.UniqueConstraint:
    """At most one row per `fields` in a status that is not final."""
    spec = MACHINES[machine]
    open_statuses = [status for status in spec.statuses if status not in spec.final]
    return models.UniqueConstraint(
        fields=fields, condition=models.Q(status__in=open_statuses), name=f"one_open_{machine}"
    )


def open_rows(machine: str) -> models.Index:
    """Finds a run's rows that a board always holds, however many others there are."""
    return models.Index(fields=["run"], condition=models.Q(status__in=OPEN_ROWS[machine]), name=f"open_{machine}_rows")
