"""manage.py signin-link: the way into the dashboard."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from orchestrator.actions.signing_in import make_link
from orchestrator.exceptions import SignalboxError
from orchestrator.management.person import person


class Command(BaseCommand):
    help = "Print a link that signs you in to the dashboard, once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="as_user", metavar="NAME", help="sign in as this user")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _, user = person(options)
        except SignalboxError as error:
            print(f"signin-link: {error}", file=sys.stderr)
            raise SystemExit(2) from None
        print(make_link(user))
        self.stderr.write(f"It works once, within {settings.SIGNIN_LINK_SECONDS // 60} minutes.")
