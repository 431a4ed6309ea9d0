"""Making a test say less than it did, in place of making the code right (X5)."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from agents.guards.tamper import comments, compare, go, python, rust, script, setup
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
        old = _read(language, [file.before for file in changed], case.old)
        new = _read(language, [file.path for file in changed if file.kind != "deleted"], case.new)
        if old or new:
            yield from compare.compare(old, new)
    yield from setup.hits(case)
    yield from comments.hits(case)


def _read(language: ModuleType, paths: list[str], texts: Texts) -> list[TestFile]:
    """The test files of one side, as far as they can be read."""
    found = [language.read(path, texts[path]) for path in paths if path and language.reads(path) and path in texts]
    return [file for file in found if file is not None]
