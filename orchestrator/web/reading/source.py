"""What pages read from git: an excerpt around a finding, the diff of an attempt with its findings pinned to lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString
from unidiff import Hunk, PatchedFile, PatchSet
from unidiff.errors import UnidiffParseError

from agents.exceptions import AgentsError
from agents.guards.paths import covered
from agents.guards.secrets import masked
from orchestrator.engine.ground import Ground
from orchestrator.models import Finding, Run
from orchestrator.web.reading.rendering import HIGHLIGHTED_LINES, highlight

FILE_LINES = 3_000
"""A file with more changed lines is named, not shown."""
AROUND = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a diff or an excerpt. kind: " " + - or ! (the line a finding names)."""

    kind: str
    old: int | None
    new: int | None
    html: SafeString | str
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class File:
    """`note` says why there are no hunks. `outside` where the plan declared its files and this is none of them. `loose`
    are those of its findings that no line shown here bears."""

    path: str
    status: str
    added: int
    removed: int
    hunks: Sequence[tuple[str, Sequence[Line]]] = ()
    note: str = ""
    outside: bool = False
    findings: Sequence[Finding] = ()
    loose: Sequence[Finding] = ()

    @property
    def blocking(self) -> int:
        return sum(finding.severity == "blocking" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class DiffView:
    """`problem` is a sentence where the diff could not be read; `truncated` where it is longer than what is shown."""

    files: Sequence[File] = field(default_factory=tuple)
    truncated: bool = False
    problem: str = ""

    @property
    def added(self) -> int:
        return sum(file.added for file in self.files)

    @property
    def removed(self) -> int:
        return sum(file.removed for file in self.files)


def excerpt(run: Run, oid: str, path: str, line: int | None, around: int = AROUND) -> list[Line]:
    """The lines around a place in a commit; empty when the commit or the file is not there any more."""
    if not (oid and path and line):
        return []
    try:
        blob = Ground.of(run.project).hub.read_blob(oid, path)
    except AgentsError:
        return []
    if blob is None or b"\0" in blob:
        return []
    lines = highlight(path, masked(path, blob.decode("utf-8", "replace")))
    first = max(0, line - 1 - around)
    shown = enumerate(lines[first : line + around], start=first + 1)
    return [Line("!" if number == line else " ", None, number, html) for number, html in shown]


def diff(run: Run, older: str, newer: str, findings: Iterable[Finding] = (), declared: Sequence[str] = ()) -> DiffView:
    """What changed between two commits, with findings at their lines."""
    try:
        raw = Ground.of(run.project).hub.diff(older, newer)
    except AgentsError as error:
        return DiffView(problem=f"The change cannot be read from git any more: {error}")
    text = raw.text[: raw.text.rfind("\ndiff --git ") + 1] if raw.truncated else raw.text
    try:
        patch = PatchSet(text)
    except UnidiffParseError as error:
        return DiffView(problem=f"Git's answer could not be read as a diff: {error}")
    room, files, pinned = HIGHLIGHTED_LINES, [], list(findings)
    for file in patch:
        shown = _file(file, [f for f in pinned if f.path == file.path], declared, coloured=room > 0)
        room -= file.added + file.removed
        files.append(shown)
    return DiffView(files, raw.truncated)


def _file(file: PatchedFile, findings: list[Finding], declared: Sequence[str], *, coloured: bool) -> File:
    status = "added" if file.is_added_file else "deleted" if file.is_removed_file else "changed"
    outside = bool(declared) and not covered(file.path, declared)
    note = ""
    if file.is_binary_file:
        note = "A binary file: its bytes are in git, not on this page."
    elif file.added + file.removed > FILE_LINES:
        note = f"{file.added + file.removed} lines changed: too many to show here."
    hunks = [] if note else [(_heading(hunk), _lines(file.path, hunk, findings, coloured)) for hunk in file]
    placed = {finding.pk for _, lines in hunks for line in lines for finding in line.findings}
    loose = [finding for finding in findings if finding.pk not in placed]
    return File(file.path, status, file.added, file.removed, hunks, note, outside, findings, loose)


def _heading(hunk: Hunk) -> str:
    return re.sub(
        r"\s+",
        " ",
        f"lines {hunk.target_start}–{hunk.target_start + max(hunk.target_length - 1, 0)} {hunk.section_header}",
    ).strip()


def _lines(path: str, hunk: Hunk, findings: list[Finding], coloured: bool) -> list[Line]:
    rows = [line for line in hunk if line.line_type in (" ", "+", "-")]
    sides = {side: iter(_side(path, [row for row in rows if row.line_type in (" ", side)], coloured)) for side in "+-"}
    lines = []
    for row in rows:
        new = next(sides["+"]) if row.line_type != "-" else None
        old = next(sides["-"]) if row.line_type != "+" else None
        here = [f for f in findings if f.line == row.target_line_no and row.line_type != "-"]
        lines.append(
            Line(row.line_type, row.source_line_no, row.target_line_no, new if new is not None else old or "", here)
        )
    return lines


def _side(path: str, rows: list, coloured: bool) -> list[SafeString]:
    text = masked(path, "\n".join(row.value.rstrip("\r\n") for row in rows))
    return highlight(path, text) if coloured else [SafeString(escape(line)) for line in text.split("\n")]
