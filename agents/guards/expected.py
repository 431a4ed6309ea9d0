"""What the step says it creates, changes or needs, and whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from agents.guards import manifests
from agents.guards.types import Case, Hit

_GLOB = frozenset("*?[")
_LINK = re.compile(r"\b(?:sym)?link", re.IGNORECASE)
_MAY_BE_EMPTY = {"__init__.py", "py.typed", ".gitkeep", ".keep", ".nojekyll"}


def guard(case: Case) -> Iterator[Hit]:
    changed = {path for file in case.diff.files for path in (file.path, file.before)}
    sizes = {file.path: file.size for file in case.diff.files}
    links = {file.path for file in case.diff.files if file.kind == "symlink" and file.added}
    gone = {file.before for file in case.diff.files if file.kind in ("deleted", "renamed")}
    for name in dict.fromkeys(name.removeprefix("./") for name in case.scope.declared):
        if _GLOB & set(name) or name in gone or not case.diff.files:
            continue
        if name in links and not _LINK.search(case.scope.words):
            yield Hit(
                "link", name, None, f"The step declares {name}, and it is only a link. Write what the step asks for."
            )
        elif name in changed:
            yield from _empty(name, sizes.get(name, 1))
        elif not any(path.startswith(f"{name.rstrip('/')}/") for path in changed):
            yield from _missing(case, name)
    yield from _dependencies(case)


def _empty(name: str, size: int) -> Iterator[Hit]:
    if not size and PurePosixPath(name).name not in _MAY_BE_EMPTY:
        yield Hit("empty", name, None, f"The step declares {name}, and it is empty. Write what the step asks for.")


def _missing(case: Case, name: str) -> Iterator[Hit]:
    code, text = (
        "absent",
        f"The step declares {name}, but it is not there. Create it, or say why the step needs it no more.",
    )
    if name.rstrip("/") in case.new:
        code, text = (
            "unmodified",
            f"The step declares {name}, but it is as it was. Make the change that the step names.",
        )
    yield Hit(code if case.scope.lists_files else "mentioned", name, None, text, code)


def _dependencies(case: Case) -> Iterator[Hit]:
    if not case.scope.dependencies:
        return
    there = {key for path in manifests.known(case) for key in manifests.names(path, case.new.get(path, ""))}
    for name in case.scope.dependencies:
        if manifests.key(name) not in there:
            text = (
                f"The step adds the dependency {name}, but no manifest names it. Add it where the project lists them."
            )
            yield Hit("dependency-absent", "", None, text, name)
