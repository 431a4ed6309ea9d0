"""Plan files, which only the engine's marks and a plan-keeper change (M15)."""

from __future__ import annotations

from collections.abc import Iterator

from agents.guards.paths import covered
from agents.guards.types import Case, Hit


def guard(case: Case) -> Iterator[Hit]:
    paths = dict.fromkeys(path for file in case.diff.files for path in (file.path, file.before) if path)
    for path in paths:
        if covered(path, case.scope.plans):
            text = (
                f"{path} belongs to the plan, where only marks are written, when a step has passed. Leave it as it was."
            )
            yield Hit("edited", path, None, text)
