"""A database that is away for a while costs nothing: what has to be written waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections

from orchestrator.engine import lease, shortage

AWAY = (OperationalError, InterfaceError)
_OURS = ("no such table", "no such column")
T = TypeVar("T")


def patiently(act: Callable[[], T]) -> T:
    """Call `act` until the database takes it; a process that is asked to end gives up instead.

    `act` must be harmless when done again: an answer may be lost after its commit."""
    while True:
        try:
            return act()
        except AWAY as error:
            if lease.is_draining() or any(words in str(error) for words in _OURS):
                raise
            shortage.met(error)
        close_old_connections()
        time.sleep(settings.SWEEP_SECONDS / 4)
