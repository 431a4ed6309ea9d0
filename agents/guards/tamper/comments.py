"""Comments that tell a tool to look away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.guards.types import Case, Hit, present
from agents.workspaces.types import FileDiff, Numbered

A_FEW = 5
ONE_IN = 50
"""Lines of code, for which one more is still few."""
_ONE = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore|pylint:\s*disable|nosec|pragma:\s*no\s*cover|mypy:\s*ignore)"
    r"|(?://|/\*)\s*(?:eslint-disable(?:-next)?-line|@ts-ignore|@ts-expect-error|prettier-ignore|istanbul ignore"
    r"|[cv]8 ignore|biome-ignore|nolint|stylelint-disable)|#\[allow\(|#\[cfg_attr\(coverage"
)
_WHOLE = re.compile(
    r"^\s*#\s*(?:flake8:\s*noqa|ruff:\s*noqa|mypy:\s*ignore-errors|pylint:\s*(?:skip-file|disable=all)"
    r"|type:\s*ignore\s*$|pyright:\s*basic)"
    r"|^\s*/\*\s*eslint-disable\s*\*/|^\s*//\s*@ts-nocheck|^\s*/\*\s*istanbul ignore file"
    r"|^\s*#!\[allow\((?:warnings|clippy::all)"
)
_HINT = re.compile(r"noqa|ignore|disable|nosec|no\s*cover|nocheck|nolint|allow\(|cfg_attr|pyright|skip-file")
_CODE = (".py", ".pyi", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".vue", ".svelte", ".rs", ".go", ".css", ".scss")


def hits(case: Case) -> Iterator[Hit]:
    """Each one where there are few; one for all of them where they are many."""
    found = [(file, line) for file in present(case) if file.path.endswith(_CODE) for line in _new(file)]
    for file, (number, text) in found:
        if _WHOLE.search(text):
            words = (
                f"{file.path} tells a tool to pass over the whole file (“{text.strip()[:80]}”). Mend what it reports."
            )
            yield Hit("suppressed", file.path, number, words, text)
    single = [(file, line) for file, line in found if not _WHOLE.search(line[1])]
    lines = sum(len(file.added) for file in present(case) if file.path.endswith(_CODE))
    if len(single) > max(A_FEW, lines // ONE_IN):
        file, (number, text) = single[0]
        words = f"{len(single)} lines tell a tool to look away, first “{text.strip()[-60:]}”. Mend what it reports."
        yield Hit("suppressed", file.path, number, words, f"{len(single)}")
    else:
        for file, (number, text) in single:
            words = f"{file.path} tells a tool to look away (“{text.strip()[-60:]}”). See that there is a reason."
            yield Hit("suppressed-once", file.path, number, words, text)


def _new(file: FileDiff) -> Iterator[Numbered]:
    """Added lines with such a comment, without those that only moved or changed beside it."""
    there = [
        match[0]
        for _, text in file.removed
        if _HINT.search(text) and (match := _ONE.search(text) or _WHOLE.search(text))
    ]
    for number, text in file.added:
        if _HINT.search(text) and (match := _WHOLE.search(text) or _ONE.search(text)):
            if match[0] in there:
                there.remove(match[0])
            else:
                yield number, text
