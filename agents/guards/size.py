"""Files too large to be read by anybody, and what of a diff nobody has read."""

from __future__ import annotations

from collections.abc import Iterator

from agents.guards.paths import covered
from agents.guards.types import Case, Hit, present

_TEXTS = (".py", ".js", ".ts", ".rs", ".go", ".md", ".toml", ".json", ".yml", ".yaml", ".html", ".css", ".txt", ".sh")


def guard(case: Case) -> Iterator[Hit]:
    if case.diff.truncated:
        text = (
            "The diff is larger than what is read of it, so the rest was held against no rule. Make the step smaller."
        )
        yield Hit("unread", "", None, text)
    for file in present(case):
        asked = covered(file.path, case.scope.declared)
        if file.size > case.scope.largest_bytes and file.kind != "mode" and not asked:
            limit = case.scope.largest_bytes // 1000
            text = f"{file.path} has {file.size:,} bytes, more than {limit:,} kB. Keep it out, or let the plan name it."
            yield Hit("large", file.path, None, text, "large")
        elif file.unread and file.path.endswith(_TEXTS):
            text = f"{file.path} could not be read as text, so it was held against no rule. Write it as usual text."
            yield Hit("unread", file.path, None, text)
        elif file.unread:
            yield Hit("binary", file.path, None, f"{file.path} is binary ({file.size:,} bytes). See that it is meant.")
        if file.cut:
            yield Hit("cut", file.path, None, f"{file.path} has lines so long that only their beginning was read.")
