"""What proves a step: its boxes and verification rows, and the marks in them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from plans.blocks import Item
from plans.commands import read_item
from plans.document import Document
from plans.types import Check, Problem


def read_checks(document: Document, rows: Sequence[tuple[Item, bool]]) -> tuple[Check, ...]:
    """A check for each item and whether it is done; its text runs to the next item at most."""
    return tuple(_check(document, item, done) for item, done in rows)


def box_checks(document: Document, boxes: Sequence[Item]) -> tuple[Check, ...]:
    return read_checks(document, [(item, item.ticked) for item in boxes])


def item_text(document: Document, item: Item) -> str:
    """The item's own text with its continuation lines joined, without what is nested in it."""
    if item.end == item.line:
        return item.text
    following = document.items_in(item.line + 1, item.end)
    end = following[0].line - 1 if following else item.end
    more = (text.strip() for _, text in document.plain_lines(item.line + 1, end))
    return " ".join(chain((item.text,), filter(None, more)))


def _check(document: Document, item: Item, done: bool) -> Check:
    text = item_text(document, item)
    command, expectation = read_item(text)
    return Check(text, item.line, done, command, expectation, item.indent)


def check_problems(items: Sequence[Item], known: str = "") -> list[Problem]:
    """Boxes that are neither open nor ticked (the marks in `known` have a meaning of their own), and commands that are
    read as one line though they stand on several."""
    marks = f" xX{known}"
    found = [_unknown(item) for item in items if item.box and item.box not in marks]
    return found + [_folded(item) for item in items if item.end > item.line and item.text.count("`") % 2]


def _folded(item: Item) -> Problem:
    message = "the text in backticks goes on in the next line and is read as one line; write a command on one line"
    return Problem(item.line, "warning", "folded-command", message)


def _unknown(item: Item) -> Problem:
    message = f"the box [{item.box}] is neither open nor ticked and counts as open; write [ ] or [x]"
    return Problem(item.line, "warning", "unknown-marker", message)
