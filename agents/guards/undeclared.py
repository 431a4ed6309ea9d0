"""Files that the step's own list does not name."""

from __future__ import annotations

from collections.abc import Iterator

from agents.guards.paths import covered
from agents.guards.types import Case, Hit


def guard(case: Case) -> Iterator[Hit]:
    if not (case.scope.lists_files and case.scope.declared):
        return
    for file in case.diff.files:
        if not covered(file.path, case.scope.declared):
            text = f"{file.path} is not among the files that the step lists. See that the change belongs to it."
            yield Hit("undeclared", file.path, None, text)
