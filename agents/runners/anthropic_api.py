"""Our own loop on the Messages API: streamed, cancelled within a moment, resumed from its last whole turn."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import anthropic
import httpx2

from agents.exceptions import AgentsError, DispatchEnded
from agents.loop import Block, Reply, converse
from agents.runners.anthropic_errors import CAUGHT, RETRIED, Trouble, trouble_of
from agents.texts import characters, throughout
from agents.tools.bench import Bench
from agents.types import AgentEvent, Assignment, Cancelled, Channel, Endpoint, Failed, Message, Outcome, TimedOut, Usage

SERVER = "https://api.anthropic.com"
POLL_SECONDS = 0.1
CHUNK_CHARACTERS = 400
CHUNK_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 60.0
EPHEMERAL = {"type": "ephemeral"}


class AnthropicRunner:
    """`assignment.settings`: `tries` and `retry_seconds` (first pause, doubled each time) for a server in trouble,
    `answer` (a person's, to the session's open question), `unsafe` (commands run without bubblewrap)."""

    def run(self, assignment: Assignment, channel: Channel) -> Outcome:
        """Blocks until the dispatch has ended and no process of it is left."""
        if assignment.endpoint is None:
            return Failed("request", "No model server is set for this dispatch. Set an API key, or use the rehearsal.")
        return asyncio.run(_supervised(assignment, channel, assignment.endpoint))


async def _supervised(assignment: Assignment, channel: Channel, endpoint: Endpoint) -> Outcome:
    stop = threading.Event()
    model = Model(assignment, channel)
    work = asyncio.create_task(_work(assignment, channel, endpoint, model, stop))
    try:
        outcome = await _first(work, assignment, channel)
    finally:
        # the event ends a command that runs in a thread, which cancelling the task alone would not
        stop.set()
        work.cancel()
        await asyncio.wait({work})
    return replace(outcome, usage=model.usage)


async def _first(work: asyncio.Task[Outcome], assignment: Assignment, channel: Channel) -> Outcome:
    """The work's own outcome, or what ends it early."""
    total = assignment.limits.total_seconds
    deadline = time.monotonic() + total
    while not work.done():
        if channel.cancelled():
            return Cancelled()
        if time.monotonic() > deadline:
            return TimedOut("total", total)
        await asyncio.wait({work}, timeout=POLL_SECONDS)
    return work.result()


async def _work(
    assignment: Assignment, channel: Channel, endpoint: Endpoint, model: Model, stop: threading.Event
) -> Outcome:
    channel.emit(AgentEvent("init", f"{assignment.role} · {assignment.model}", {"scripted": endpoint.scripted}))
    bench = Bench.of(assignment, stop.is_set)
    try:
        async with _client(endpoint, assignment.limits.idle_seconds) as client:
            model.client = client
            return await converse(assignment, channel, model.answer, bench)
    except DispatchEnded as ended:
        return ended.outcome
    except AgentsError as error:
        return Failed("internal", str(error))


def _client(endpoint: Endpoint, idle_seconds: float) -> anthropic.AsyncAnthropic:
    # a proxy of the environment is for the way out, not for a server on this machine
    direct: Mapping[str, None] = {"all://127.0.0.1": None, "all://localhost": None}
    return anthropic.AsyncAnthropic(
        api_key=endpoint.api_key,
        base_url=endpoint.base_url or SERVER,
        max_retries=0,
        timeout=anthropic.Timeout(idle_seconds, connect=min(idle_seconds, 15.0)),
        http_client=anthropic.DefaultAsyncHttpxClient(mounts=direct),
    )


@dataclass
class Model:
    """The model as the loop asks it, with what it has used up."""

    assignment: Assignment
    channel: Channel
    usage: Usage = field(default_factory=Usage)
    client: anthropic.AsyncAnthropic = field(init=False)

    async def answer(self, messages: Sequence[Message], offers: list[dict[str, Any]]) -> Reply:
        """One whole message. A server in trouble is asked again after a pause; then DispatchEnded."""
        tries = int(self.assignment.settings.get("tries", 4))
        number = 1
        while True:
            try:
                return await self._stream(messages, offers)
            except CAUGHT as error:
                trouble = trouble_of(error)
            if trouble.kind not in RETRIED or number >= tries:
                raise DispatchEnded(self._final(trouble))
            await self._pause(trouble, number)
            number += 1

    async def _pause(self, trouble: Trouble, number: int) -> None:
        first = float(self.assignment.settings.get("retry_seconds", 2.0))
        seconds = min(first * 2 ** (number - 1), LONGEST_PAUSE_SECONDS)
        self.channel.emit(AgentEvent("retry", f"{trouble.detail} Asking again in {seconds:g} s.", {"try": number + 1}))
        await asyncio.sleep(seconds)

    def _final(self, trouble: Trouble) -> Outcome:
        self.channel.emit(AgentEvent("error", trouble.detail, {"kind": trouble.kind}))
        return trouble.outcome(self.assignment.limits.idle_seconds)

    async def _stream(self, messages: Sequence[Message], offers: list[dict[str, Any]]) -> Reply:
        speech = Speech(self.channel)
        message: Any = None
        try:
            async with self.client.messages.stream(**self._request(messages, offers)) as stream:
                async for event in stream:
                    message = stream.current_message_snapshot
                    if event.type == "text":
                        speech.add(event.text)
        finally:
            speech.flush()
            self._count(message)
        if message is None or message.stop_reason is None:
            raise httpx2.RemoteProtocolError("the stream ended before the message did")
        return Reply(tuple(_blocks(message)), message.stop_reason)

    def _request(self, messages: Sequence[Message], offers: list[dict[str, Any]]) -> dict[str, Any]:
        work = self.assignment
        return {
            "model": work.model,
            "max_tokens": work.limits.max_tokens,
            "system": [{"type": "text", "text": work.system, "cache_control": EPHEMERAL}],
            "messages": _with_breakpoint(messages),
            "tools": offers,
            "metadata": {"user_id": work.ref},
        }

    def _count(self, message: Any) -> None:
        """Add what a message cost, a broken one too: it is billed."""
        if message is None:
            return
        used = Usage(
            message.usage.input_tokens,
            message.usage.output_tokens,
            message.usage.cache_read_input_tokens or 0,
            message.usage.cache_creation_input_tokens or 0,
        )
        self.usage = Usage(*(a + b for a, b in zip(asdict(self.usage).values(), asdict(used).values(), strict=True)))
        told = f"{used.input_tokens} tokens in, {used.output_tokens} out"
        self.channel.emit(AgentEvent("usage", told, asdict(used)))


class Speech:
    """Gathers text into chunks a log can hold: one per 400 characters or quarter of a second."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._text = ""
        self._since = time.monotonic()

    def add(self, text: str) -> None:
        self._text += text
        if len(self._text) >= CHUNK_CHARACTERS or time.monotonic() - self._since >= CHUNK_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self._text:
            self._channel.emit(AgentEvent("text", characters(self._text)))
        self._text = ""
        self._since = time.monotonic()


def _with_breakpoint(messages: Sequence[Message]) -> list[Message]:
    """The conversation, its last block marked so that the next turn reads all before it from the cache."""
    *earlier, last = messages
    *blocks, final = last["content"]
    return [*earlier, {**last, "content": [*blocks, {**final, "cache_control": EPHEMERAL}]}]


def _blocks(message: Any) -> list[Block]:
    """Content as it may be sent back: the API refuses an empty text block, and nobody can send half a character."""
    given = [throughout(characters, block.model_dump(mode="json", exclude_none=True)) for block in message.content]
    return [block for block in given if block["type"] != "text" or block["text"].strip()]
