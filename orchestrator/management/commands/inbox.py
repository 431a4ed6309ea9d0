"""manage.py inbox: everything that waits for a person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestrator import queries, terminal
from orchestrator.management.person import told


class Command(BaseCommand):
    help = "List what waits for a person, oldest first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with told("inbox"):
            rows = queries.inbox()
        if options["json"]:
            print(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
        elif not rows:
            print("Nothing needs you.")
        for row in [] if options["json"] else rows:
            print("\n".join([*terminal.hung(f"run {row['run']:<4} ", row["text"]), f"         {_next(row)}"]))


def _next(row: dict[str, Any]) -> str:
    if row["what"] == "approval":
        return f"manage.py run show {row['run']}, then run approve {row['run']} --git engine|user"
    if row["what"] == "step":
        return f"manage.py run show {row['run']}, then run done {row['run']}"
    return f"manage.py decide {row['id']}"
