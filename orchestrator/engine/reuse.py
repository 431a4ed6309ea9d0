"""A command that passed on the very same tree, in the same environment, is not run again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from orchestrator.engine.bench import Bench, expectation
from orchestrator.engine.wanted import Wanted
from orchestrator.models import CheckRun
from orchestrator.models.check import BESIDE

_COPIED = (
    "command", "expect", "cwd", "verdict", "reason", "exit_code", "seconds", "output", "output_sha256", "truncated",
    "environment_sha256", "data",
)  # fmt: skip


def reuse(bench: Bench, wanted: list[Wanted]) -> None:
    """Put earlier results into rows that need no run. No command rests on what another one left."""
    passed = _passed(bench, bench.candidate.tree)
    for one in wanted:
        found = passed.get((one.spec.command, expectation(one.spec))) if one.spec else None
        if found is not None:
            one.row = _again(one.row, found)


def find(bench: Bench, row: CheckRun, command: str, expect: str) -> CheckRun | None:
    """The row with the result of a command that passed on the row's tree; None where there is none."""
    found = _passed(bench, row.tree).get((command, expect))
    return _again(row, found) if found else None


def _passed(bench: Bench, tree: str) -> dict[tuple[str, str], CheckRun]:
    """Results really had on a tree, the newest of each; none of a command that was ever flaky on it."""
    rows = of_tree(bench, tree)
    flaky = set(rows.filter(source="rerun").values_list("command", flat=True))
    passed = rows.filter(verdict="passed", reused_from=None).exclude(source__in=BESIDE).select_related("candidate")
    return {(row.command, row.expect): row for row in passed.order_by("id") if row.command not in flaky}


def of_tree(bench: Bench, tree: str) -> QuerySet[CheckRun]:
    """All rows of commands that this project's runs have had on a tree in this environment."""
    rows = CheckRun.objects.filter(candidate__run__project=bench.candidate.run.project_id, tree=tree)
    return rows.filter(environment_sha256=bench.environment).exclude(environment_sha256="")


def _again(row: CheckRun, found: CheckRun) -> CheckRun:
    """The candidate's own row from before it was interrupted, else a copy that points to the one it was copied from."""
    if found.candidate_id == row.candidate_id and (found.item, found.source) == (row.item, row.source):
        return found
    for name in _COPIED:
        setattr(row, name, getattr(found, name))
    row.reused_from = found
    if found.candidate.base_oid == row.candidate.base_oid:
        row.changed_lines = found.changed_lines
    return row


def carried(rows: Sequence[CheckRun]) -> list[int]:
    """Keys of rows that are stored already."""
    return [row.pk for row in rows if row.pk]
