"""manage.py up: everything in one process, with the example loaded. `make up` calls it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from orchestrator import embedded, example, rehearsing, sandboxing
from orchestrator.actions.signing_in import make_link
from orchestrator.exceptions import PersonError
from orchestrator.management.person import person, told
from orchestrator.models import Run


class Command(BaseCommand):
    help = "Start web server and workers in this process (HOST and PORT from the environment)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        with told("up"):
            embedded.check_port(host, port)
            call_command("migrate", verbosity=0)
            actor, user_id = _user()
            example_problem = _example(actor, user_id)
        embedded.serve(host, port, lambda: _greet(host, port, user_id, example_problem))


def _user() -> tuple[Any, int]:
    """Who the example is started for; with several users, the first who may do everything."""
    from django.contrib.auth import get_user_model

    first = get_user_model()._default_manager.filter(is_superuser=True, is_active=True).order_by("id").first()
    return person({"as_user": first.get_username()} if first else {})


def _example(actor: Any, user_id: int) -> str:
    """Make the example's run; a sentence why not, when it cannot be had here."""
    try:
        example.ensure_run(actor, user_id)
    except PersonError as error:
        return str(error)
    return ""


def _greet(host: str, port: int, user_id: int, example_problem: str) -> None:
    name = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host  # noqa: S104 - compared, not bound
    address = f"http://{name}:{port}"
    lines = [
        "",
        f"Signalbox is up:  {address}/",
        f"Sign in (one use, 15 minutes):  {make_link(user_id)}",
        f"Data:  {settings.DATA}",
        f"Sandbox:  {sandboxing.state().reason}",
    ]
    if not rehearsing.has_model():
        lines.append("No ANTHROPIC_API_KEY is set: agents are played by a scripted model, everything else is real.")
    if host not in ("127.0.0.1", "localhost", "::1"):
        lines.append(f"WARNING: listening on {host}: everyone who can reach this address can reach the sign-in page.")
    if example_problem:
        lines.append(f"The example could not be started: {example_problem}")
    waiting = Run.objects.filter(status="awaiting_approval").count()
    lines += [f"{waiting} dispatch plan{'s wait' if waiting != 1 else ' waits'} for your approval.", ""]
    print("\n".join(lines), flush=True)
