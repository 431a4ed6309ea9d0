"""Where a run's model answers: the real one with its key, or the rehearsal server of this process."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from agents.types import Endpoint
from orchestrator.exceptions import PersonError

if TYPE_CHECKING:
    from agents.rehearsal import RehearsalServer
    from orchestrator.models import Run

EXAMPLES = Path(settings.BASE_DIR) / "examples"
"""Each folder in it with a script is an example; its name is its script's."""
_lock = threading.Lock()
_server: RehearsalServer | None = None
_url = ""


def has_model() -> bool:
    """Whether agents would be real."""
    return bool(settings.ANTHROPIC_API_KEY)


def endpoint_for(run: Run) -> Endpoint:
    """The endpoint of a run's agents. Raises PersonError when a run that began with a key has none now."""
    if run.scripted:
        script = run.project.name if run.project.is_example else "general"
        return Endpoint(f"{_rehearsal_url()}/{script}", "rehearsal", scripted=True)
    if not has_model():
        raise PersonError("This run uses a real model, but ANTHROPIC_API_KEY is not set. Set it and start again.")
    return Endpoint(settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY)


def _rehearsal_url() -> str:
    global _server, _url
    from agents.rehearsal import RehearsalServer

    with _lock:
        if _server is None:
            folders = sorted(path.parent for path in EXAMPLES.glob("*/script"))
            _server = RehearsalServer(folders, delay=settings.REHEARSAL_DELAY)
            _url = _server.start()
        return _url
