"""Workers say that they are there; commands and pages ask."""

from __future__ import annotations

import time

from django.conf import settings

from orchestrator import broker
from orchestrator.engine import shortage
from orchestrator.engine.holder import is_dead, me
from orchestrator.models import Worker


def appear() -> None:
    """Say that this process takes work. Called at start and by every sweep."""
    holder = me()
    name = f"{holder['host']}:{holder['pid']}"
    told = holder | {"lacks": shortage.lacking()}
    Worker.objects.update_or_create(name=name, defaults={"holder": told, "seen": time.time()})
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


def hindrances() -> list[str]:
    """Why nothing new starts at present, or only slowly, as sentences: what this host lacks, what workers say that
    theirs lack, a broker that does not answer. Empty when nothing is in the way."""
    told = {worker.holder["host"]: worker.holder.get("lacks", "") for worker in workers()}
    here = me()["host"]
    own = shortage.lacking() or told.pop(here, "")
    theirs = [f"Worker {host}: {lacks}" for host, lacks in told.items() if lacks and host != here]
    return [text for text in (own, *theirs, broker.trouble()) if text]
