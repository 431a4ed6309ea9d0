"""Taskboards: tasks as table rows below milestones, and a table Task Tracking that says how far each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.blocks import Row
from plans.dialects.base import Dialect
from plans.dialects.boxes import duplicate_keys
from plans.dialects.checks import box_checks
from plans.dialects.taskboard_marks import passed, stated, unmarked
from plans.dialects.taskboard_rows import Board, boards
from plans.document import Document
from plans.done import is_finished, settle
from plans.files import paths_in
from plans.key_references import declared_keys
from plans.references import Targets
from plans.sections import Grouping, section_name, section_span, title_of
from plans.titles import plain_title
from plans.types import Claim, Gate, ParsedPlan, ParsedStep, Part, Problem, Span

_GATE = re.compile(r"gate(?: check)?s?\b", re.IGNORECASE)
_NOTHING = frozenset({"", "-", "—", "–", "none", "n/a"})


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    found = boards(document)
    tracked = {key: (board, row) for board in found if board.is_tracking for key, row in board.rows()}
    rows = [(board, key, row) for board in found if not board.is_tracking for key, row in board.rows()]
    if not rows:
        rows = [(board, key, row) for key, (board, row) in tracked.items()]
    known = Targets.of([key for _, key, _ in rows], {})
    grouping = Grouping(
        [heading for heading in document.headings if heading.level > 1 and not _GATE.search(heading.text)]
    )
    read = [_step(board, key, row, tracked.get(key), known, grouping.at(row.line)) for board, key, row in rows]
    steps = tuple(step for step, _ in read)
    problems = [*document.problems, *duplicate_keys(steps, "Task"), *(p for _, told in read for p in told)]
    problems += [_surplus(board) for board in found if _wide(board)]
    return ParsedPlan(
        path=document.path,
        dialect="taskboard",
        title=title_of(document),
        goal=None,
        groups=grouping.used,
        steps=steps,
        gates=tuple(_gates(document)),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _step(
    board: Board, key: str, row: Row, tracked: tuple[Board, Row] | None, known: Targets, group: str | None
) -> tuple[ParsedStep, list[Problem]]:
    cell = board.columns.cell
    claims = [_claim(row, cell(row, "status"))]
    if tracked is not None and tracked[1].line != row.line:
        claims.append(_claim(tracked[1], tracked[0].columns.cell(tracked[1], "status")))
    done, problems = settle(f"Task {key}", row.line, claims)
    said = cell(row, "depends") or (cell(row, "blocked_by") if board.is_tracking else "")
    if not said and tracked is not None and "depends" not in board.columns.places:
        said = tracked[0].columns.cell(tracked[1], "blocked_by")
    needed = declared_keys(said, known)
    title = cell(row, board.title) if board.title else key
    step = ParsedStep(
        key=key,
        title=plain_title(title),
        line=row.line,
        span=Span(row.line, row.line),
        group=group,
        kind=cell(row, "kind").lower() or "code",
        owner=_value(cell(row, "owner")),
        instructions={"build": Part(title, Span(row.line, row.line))},
        depends_on=tuple(other for other in needed.found if other != key),
        outside_dependencies=needed.outside,
        files=tuple(dict.fromkeys(paths_in(title))) if "`" in title else (),
        done=done,
        claims=tuple(claims),
        status=claims[-1].says,
        spec_source=_value(cell(row, "spec_source")),
        data_deps=_list(cell(row, "data")),
        tags=tuple(tag for name in ("cycle", "feature", "session") for tag in _list(cell(row, name))),
    )
    return step, problems


def _claim(row: Row, status: str) -> Claim:
    said = status.strip("*`_ ") or "without a status"
    return Claim(row.line, said, is_finished(said))


def _value(text: str) -> str | None:
    bare = text.strip("`* ")
    return None if bare.lower() in _NOTHING else bare


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip().lower() not in _NOTHING)


def _wide(board: Board) -> list[Row]:
    return [row for row in board.table.rows if len(row.cells) > board.columns.width]


def _surplus(board: Board) -> Problem:
    rows = _wide(board)
    more = f" and {len(rows) - 1} more rows of this table have" if len(rows) > 1 else " has"
    message = f"this row{more} cells under no column; name the columns in the header, or escape a pipe in a cell as \\|"
    return Problem(rows[0].line, "warning", "cells-beyond-header", message)


def _gates(document: Document) -> Iterator[Gate]:
    for heading in document.headings:
        name = section_name(heading.text)
        if "gate" in name and "log" not in name:
            span = section_span(document, heading)
            boxes = [item for item in document.items_in(span.start, span.end) if item.box is not None]
            if boxes:
                yield Gate(heading.text, heading.line, box_checks(document, boxes))


DIALECT = Dialect("taskboard", parse, "the task's status, completed, in its rows, with the date in the tracking row",
                  passed, stated, unmarked)  # fmt: skip
