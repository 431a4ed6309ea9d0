"""Workers say that they are there; commands and pages ask."""

from __future__ import annotations

import time

from django.conf import settings

from orchestrator.engine.holder import is_dead, me
from orchestrator.models import Worker


def appear() -> None:
    """Say that this process takes work. Called at start and by every sweep."""
    holder = me()
    name = f"{holder['host']}:{holder['pid']}"
    Worker.objects.update_or_create(name=name, defaults={"holder": holder, "seen": time.time()})
    Worker.objects.filter(seen__lt=time.time() - 86_400).delete()


def vanish() -> None:
    """Say that this process takes no more work."""
    holder = me()
    Worker.objects.filter(name=f"{holder['host']}:{holder['pid']}").delete()


def workers() -> list[Worker]:
    """The workers that are there: said so lately, and not known to be dead."""
    recent = Worker.objects.filter(seen__gte=time.time() - settings.LEASE_SECONDS - 3 * settings.SWEEP_SECONDS)
    return [worker for worker in recent.order_by("name") if not is_dead(worker.holder)]


def worker_is_alive() -> bool:
    return bool(workers())
