"""Packages that a step adds without having been asked to: their code runs here, and a made-up name may be anybody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from agents.guards import manifests
from agents.guards.paths import declared
from agents.guards.types import Case, Hit, present


def guard(case: Case) -> Iterator[Hit]:
    asked = {manifests.key(name) for name in case.scope.dependencies}
    for file in present(case):
        if manifests.reader(file.path) and file.added:
            had = manifests.names(file.before, case.old.get(file.before, "")) if file.before else {}
            has = manifests.names(file.path, case.new.get(file.path, ""))
            new = [name for key, name in has.items() if key not in had and key not in asked and not _named(case, name)]
            yield from _hits(case, file.path, new)
    yield from _locks(case)


def _named(case: Case, name: str) -> bool:
    """Whether the step's own words name the package."""
    last = name.rsplit("/", 1)[-1]
    return any(
        re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", case.scope.words, re.IGNORECASE) for word in (name, last)
    )


def _hits(case: Case, path: str, new: list[str]) -> Iterator[Hit]:
    if not new:
        return
    listed = ", ".join(sorted(new))
    if declared(path, case.scope.declared):
        text = f"{path} asks for {listed}, which the step does not name. See that each is the package that was meant."
        yield Hit("new-declared", path, None, text, listed)
    else:
        text = f"{path} asks for {listed}, and the step names no new dependency. Do without, or let the plan name it."
        yield Hit("new", path, None, text, listed)


def _locks(case: Case) -> Iterator[Hit]:
    """A lock file that moved while the manifest beside it did not."""
    folders = {str(PurePosixPath(file.path).parent) for file in case.diff.files if manifests.reader(file.path)}
    for file in present(case):
        path = PurePosixPath(file.path)
        if path.name in manifests.LOCKS and str(path.parent) not in folders:
            text = f"{file.path} changed, and no manifest beside it did: other versions are installed. Look at it."
            yield Hit("lock-alone", file.path, None, text)
