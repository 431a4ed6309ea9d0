"""The app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created


class OrchestratorConfig(AppConfig):
    name = "orchestrator"

    def ready(self) -> None:
        """Prepare connections to PostgreSQL. Where there is a broker, every process may ring for the workers; embedded,
        the one process rings itself."""
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
            from orchestrator import postgresql

            connection_created.connect(postgresql.prepare)
        if settings.REDIS_URL:
            from orchestrator import wake
            from orchestrator.ringing import ring

            wake.ring_with(ring)
