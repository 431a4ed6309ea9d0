"""Every state as icon, word and family: the icon and the word say it, the colour comes last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator import queries
from orchestrator.models import CheckRun, Dispatch, Run, RunStep


@dataclass(frozen=True, slots=True)
class Sign:
    """family: neutral · running · needs · passed · failed · blocked. `pattern`: "", struck, hatched or ringed."""

    icon: str
    family: str
    word: str
    pattern: str = ""


_STEP: Mapping[str, tuple[str, str, str]] = {
    "waiting": ("circle-dashed", "neutral", ""),
    "ready": ("circle-dashed", "neutral", ""),
    "landing": ("flask-conical", "running", ""),
    "needs_decision": ("hand", "needs", ""),
    "passed": ("circle-check", "passed", ""),
    "already_done": ("circle-check", "passed", "ringed"),
    "waived": ("badge-check", "passed", "ringed"),
    "skipped": ("skip-forward", "neutral", "struck"),
    "deferred": ("skip-forward", "neutral", "struck"),
    "blocked": ("link-2-off", "blocked", "hatched"),
    "suspect": ("triangle-alert", "failed", ""),
    "cancelled": ("ban", "neutral", ""),
    "removed": ("ban", "neutral", "struck"),
    "out_of_scope": ("circle-off", "neutral", ""),
}
_STAGE = {"build": "hammer", "review": "scan-eye", "prove": "search", "verify": "flask-conical"}
_RUN: Mapping[str, tuple[str, str]] = {
    "draft": ("circle-dashed", "neutral"),
    "preparing": ("hourglass", "running"),
    "awaiting_approval": ("hand", "needs"),
    "running": ("circle-play", "running"),
    "pausing": ("circle-pause", "running"),
    "paused": ("circle-pause", "neutral"),
    "finishing": ("circle-play", "running"),
    "stopping": ("circle-stop", "running"),
    "succeeded": ("circle-check", "passed"),
    "finished_with_gaps": ("badge-check", "passed"),
    "aborted": ("ban", "neutral"),
}
_DISPATCH: Mapping[str, tuple[str, str]] = {
    "queued": ("circle-dashed", "neutral"),
    "preparing": ("hourglass", "running"),
    "running": ("hammer", "running"),
    "with_person": ("hand", "needs"),
    "parked": ("circle-pause", "neutral"),
    "rate_limited": ("hourglass", "neutral"),
    "stopping": ("circle-stop", "running"),
    "succeeded": ("circle-check", "passed"),
    "failed": ("circle-x", "failed"),
    "timed_out": ("timer-off", "failed"),
    "lost": ("unplug", "failed"),
    "refused": ("ban", "failed"),
    "cancelled": ("ban", "neutral"),
}
_VERDICT: Mapping[str, tuple[str, str, str]] = {
    "passed": ("circle-check", "passed", "passed"),
    "failed": ("circle-x", "failed", "failed"),
    "timed_out": ("timer-off", "failed", "timed out"),
    "not_run": ("circle-off", "neutral", "not run"),
    "not_new": ("triangle-alert", "neutral", "nothing new"),
    "unmeasured": ("circle-off", "neutral", "not measured"),
    "waived": ("badge-check", "passed", "gap accepted"),
    "met": ("circle-check", "passed", "met"),
    "unmet": ("circle-x", "failed", "not met"),
    "not_applicable": ("circle-off", "neutral", "does not apply"),
}
_CARD = {
    "review": "octagon-x",
    "check": "circle-x",
    "claim": "file-check-2",
    "agent_failed": "circle-x",
    "timeout": "timer-off",
    "lost": "unplug",
    "conflict": "git-merge-conflict",
    "setup": "circle-x",
    "new_setup": "download",
    "base": "unplug",
}
UNKNOWN = ("circle-dashed", "neutral")


def step_sign(step: RunStep) -> Sign:
    """What a step is doing. An active one shows its stage."""
    word = queries.step_words(step)
    if step.status == "active":
        return Sign(_STAGE.get(step.stage, "hammer"), "running", word)
    icon, family, pattern = _STEP.get(step.status, (*UNKNOWN, ""))
    return Sign(icon, family, word, pattern)


def planned_sign(start: str) -> Sign:
    """The state a step of a dispatch plan would begin with."""
    icon, family, pattern = _STEP.get(start, (*UNKNOWN, ""))
    return Sign(icon, family, "would run" if start == "waiting" else queries.words(start), pattern)


def run_sign(run: Run) -> Sign:
    return Sign(*_RUN.get(run.status, UNKNOWN), queries.words(run.status))


def dispatch_sign(dispatch: Dispatch) -> Sign:
    """How an attempt stands. A success says only that a report came; what it is worth, evidence says."""
    word = "handed in" if dispatch.status == "succeeded" else queries.words(dispatch.status)
    return Sign(*_DISPATCH.get(dispatch.status, UNKNOWN), word)


def check_sign(check: CheckRun) -> Sign:
    return verdict_sign(check.verdict)


def verdict_sign(verdict: str) -> Sign:
    icon, family, word = _VERDICT.get(verdict, (*UNKNOWN, queries.words(verdict)))
    return Sign(icon, family, word)


def card_icon(kind: str) -> str:
    """The shape of a failure; a hand where nothing failed."""
    return _CARD.get(kind, "hand")


_CLAIM: Mapping[str, tuple[str, str]] = {
    "so": ("circle-check", "passed"),
    "not so": ("circle-x", "failed"),
    "unsupported": ("circle-dashed", "neutral"),
    "not told": ("triangle-alert", "needs"),
}


def claim_sign(verdict: str) -> Sign:
    """How a claim stands beside what was observed."""
    return Sign(*_CLAIM[verdict], verdict)
