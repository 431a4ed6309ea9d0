"""What an error of the model's server means for a dispatch."""

from __future__ import annotations

import json
from dataclasses import dataclass

import anthropic
import httpx2

from agents.types import Failed, Outcome, RateLimited, TimedOut

CAUGHT = (anthropic.APIError, httpx2.HTTPError, ValueError)
"""Before the stream begins the SDK wraps transport errors; in the middle of it they come bare. A ValueError is its word
for an answer that it cannot read."""

RETRIED = frozenset({"overloaded", "server", "network", "garbled"})
DEFAULT_WAIT_SECONDS = 30.0
LONGEST_DETAIL = 400

_BY_TYPE = {
    "rate_limit_error": "rate_limited",
    "overloaded_error": "overloaded",
    "api_error": "server",
    "timeout_error": "server",
    "authentication_error": "authentication",
    "permission_error": "authentication",
}
_BY_STATUS = {
    401: "authentication",
    403: "authentication",
    408: "server",
    429: "rate_limited",
    503: "overloaded",
    529: "overloaded",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """kind: rate_limited · overloaded · server · network · idle · garbled · authentication · request."""

    kind: str
    detail: str
    wait_seconds: float = DEFAULT_WAIT_SECONDS

    def outcome(self, idle_seconds: float) -> Outcome:
        """How the dispatch ends if this trouble is final."""
        if self.kind in ("rate_limited", "overloaded"):
            return RateLimited(self.wait_seconds, self.detail)
        if self.kind == "idle":
            return TimedOut("idle", idle_seconds)
        return Failed(self.kind, self.detail)


def trouble_of(error: Exception) -> Trouble:
    """Sort an error of CAUGHT."""
    if isinstance(error, anthropic.APIStatusError):
        return _answered(error)
    cause = error.__cause__ if isinstance(error, anthropic.APITimeoutError) else error
    if isinstance(cause, httpx2.ReadTimeout):
        return Trouble("idle", "The model's server was silent for too long.")
    told = str(error.__cause__ or error) or type(error).__name__
    if isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError):
        return Trouble("garbled", f"The model's answer could not be read: {told[:LONGEST_DETAIL]}")
    return Trouble("network", f"The connection to the model's server failed: {told}")


def _answered(error: anthropic.APIStatusError) -> Trouble:
    # an error event inside a stream comes with the stream's own status 200: its type goes first
    kind = _BY_TYPE.get(error.type or "") or _BY_STATUS.get(error.status_code) or _by_class(error.status_code)
    said = error.api_message or error.message
    if kind == "authentication":
        said = f"The model's server refused the key ({error.status_code}: {said}). Check the API key in the settings."
    return Trouble(kind, said, _retry_after(error.response))


def _by_class(status: int) -> str:
    return "server" if status >= 500 else "request"


def _retry_after(response: httpx2.Response) -> float:
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return DEFAULT_WAIT_SECONDS
