"""Work that a report claims and that is not in the diff, and commands that did not run or end as it says (X7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from agents.claims import Row, rows
from agents.guards.types import Case, Hit

_WORDS = {
    "changed-otherwise": "The report claims another change of {path} than there is: {observed}. Say what was done.",
    "test-not-added": "The report claims the test {claimed!r}, and no added line holds it. Add it, or leave it out.",
    "check-not-so": "The report claims “{claimed}”; {observed}. Run it, mend what it shows, and report what it says.",
    "command-not-so": "The report claims “{claimed}”; {observed}. Report what was run, and how it ended.",
}


def guard(case: Case) -> Iterator[Hit]:
    if case.claims is None:
        return
    if not case.diff.files:
        text = "The agent reports that the step is done, but no file was changed. Do it, or say why it needs nothing."
        yield Hit("empty", "", None, text)
        return
    found = rows(case.claims, case.diff)
    yield from _absent([row for row in found if row.code == "not-changed"])
    for row in found:
        if row.code in _WORDS:
            text = _WORDS[row.code].format(**asdict(row))
            yield Hit(row.code, row.path, None, text, row.path or row.claimed)


def _absent(rows: Sequence[Row]) -> Iterator[Hit]:
    if rows:
        named = [row.path for row in rows]
        text = f"The report claims changes that are not there: {', '.join(named)}. Make them, or take them out of it."
        yield Hit("not-changed", rows[0].path, None, text, "\0".join(sorted(named)))
