"""What all commands of a person share: who acts, JSON or text, and errors as one sentence on stderr with exit 2."""

from __future__ import annotations

import json
import sys
from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, ProgrammingError

from agents.exceptions import AgentsError
from orchestrator.engine import shortage
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError, SignalboxError
from plans.exceptions import PlanError


@contextmanager
def told(command: str) -> Iterator[None]:
    """Whatever a person has to know is one sentence on stderr, with exit 2; never a stack trace."""
    try:
        yield
    except (SignalboxError, AgentsError, PlanError) as error:
        print(f"{command}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except (OperationalError, ProgrammingError) as error:
        if lacking := shortage.sign_of(error):
            print(f"{command}: Nothing was changed. {lacking.sentence}", file=sys.stderr)
            raise SystemExit(2) from None
        if not any(words in str(error) for words in ("no such table", "no such column", "does not exist")):
            raise
        print(f"{command}: The database is not set up for this version. Run: manage.py migrate", file=sys.stderr)
        raise SystemExit(2) from None


class PersonCommand(BaseCommand):
    """A command with sub-commands. Each is a method `do_<name>` and is declared in `declare`."""

    requires_system_checks: list[str] = []

    @abstractmethod
    def declare(self, add: Callable[..., ArgumentParser]) -> None:
        """Declare the sub-commands: `add(name, help)` returns the parser of one."""

    def add_arguments(self, parser: CommandParser) -> None:
        subparsers = parser.add_subparsers(dest="action", required=True, metavar="action", parser_class=ArgumentParser)

        def add(name: str, text: str) -> ArgumentParser:
            sub = subparsers.add_parser(name, help=text, description=text)
            sub.add_argument("--json", action="store_true", help="print JSON")
            sub.add_argument("--as", dest="as_user", metavar="NAME", help="act as this user")
            return sub

        self.declare(add)

    def handle(self, *args: Any, **options: Any) -> None:
        with told(self.__module__.rsplit(".", 1)[-1]):
            getattr(self, f"do_{options['action'].replace('-', '_')}")(options)

    def out(self, options: dict[str, Any], value: Any, text: str) -> None:
        """Print a value as JSON when that was asked for, else its text."""
        print(json.dumps(value, indent=2, ensure_ascii=False, default=str) if options["json"] else text)


def person(options: dict[str, Any]) -> tuple[Actor, int]:
    """Who acts: the one user there is, else the one that --as names. Returns the actor and the user's id."""
    users = get_user_model()._default_manager.filter(is_active=True)
    name = options.get("as_user")
    if name:
        found = users.filter(username=name).first()
        if found is None:
            raise PersonError(f"There is no user '{name}'. Known users: {', '.join(u.get_username() for u in users)}.")
        return Actor(found.get_username(), "command line"), found.pk
    if users.count() > 1:
        raise PersonError("There are several users. Say who acts with --as NAME.")
    found = users.first() or _first_user()
    return Actor(found.get_username(), "command line"), found.pk


def _first_user() -> Any:
    """The installation's first user, with every role and no password: sign-in is by link."""
    import getpass

    users = get_user_model()
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "operator"
    user = users._default_manager.create(username=name, is_staff=True, is_superuser=True)
    user.set_unusable_password()
    user.save()
    return user
