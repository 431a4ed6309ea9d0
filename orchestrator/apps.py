"""The app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class OrchestratorConfig(AppConfig):
    name = "orchestrator"

    def ready(self) -> None:
        """Where there is a broker, every process may ring for the workers; embedded, the one process rings itself."""
        if settings.REDIS_URL:
            from orchestrator import wake
            from orchestrator.ringing import ring

            wake.ring_with(ring)
