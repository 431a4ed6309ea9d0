"""manage.py decide CARD [OPTION]: look at a card, answer it, look at what an answer would do, undo, apply at once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestrator import presence, queries, terminal
from orchestrator.actions import consequences, decisions
from orchestrator.exceptions import PersonError
from orchestrator.management.person import person, told
from orchestrator.models import Decision


class Command(BaseCommand):
    help = "Answer a decision. ID is its number in the inbox. Without an option, show what each would do."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", type=int)
        parser.add_argument(
            "option", nargs="?", default="",
            help="one of the card's options; undo takes an armed answer back, now applies it",
        )  # fmt: skip
        parser.add_argument("--instructions", default="", help="what should be different (rebuild), or the answer")
        parser.add_argument(
            "--reason",
            default="",
            help="why (skip, accept_gap, abort; recheck of what a guard found and nobody changed)",
        )
        parser.add_argument("--deny", default="", help="with confirm: numbers of the items that do not hold")
        parser.add_argument("--run-anyway", default="", help="keys of dependents that start although this is skipped")
        parser.add_argument("--fresh", action="store_true", help="rebuild from the base, not on the last attempt")
        parser.add_argument("--preview", action="store_true", help="only show what it would do")
        parser.add_argument("--card-version", type=int, help="answer only if this is still the card's version")
        parser.add_argument("--now", action="store_true", help="apply at once, without the time to undo")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--as", dest="as_user", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        with told("decide"):
            self._handle(options)

    def _handle(self, options: dict[str, Any]) -> None:
        card = decisions.find(options["decision"])
        option = options["option"]
        if not option:
            self._out(options, queries.card_as_dict(card), "\n".join(terminal.explained(card)).lstrip("\n"))
        elif option in ("undo", "now"):
            self._armed(card, option, options)
        elif options["preview"]:
            effects = decisions.preview(card.pk, _answer(card, options))
            self._out(options, effects, "\n".join(consequences.lines(card, effects)))
        else:
            self._decide(card, options)

    def _armed(self, card: Decision, option: str, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        (decisions.undo if option == "undo" else decisions.apply_now)(card.pk, actor)
        card.refresh_from_db()
        self._out(options, {"decision": card.pk, "status": card.status}, f"Decision {card.pk} is {card.status}.")

    def _decide(self, card: Decision, options: dict[str, Any]) -> None:
        actor, user = person(options)
        answered = decisions.decide(card.pk, _answer(card, options), actor, user)
        lines = consequences.lines(card, answered.effects)
        if answered.due:
            lines.append(f"It applies in a few seconds. Take it back: manage.py decide {card.pk} undo")
        if not presence.worker_is_alive():
            lines.append(f"No worker is alive. Start one: make up, or manage.py run watch {card.run_id} --work")
        value = {"decision": card.pk, "status": answered.status, "effects": answered.effects}
        self._out(options, value, "\n".join(lines))

    def _out(self, options: dict[str, Any], value: Any, text: str) -> None:
        print(json.dumps(value, indent=2, ensure_ascii=False, default=str) if options["json"] else text)


def _answer(card: Decision, options: dict[str, Any]) -> decisions.Answer:
    return decisions.Answer(
        option=options["option"],
        reason=options["reason"],
        instructions=options["instructions"],
        version=options["card_version"],
        run_anyway=tuple(_words(options["run_anyway"])),
        base="fresh" if options["fresh"] else "attempt",
        items=_items(card, options["deny"]) if options["deny"] else None,
        at_once=options["now"],
    )


def _items(card: Decision, deny: str) -> dict[int, bool]:
    """Every item of the card holds but the denied ones."""
    count = len(queries.to_confirm(card))
    denied = _words(deny)
    if not all(word.isdecimal() and 1 <= int(word) <= count for word in denied):
        raise PersonError(f"--deny takes numbers of this card's items, 1 to {count}.")
    return {number: str(number) not in denied for number in range(1, count + 1)}


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()
