"""manage.py plan verify: ticks without proof. (plan show and plan lint never come here: see manage.py.)"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from orchestrator.actions.projects import find_project
from orchestrator.management.person import PersonCommand
from orchestrator.proofs import plan_path, ticks


class Command(PersonCommand):
    help = "Say which completion marks of a plan are proven; show and lint read plan files without a database."

    def declare(self, add: Callable[..., ArgumentParser]) -> None:
        verify = add("verify", "list the ticks of a plan with their proofs; exit 1 when one has none")
        verify.add_argument("plan", nargs="?", default="", help="the plan's path (default: the only one read here)")
        verify.add_argument("--project", required=True)
        verify.add_argument("--branch", default="", help="default: the branch that the project's runs start from")

    def do_verify(self, options: dict[str, Any]) -> None:
        project = find_project(options["project"])
        found = ticks(project, plan_path(project, options["plan"]), options["branch"] or project.branch)
        lines = [
            f"{tick.path}:{tick.line}: step {tick.key}: "
            + (f"proven by run {tick.run}, commit {tick.commit[:12]}" if tick.commit else "no proof")
            for tick in found
        ]
        self.out(options, [asdict(tick) for tick in found], "\n".join(lines) or "No step is ticked.")
        if any(not tick.commit for tick in found):
            raise SystemExit(1)
