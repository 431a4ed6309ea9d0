"""Work that a report claims and that is not in the diff (X7)."""

from __future__ import annotations

from collections.abc import Iterator

from agents.guards.types import Case, Hit


def guard(case: Case) -> Iterator[Hit]:
    if case.claims is None:
        return
    if not case.diff.files:
        text = "The agent reports that the step is done, but no file was changed. Do it, or say why it needs nothing."
        yield Hit("empty", "", None, text)
        return
    changed = {path for file in case.diff.files for path in (file.path, file.before)}
    absent = [path for path in case.claims.files if not _is_there(path.removeprefix("./"), changed)]
    if absent:
        text = f"The report claims changes that are not there: {', '.join(absent)}. Make them, or take them out of it."
        yield Hit("not-changed", absent[0], None, text, "\0".join(sorted(absent)))
    yield from _tests(case, case.claims.tests)


def _is_there(path: str, changed: set[str]) -> bool:
    return path in changed or (path.endswith("/") and any(other.startswith(path) for other in changed))


def _tests(case: Case, names: tuple[str, ...]) -> Iterator[Hit]:
    if not names:
        return
    added = "\n".join(text for file in case.diff.files for _, text in file.added)
    paths = {file.path for file in case.diff.files}
    for name in names:
        last = name.rsplit("::", 1)[-1].split("[")[0].strip()
        if last not in added and name not in paths:
            text = f"The report claims the test {name!r}, and no added line holds it. Add it, or leave it out."
            yield Hit("test-not-added", "", None, text, name)
