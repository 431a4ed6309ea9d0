"""manage.py example: make the example's repository and a run of its plan that waits for approval."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from orchestrator import example
from orchestrator.management.person import person, told


class Command(BaseCommand):
    help = "Load the example, as `up` does at its first start. Doing it again changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="as_user", metavar="NAME", help="act as this user")

    def handle(self, *args: Any, **options: Any) -> None:
        with told("example"):
            actor, user_id = person(options)
            run = example.ensure_run(actor, user_id)
        print(f"Project {run.project.name}, run {run.pk}: manage.py run show {run.pk}")
