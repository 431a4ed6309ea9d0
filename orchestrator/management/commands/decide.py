"""manage.py decide ID OPTION: answer a card, look at what an answer would do, undo, apply at once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestrator import presence, reports
from orchestrator.actions import decisions
from orchestrator.management.person import person, told
from orchestrator.models import Decision


class Command(BaseCommand):
    help = "Answer a decision. ID is its number in the inbox; OPTION one of its options, or undo, or now."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", type=int)
        parser.add_argument("option", help="one of the card's options; undo takes an armed answer back, now applies it")
        parser.add_argument("--instructions", default="", help="what should be different (rebuild), or the answer")
        parser.add_argument("--reason", default="", help="why (skip, accept_gap, abort)")
        parser.add_argument("--run-anyway", default="", help="keys of dependents that start although this is skipped")
        parser.add_argument("--fresh", action="store_true", help="rebuild from the base, not on the last attempt")
        parser.add_argument("--preview", action="store_true", help="only show what it would do")
        parser.add_argument("--now", action="store_true", help="apply at once, without the time to undo")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--as", dest="as_user", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        with told("decide"):
            self._handle(options)

    def _handle(self, options: dict[str, Any]) -> None:
        actor, user = person(options)
        id, option = options["decision"], options["option"]
        if option in ("undo", "now"):
            (decisions.undo if option == "undo" else decisions.apply_now)(id, actor)
            status = Decision.objects.values_list("status", flat=True).get(pk=id)
            self._out(options, {"decision": id, "status": status}, f"Decision {id} is {status}.")
            return
        answer = decisions.Answer(
            option=option,
            reason=options["reason"],
            instructions=options["instructions"],
            run_anyway=tuple(key for key in options["run_anyway"].replace(",", " ").split() if key),
            base="fresh" if options["fresh"] else "attempt",
            at_once=options["now"],
        )
        if options["preview"]:
            effects = decisions.preview(id, answer)
            self._out(options, effects, "\n".join(reports.consequence_lines(effects)))
            return
        answered = decisions.decide(id, answer, actor, user)
        lines = reports.consequence_lines(answered.effects)
        if answered.due:
            lines.append(f"It applies in a few seconds. Take it back: manage.py decide {id} undo")
        if not presence.worker_is_alive():
            run = Decision.objects.values_list("run_id", flat=True).get(pk=id)
            lines.append(f"No worker is alive. Start one: make up, or manage.py run watch {run} --work")
        value = {"decision": id, "status": answered.status, "effects": answered.effects}
        self._out(options, value, "\n".join(lines))

    def _out(self, options: dict[str, Any], value: Any, text: str) -> None:
        print(json.dumps(value, indent=2, ensure_ascii=False) if options["json"] else text)
