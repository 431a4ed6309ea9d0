"""OpenSpec's tasks.md: boxes (`- [ ] 1.2 Title`, the number may be missing) in numbered sections."""

from __future__ import annotations

from collections.abc import Sequence

from plans.dialects.base import Dialect
from plans.dialects.box_plan import box_plan
from plans.dialects.boxes import NUMBER, BoxHead, ordinals, own_ends, own_title
from plans.dialects.headed import mark_either, unmark_either
from plans.dialects.superpowers import task_headings
from plans.document import Document
from plans.sections import Grouping
from plans.types import ParsedPlan


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    items = [item for item in document.items if item.box is not None and item.depth == 0]
    if not items:
        return task_headings(document, "openspec")
    texts = [own_title(document, item) for item in items]
    matches = [NUMBER.match(text) for text in texts]
    spare = iter(ordinals(len(items), [match["key"] for match in matches if match]))
    grouping = Grouping([heading for heading in document.headings if heading.level == 2])
    ends = own_ends(items)
    heads = [
        BoxHead(
            item,
            match["key"] if match else next(spare),
            (match["title"] if match else text).strip(),
            grouping.at(item.line),
            end=ends[item.line],
        )
        for item, text, match in zip(items, texts, matches, strict=True)
    ]
    return box_plan(document, "openspec", heads, grouping)


DIALECT = Dialect("openspec", parse, "the ticked box of the task", mark_either, unmarked=unmark_either)
