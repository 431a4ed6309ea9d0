"""manage.py demo: the example's run in this terminal, answered from its story, in a data folder of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from orchestrator import example, queries, reports, terminal
from orchestrator.actions import consequences, decisions, runs
from orchestrator.engine import worker
from orchestrator.engine.transitions import Actor
from orchestrator.markdown import markdown
from orchestrator.models import Decision, Event, Run

_OWN = "SIGNALBOX_DEMO_DATA"


class Command(BaseCommand):
    help = "Play the example's run here; exits 0 only if it ends as the story says."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if _OWN not in os.environ:
            self._in_own_folder()
        call_command("migrate", verbosity=0)
        actor, user_id = _demo_user()
        run = example.ensure_run(actor, user_id)
        print(reports.overview(run, queries.run_as_dict(run) | {"digest": run.start_oid}))
        print(f"\n{actor.name} approves: engine-managed, one commit per step\n")
        runs.approve(run, actor, user_id, git="engine")
        self._play(run, actor, user_id)
        value = reports.report(run)
        print("\n" + markdown(value))
        problems = differences(run, value)
        for problem in problems:
            print(f"not as the story says: {problem}", file=sys.stderr)
        raise SystemExit(1 if problems else 0)

    def _in_own_folder(self) -> None:
        """Start over in a process whose settings point to a new folder."""
        folder = tempfile.mkdtemp(prefix="signalbox-demo-")
        environment = os.environ | {_OWN: "1", "SIGNALBOX_DATA": folder, "ANTHROPIC_API_KEY": ""}
        environment.pop("DATABASE_URL", None)
        print(f"This demo's data: {folder}", flush=True)
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606 - ourselves, in a new folder

    def _play(self, run: Run, actor: Actor, user_id: int) -> None:
        seen = 0
        while True:
            moved = worker.work_once(run.pk)
            seen = _print_events(run, seen)
            run.refresh_from_db()
            if run.is_over:
                return
            if not moved:
                self._answer(run, actor, user_id)

    def _answer(self, run: Run, actor: Actor, user_id: int) -> None:
        card = Decision.objects.filter(run=run, status="open").order_by("id").first()
        if card is None:
            raise SystemExit(f"The run stands still as {run.status} without a card. That is a bug; please report it.")
        steps = queries.subjects(card)
        answer = example.answer_for(steps[0].key if steps else "", card.kind)
        reasons = [line for reason in card.payload["reasons"] for line in terminal.reason_lines(reason, "    ")]
        print("\n".join(["", f"  CARD {card.pk}  {queries.about(card)}", *reasons, *terminal.batch_lines(card)]))
        if answer.edit:
            _mend(card, answer.edit)
        given = decisions.Answer(answer.option, reason=answer.reason, instructions=answer.instructions, at_once=True)
        for line in consequences.lines(card, decisions.preview(card.pk, given)):
            print(f"    would: {line}")
        words = f": {answer.instructions or answer.reason}" if answer.instructions or answer.reason else ""
        print(f"  ANSWER by {actor.name}: {answer.option}{words}\n")
        decisions.decide(card.pk, given, actor, user_id)


def _demo_user() -> tuple[Actor, int]:
    from django.contrib.auth import get_user_model

    user, _ = get_user_model()._default_manager.get_or_create(
        username="demo", defaults={"is_staff": True, "is_superuser": True}
    )
    return Actor("demo", "command line"), user.pk


def _print_events(run: Run, seen: int) -> int:
    for event in Event.objects.filter(chain=run.pk, seq__gt=seen).order_by("seq"):
        seen = event.seq
        if event.kind.startswith(("step.", "run.", "batch.", "line.")):
            where = f"step {event.step}" if event.step else "run"
            print(f"  {event.at[11:19]}  {where:8} {event.kind.partition('.')[2].replace('_', ' ')}", flush=True)
    return seen


def _mend(card: Decision, edit: dict[str, str]) -> None:
    file = Path(queries.held_worktree(card)) / edit["path"]
    text = file.read_text(encoding="utf-8")
    if edit["old"] not in text:
        raise SystemExit(f"The story edits {edit['path']}, but its old text is not there.")
    file.write_text(text.replace(edit["old"], edit["new"]), encoding="utf-8")
    print(f"    edited by hand: {file}\n      - {edit['old']}\n      + {edit['new']}")


def differences(run: Run, value: reports.Report) -> list[str]:
    """Where a run differs from what the story expects; empty when it ended as it should."""
    wanted = example.expected()
    by_status: dict[str, list[str]] = {}
    for step in value["steps"]:
        by_status.setdefault(step["status"], []).append(step["key"])
    names = ("already_done", "passed", "skipped", "blocked")
    problems = [
        f"{name}: {by_status.get(name, [])}, expected {wanted[name]}"
        for name in names
        if by_status.get(name, []) != wanted[name]
    ]
    commits = sum(bool(step["commit"]) for step in value["steps"])
    if commits != wanted["commits"]:
        problems.append(f"{commits} commits, expected {wanted['commits']}")
    if value["status"] != wanted["run"]:
        problems.append(f"the run is {value['status']}, expected {wanted['run']}")
    if value["published"] != "published":
        problems.append(f"the branch is {value['published']}: {value['published_detail']}")
    return problems
