"""A dispatch's log as blocks: what was said, which tool was called, what came back and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.logbook import entries
from orchestrator.models import Dispatch, LogChunk

SHOWN_BYTES = 400_000
"""What one request returns at most, from the end when no start is given."""


@dataclass(frozen=True, slots=True)
class Block:
    """kind: setup · init · text · tool_call · tool_result · retry · usage · result · error. `seconds` since the
    block before, for a result the time its call took."""

    kind: str
    at: float
    text: str
    tool: str = ""
    failed: bool = False
    seconds: float | None = None

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


def tail(dispatch: Dispatch, start: int | None = None) -> tuple[list[Block], int, int]:
    """Blocks from byte `start` on, where they begin and where the log ends now: ask again from there."""
    end = dispatch.log_bytes
    if start is None:
        start = _chunk_start(dispatch, max(0, end - SHOWN_BYTES))
    return list(_blocks(entries(dispatch, start))), start, end


def last_words(dispatch: Dispatch, most: int = 8) -> list[Block]:
    """The last blocks of a log."""
    return tail(dispatch, _chunk_start(dispatch, max(0, dispatch.log_bytes - 20_000)))[0][-most:]


def _chunk_start(dispatch: Dispatch, offset: int) -> int:
    """The place where the chunk that holds byte `offset` begins."""
    chunk = LogChunk.objects.filter(dispatch=dispatch, offset__lte=offset).order_by("-offset").first()
    return chunk.offset if chunk else 0


def _blocks(found: Iterable[dict[str, Any]]) -> Iterator[Block]:
    """Pieces of one speech are joined; usage is left to the figures above the log."""
    speech, since, called = "", 0.0, 0.0
    for entry in found:
        if entry["kind"] == "text":
            since = since or entry.get("at", 0.0)
            speech += entry["text"]
            continue
        if speech:
            yield Block("text", since, speech)
            speech, since = "", 0.0
        if entry["kind"] == "usage":
            continue
        data, at = entry.get("data", {}), entry.get("at", 0.0)
        took = at - called if entry["kind"] == "tool_result" and called else None
        called = at if entry["kind"] == "tool_call" else 0.0
        failed = bool(data.get("refused")) or entry["kind"] == "error"
        yield Block(entry["kind"], at, entry["text"], data.get("tool", ""), failed, took)
    if speech:
        yield Block("text", since, speech)
