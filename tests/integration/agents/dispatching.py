"""Assignments for tests, and a channel that remembers what went through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents import briefs
from agents.registry import definition
from agents.types import AgentEvent, Assignment, Endpoint, Limits, Message, Role

VALUES: Mapping[str, Any] = {
    "key": "1",
    "title": "Say hello",
    "objective": "Greet whoever comes.",
    "within": "",
    "criteria": ["It greets.", "It is polite."],
    "phase": "Write a greeting.",
    "guidance": "",
    "findings": "",
    "landed": "",
    "guidelines": "",
    "cone": "",
    "tool_chain": "",
    "changed_files": "",
    "build_summary": "It greets now.",
    "items": ["The greeting is polite."],
}


@dataclass
class Recorder:
    """A channel. `cancel_when` looks at the events so far."""

    cancel_when: Callable[[Recorder], bool] = lambda self: False
    events: list[AgentEvent] = field(default_factory=list)
    saved: list[tuple[Message, ...]] = field(default_factory=list)

    def emit(self, event: AgentEvent) -> None:
        self.events.append(event)

    def cancelled(self) -> bool:
        return self.cancel_when(self)

    def save(self, messages: Sequence[Message]) -> None:
        self.saved.append(tuple(messages))

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def text(self, kind: str) -> str:
        return "".join(event.text for event in self.events if event.kind == kind)


def assignment(
    worktree: Path,
    base_url: str,
    ref: str = "builder/1/1",
    *,
    limits: Limits | None = None,
    session: tuple[Message, ...] = (),
    **settings: Any,
) -> Assignment:
    role: Role = ref.partition("/")[0]  # type: ignore[assignment]
    return Assignment(
        ref=ref,
        role=role,
        model="claude-sonnet-5-5",
        system=definition(role).body,
        brief=briefs.render(role, VALUES),
        worktree=worktree,
        base="0" * 40,
        writable=role == "builder",
        endpoint=Endpoint(base_url, "rehearsal", scripted=True),
        limits=limits or Limits(),
        session=session,
        settings={"tries": 3, "retry_seconds": 0.01, **settings},
    )
