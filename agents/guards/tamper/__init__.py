"""Making a test say less than it did, in place of making the code right (X5)."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from agents.guards import asked
from agents.guards.tamper import comments, compare, go, programs, python, rust, script, setup
from agents.guards.tamper.python_parts import differing
from agents.guards.tamper.types import TestFile
from agents.guards.types import Case, Hit, Texts

_LANGUAGES: tuple[ModuleType, ...] = (python, script, rust, go)


def guard(case: Case) -> Iterator[Hit]:
    changed = [
        file
        for file in case.diff.files
        if file.kind != "mode" and (file.added or file.removed or file.kind == "renamed")
    ]
    for language in _LANGUAGES:
        old = _texts(language, [file.before for file in changed], case.old)
        new = _texts(language, [file.path for file in changed if file.kind != "deleted"], case.new)
        if old or new:
            step = compare.Step(case.scope, asked.gone(file for file in changed if not language.reads(file.before)))
            yield from compare.compare(*_read(language, old, new), step)
    yield from setup.hits(case)
    yield from programs.hits(case)
    yield from comments.hits(case)


def _texts(language: ModuleType, paths: list[str], texts: Texts) -> dict[str, str]:
    return {path: texts[path] for path in paths if path and language.reads(path) and path in texts}


def _read(language: ModuleType, old: dict[str, str], new: dict[str, str]) -> tuple[list[TestFile], list[TestFile]]:
    """The test files of both sides, as far as they can be read."""
    if language is python:
        parts = [[language.read(*pair) for pair in side.items()] for side in differing(old, new)]
        if all(file is not None for side in parts for file in side):
            return parts[0], parts[1]
    whole = [[language.read(*pair) for pair in side.items()] for side in (old, new)]
    return [file for file in whole[0] if file is not None], [file for file in whole[1] if file is not None]
