"""The model/tool loop of one dispatch: ask the model, carry out its tool calls, until it hands in its report.

The model is whatever `Ask` answers; the loop knows no provider and no network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from agents.exceptions import ToolRefused
from agents.registry import definition
from agents.reports import report_model
from agents.tools import ASK, REPORT, allowed, offers, problems, use
from agents.tools.bench import Bench
from agents.types import AgentEvent, Assignment, Channel, Done, Failed, Message, NeedsDecision, Outcome

Block = Mapping[str, Any]

CUT = "This call was cut off at the token limit and was not carried out. Go on in smaller pieces."
GO_ON = "Your answer was cut off at the token limit. Go on in smaller pieces."
REMINDER = "You ended without a report. Go on if the work is not done; if it is, call the `report` tool."
SHOWN_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Reply:
    """One assistant message: its content blocks and why the model stopped, as the Messages API names them."""

    content: tuple[Block, ...]
    stop_reason: str

    @property
    def calls(self) -> list[Block]:
        return [block for block in self.content if block["type"] == "tool_use"]


Ask = Callable[[Sequence[Message], list[dict[str, Any]]], Awaitable[Reply]]
"""(conversation, tools on offer) -> the model's next message. Raises DispatchEnded when there will be none."""


async def converse(assignment: Assignment, channel: Channel, ask: Ask, bench: Bench) -> Outcome:
    """Go on from the assignment's session, or begin with its brief. The conversation is saved after every turn."""
    talk = Conversation(assignment, channel, bench)
    outcome = await talk.settle_pending()
    for _ in range(assignment.limits.turns):
        if outcome is not None:
            return outcome
        outcome = await talk.take(await ask(talk.messages, talk.offers))
    return outcome or Failed("turns", f"There was no report after {assignment.limits.turns} turns.")


class Conversation:
    """The messages so far, and what one more reply does to them."""

    def __init__(self, assignment: Assignment, channel: Channel, bench: Bench) -> None:
        named = assignment.tools or definition(assignment.role).tools
        self._role = assignment.role
        self._channel = channel
        self._bench = bench
        self._tools = allowed(named, assignment.writable)
        self._answer: str | None = assignment.settings.get("answer")
        self._unfit = False
        self._reminded = False
        self.offers = offers(self._tools, assignment.role, asks=ASK in named)
        self.messages: list[Message] = list(assignment.session) or [_user([_brief(assignment.brief)])]

    async def settle_pending(self) -> Outcome | None:
        """A session that ends with the model's own message waits for its calls: a person's answer, or a crash."""
        last = self.messages[-1]
        if last["role"] != "assistant":
            self._answer = None
            return None
        return await self._settle(Reply(tuple(last["content"]), "tool_use"))

    async def take(self, reply: Reply) -> Outcome | None:
        """Add the reply and what its calls gave. Returns None while the work goes on."""
        if reply.content:
            self.messages.append({"role": "assistant", "content": list(reply.content)})
        if reply.stop_reason == "refusal":
            return Failed("refused", "The model declined to work on this brief.")
        return await self._settle(reply)

    async def _settle(self, reply: Reply) -> Outcome | None:
        question = self._question(reply)
        if question is not None:
            self._save()
            return NeedsDecision("question", question)
        outcome, blocks = await self._results(reply) if reply.calls else self._speechless(reply)
        self.messages.append(_user(blocks))
        self._save()
        return outcome

    def _question(self, reply: Reply) -> str | None:
        if self._answer is not None:
            return None
        asked = (call["input"].get("question") for call in reply.calls if call["name"] == ASK)
        return next((question for question in asked if isinstance(question, str) and question.strip()), None)

    async def _results(self, reply: Reply) -> tuple[Outcome | None, list[Block]]:
        outcome: Outcome | None = None
        blocks: list[Block] = []
        for call in reply.calls:
            if outcome is not None:
                text, failed = "Not carried out: the report came before it.", True
            elif reply.stop_reason == "max_tokens":
                text, failed = CUT, True
            elif call["name"] == REPORT:
                outcome, text, failed = self._report(call["input"])
            else:
                text, failed = await self._use(call)
            blocks.append(_result(call, text, failed))
        self._reminded = False
        return outcome, blocks

    def _speechless(self, reply: Reply) -> tuple[Outcome | None, list[Block]]:
        if reply.stop_reason == "max_tokens":
            return None, [_text(GO_ON)]
        again, self._reminded = self._reminded, True
        ended = Failed("report_invalid", "The agent ended twice without handing in a report.") if again else None
        return ended, [_text(REMINDER)]

    def _report(self, given: object) -> tuple[Outcome | None, str, bool]:
        """An unfit report is sent back once."""
        try:
            report = report_model(self._role).model_validate(given)
        except ValidationError as error:
            again, self._unfit = self._unfit, True
            ended = Failed("report_invalid", f"The report does not fit: {problems(error)}") if again else None
            return ended, f"The report does not fit, hand it in again: {problems(error)}", True
        self._channel.emit(AgentEvent("result", "The report was handed in."))
        return Done(report.model_dump(mode="json")), "Received.", False

    async def _use(self, call: Block) -> tuple[str, bool]:
        name, arguments = call["name"], call["input"]
        if name == ASK and self._answer is not None:
            answer, self._answer = self._answer, None
            return f"The person answers: {answer}", False
        self._channel.emit(
            AgentEvent("tool_call", _headline(name, arguments), {"tool": name, "input": _small(arguments)})
        )
        text, failed = await asyncio.to_thread(_attempt, name, arguments, self._tools, self._bench)
        self._channel.emit(AgentEvent("tool_result", text, {"tool": name, "refused": failed}))
        return text, failed

    def _save(self) -> None:
        self._channel.save(tuple(self.messages))


def _attempt(name: str, arguments: object, tools: Sequence[str], bench: Bench) -> tuple[str, bool]:
    try:
        return use(name, arguments, tools, bench), False
    except (ToolRefused, OSError) as refusal:
        return str(refusal), True


def _headline(name: str, arguments: Mapping[str, Any]) -> str:
    first = str(next(iter(arguments.values()), "")).strip().split("\n")[0]
    return f"{name} {first[:200]}".strip()


def _small(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value)[:SHOWN_CHARACTERS] for key, value in arguments.items()}


def _brief(text: str) -> Block:
    # with the system prompt this is the prefix that no turn changes, so the provider may keep it
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _result(call: Block, text: str, failed: bool) -> Block:
    return {"type": "tool_result", "tool_use_id": call["id"], "content": text, "is_error": failed}


def _user(blocks: Sequence[Block]) -> Message:
    return {"role": "user", "content": list(blocks)}
