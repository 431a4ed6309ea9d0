"""Files that define an agent's own rules, or that run by themselves on somebody's machine (X6, M15)."""

from __future__ import annotations

from collections.abc import Iterator

from agents.guards.paths import DEFINES_RULES, RUNS_BY_ITSELF, covered, declared, fits
from agents.guards.types import Case, Hit


def guard(case: Case) -> Iterator[Hit]:
    paths = dict.fromkeys(path for file in case.diff.files for path in (file.path, file.before) if path)
    for path in paths:
        if covered(path, case.scope.guidelines):
            text = f"{path} is a guideline: agents follow it, and none of them may change it. Leave it as it was."
            yield Hit("guideline", path, None, text)
        elif fits(path, DEFINES_RULES):
            text = f"{path} says what agents may do; only people change it, outside of a run. Leave it as it was."
            yield Hit("defines-rules", path, None, text)
        elif fits(path, RUNS_BY_ITSELF) and declared(path, case.scope.declared):
            yield Hit(
                "declared", path, None, f"{path} runs or redirects things by itself; the step names it. Look at it."
            )
        elif fits(path, RUNS_BY_ITSELF):
            text = f"{path} runs or redirects things by itself for whoever uses this tree. Leave it as it was."
            yield Hit("runs-by-itself", path, None, text)
