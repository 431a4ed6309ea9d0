"""manage.py vault list|restore: the saved states of worktrees that are gone, and looking at one again."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from orchestrator import storage
from orchestrator.actions.restoring import restore
from orchestrator.exceptions import PersonError
from orchestrator.management.person import PersonCommand, person


class Command(PersonCommand):
    help = "List what was saved of worktrees before they were removed, and restore one into a folder of its own."

    def declare(self, add: Callable[..., ArgumentParser]) -> None:
        shown = add("list", "list the saved states, newest first")
        shown.add_argument("--run", type=int, default=None, help="only those of this run")
        back = add("restore", "put one state's files into a new folder; nothing is overwritten")
        back.add_argument("state", help="its id as `vault list` shows it")

    def do_list(self, options: dict[str, Any]) -> None:
        found = [
            _as_dict(chain, state)
            for chain in storage.chains()
            if options["run"] in (None, chain.run)
            for state in storage.states(chain.project, chain.key)
        ]
        text = "\n".join(
            f"{row['state'][:12]}  {row['when'][:16]}  {row['project']}  {row['key']:8}  {row['what']}".rstrip()
            for row in found
        )
        self.out(options, found, text or "Nothing has been saved yet.")

    def do_restore(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        for chain in storage.chains():
            if any(state.kept.oid.startswith(options["state"]) for state in storage.states(chain.project, chain.key)):
                path = restore(chain.project, chain.key, options["state"], actor)
                self.out(options, {"path": str(path)}, f"Restored to {path}\nWhat it held: git -C {path} diff")
                return
        raise PersonError(f"The vault has no state '{options['state']}'. manage.py vault list shows what there is.")


def _as_dict(chain: storage.Chain, state: storage.State) -> dict[str, Any]:
    row = state.workspace
    what = f"step {row.step.key}, {row.dispatch.role}" if row and row.dispatch else ""
    return {
        "state": state.kept.oid, "when": state.kept.when, "project": chain.project.name, "key": chain.key,
        "run": chain.run, "what": what,
    }  # fmt: skip
