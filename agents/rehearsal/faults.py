"""Faults that the rehearsal server can show: what a model's server does on a bad day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from threading import Lock
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["rate_limit", "overloaded", "error", "authentication", "error_event", "cut", "end_early", "stall"]

ANSWERS: dict[str, tuple[int, str, str]] = {
    "rate_limit": (429, "rate_limit_error", "This is a rehearsed rate limit."),
    "overloaded": (529, "overloaded_error", "This is a rehearsed overload."),
    "error": (500, "api_error", "This is a rehearsed server error."),
    "authentication": (401, "authentication_error", "This is a rehearsed refusal of the key."),
}
"""Faults that answer instead of streaming: HTTP status, error type, message."""


class Fault(BaseModel):
    """One fault. It happens `times` times, then the same request goes through.

    `ref` limits it to one dispatch (None: any); `retry_after` seconds go into the header; `after` is how many events of
    the stream come before cut, end_early, error_event or stall; a stall lasts `seconds`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    ref: str | None = None
    times: int = Field(default=1, ge=1)
    retry_after: float | None = None
    after: int = Field(default=3, ge=0)
    seconds: float = 60.0


class FaultPlan:
    """Hands out each fault as often as it is to happen. Safe between threads."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._used: Counter[tuple[str, object]] = Counter()
        self._lock = Lock()

    def next_for(self, ref: str) -> Fault | None:
        """The first planned fault that fits this dispatch and is not used up."""
        for number, fault in enumerate(self._faults):
            if fault.ref in (None, ref) and self._take("plan", number, fault):
                return fault
        return None

    def scripted(self, fault: Fault | None, place: object) -> Fault | None:
        """The fault that a script has at this place, until it is used up."""
        return fault if fault is not None and self._take("script", place, fault) else None

    def _take(self, source: str, place: object, fault: Fault) -> bool:
        with self._lock:
            self._used[source, place] += 1
            return self._used[source, place] <= fault.times
