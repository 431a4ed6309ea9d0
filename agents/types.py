"""What crosses the border of the agents' room: an Assignment goes in, an Outcome comes out.

An agent knows no run and no database. Whatever lives longer than a dispatch reaches it through `Channel`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from agents.evidence.types import Gathered
from agents.sandbox.types import Fence, Host, Kit

Role = Literal["builder", "reviewer", "verifier"]
Message = Mapping[str, Any]
"""One message of a model conversation, in the Messages API's own JSON form."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, turns and bytes one dispatch may use. `idle_seconds` is time without any output."""

    total_seconds: float = 3600.0
    idle_seconds: float = 300.0
    turns: int = 100
    command_seconds: float = 600.0
    output_bytes: int = 2_000_000
    max_tokens: int = 8192


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model answers. `scripted` is True for the rehearsal server: no model is behind it."""

    base_url: str | None
    api_key: str
    scripted: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """One attempt of one role on one step.

    `ref` is `role/step key/attempt` (also sent as the request's `metadata.user_id`); `worktree` is an absolute
    path, writable only where `writable`; `session` holds the messages of an earlier, interrupted try and is
    empty for a fresh one; `tools` are what the agent's definition allows (empty: all of
    its role's); `fence` is what of the worktree it may change, `host` what the operator gives to each of its commands,
    `kit` what the worktree was prepared with; `settings` are runner-specific words from the run's policy.
    """

    ref: str
    role: Role
    model: str
    system: str
    brief: str
    worktree: Path
    base: str
    writable: bool
    endpoint: Endpoint | None = None
    limits: Limits = Limits()
    session: tuple[Message, ...] = ()
    hidden_paths: tuple[Path, ...] = ()
    readable_paths: tuple[Path, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    fence: Fence = field(default_factory=Fence)
    host: Host = field(default_factory=Host)
    kit: Kit = field(default_factory=Kit)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider's usage blocks say, summed over the dispatch's turns."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True)
class AgentEvent:
    """What happens while an agent works, for its log. kind: setup · init · text · tool_call · tool_result · retry ·
    usage · result · error. `text` is what a person reads; `data` is small and JSON-serialisable."""

    kind: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """A dispatch's line to whoever gave the assignment. Called from the runner's thread; may block briefly."""

    def emit(self, event: AgentEvent) -> None: ...

    def cancelled(self) -> bool:
        """True once the dispatch should end; a runner looks at least once a second."""
        ...

    def save(self, messages: Sequence[Message]) -> None:
        """Store the conversation after a whole turn, so that a later try can go on from it."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """The agent handed in a report that fits its model. `report` is that model's JSON."""

    report: Mapping[str, Any]
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Failed:
    """kind: report_invalid · refused · authentication · request · server · network · garbled · turns · internal."""

    kind: str
    detail: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class TimedOut:
    """which: total or idle."""

    which: str
    seconds: float
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Not a failure: go on after `retry_after` seconds with the saved session."""

    retry_after: float
    detail: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class NeedsDecision:
    """The agent asks a person. kind: question."""

    kind: str
    question: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Cancelled:
    usage: Usage = Usage()


Outcome = Done | Failed | TimedOut | RateLimited | NeedsDecision | Cancelled


class Runner(Protocol):
    """How a dispatch is carried out. Runs in a worker's thread and owns its event loop, if it needs one."""

    def run(self, assignment: Assignment, channel: Channel) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One verification item to be proven. `expect` and `value` as in the plan's stated expectation."""

    item: str
    command: str
    expect: str = "exit_zero"
    value: int | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one command really did. verdict: passed · failed · timed_out · not_run (never a pass).

    `output` is stdout and stderr interleaved, capped; `output_sha256` is over the whole output, capped or not.
    `gathered` is what it wrote: structured results and files to keep.
    """

    spec: CheckSpec
    argv: tuple[str, ...]
    cwd: str
    exit_code: int | None
    seconds: float
    output: str
    output_sha256: str
    truncated: bool
    verdict: str
    reason: str
    environment_sha256: str
    gathered: Gathered = field(default_factory=Gathered)
