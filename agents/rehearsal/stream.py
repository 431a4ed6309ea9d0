"""One assistant message in the Messages API's two forms: whole, and as the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from agents.rehearsal.script import Call, Turn

Event = tuple[str, Mapping[str, Any]]

CHARACTERS_PER_TOKEN = 4
TEXT_PIECE = 24
JSON_PIECE = 240


def message(turn: Turn, request: Mapping[str, Any], turn_number: int) -> dict[str, Any]:
    """The whole message. Tokens are counted as a quarter of the characters."""
    texts = [{"type": "text", "text": turn.say}] if turn.say else []
    calls = [_tool_use(call, turn_number, index) for index, call in enumerate(turn.calls)]
    return {
        "id": f"msg_rehearsal_{turn_number}",
        "type": "message",
        "role": "assistant",
        "model": request.get("model", "rehearsal"),
        "content": [*texts, *calls],
        "stop_reason": turn.stop_reason or ("tool_use" if calls else "end_turn"),
        "stop_sequence": None,
        "usage": {"input_tokens": _tokens(request.get("messages")), "output_tokens": _tokens([*texts, *calls])},
    }


def events(whole: Mapping[str, Any]) -> Iterator[Event]:
    """The message as server-sent events: (name, data), in the order that the API sends them."""
    usage = {**whole["usage"], "output_tokens": 1}
    yield "message_start", {"message": {**whole, "content": [], "stop_reason": None, "usage": usage}}
    for index, block in zip(count(), whole["content"]):
        yield "content_block_start", {"index": index, "content_block": _empty(block)}
        for delta in _deltas(block):
            yield "content_block_delta", {"index": index, "delta": delta}
        yield "content_block_stop", {"index": index}
    ending = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"delta": ending, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield "message_stop", {}


def encode(event: Event) -> bytes:
    name, data = event
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def _tool_use(call: Call, turn_number: int, index: int) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{turn_number}_{index}", "name": call.tool, "input": dict(call.input)}


def _empty(block: Mapping[str, Any]) -> dict[str, Any]:
    return {**block, "text": ""} if block["type"] == "text" else {**block, "input": {}}


def _deltas(block: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if block["type"] == "text":
        yield from ({"type": "text_delta", "text": piece} for piece in _pieces(block["text"], TEXT_PIECE))
    else:
        whole = json.dumps(block["input"])
        yield from ({"type": "input_json_delta", "partial_json": piece} for piece in _pieces(whole, JSON_PIECE))


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _tokens(value: object) -> int:
    return len(json.dumps(value)) // CHARACTERS_PER_TOKEN + 1
