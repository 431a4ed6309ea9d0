"""What an answer would do, as sentences. Every figure comes from the consequences that applying it would have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator import queries
from orchestrator.engine.receipt import digest
from orchestrator.models import Decision, RunStep

_ROLE_WORDS = {"builder": "Build", "reviewer": "Review", "verifier": "Naming proofs"}
_NOT_NEWS = {"waiting", "ready"}


@dataclass(frozen=True, slots=True)
class Preview:
    """`digest` binds the answer to what was read. Each of `facts` is a sentence, `blocked` are (step, through),
    `warning` says why this answer may not help."""

    option: str
    digest: str
    facts: list[str]
    blocked: list[tuple[RunStep, str]]
    warning: str = ""


def preview_of(card: Decision, option: str, effects: Mapping[str, Any]) -> Preview:
    """The consequences of one option of a card in words."""
    titles = {step.key: step for step in RunStep.objects.filter(run=card.run_id)}
    blocked = [(titles[key], through) for key, through in effects["blocked"] if key in titles]
    facts = [
        *_tree(effects),
        *_steps(effects, titles, {key for key, _ in effects["blocked"]}),
        *_starts(effects, titles),
        *_kept(card, option),
        *_stops(effects),
    ]
    warning = ""
    if option == "recheck" and not effects.get("mended"):
        warning = "Nothing was changed by hand since the attempt: the same tree, so the same result is likely."
    return Preview(option, digest(effects), facts or ["Nothing else changes."], blocked, warning)


def _tree(effects: Mapping[str, Any]) -> list[str]:
    if not effects.get("mended"):
        return []
    return [f"Looks at the tree {effects['tree'][:10]}, with your edits in {', '.join(effects['mended'])}. No build."]


def _steps(effects: Mapping[str, Any], titles: Mapping[str, RunStep], blocked: set[str]) -> list[str]:
    said = []
    for key, (_, after) in effects["steps"].items():
        if key in blocked or after in _NOT_NEWS or after in ("active", "landing", "needs_decision"):
            continue
        words = "skipped, not complete" if after == "skipped" else queries.words(after)
        said.append(f"Step {key}, {titles[key].title}, becomes {words}.")
    said += [f"Step {key} runs although what it waits for is left out." for key in effects["waived"]]
    landing = [key for key, (_, after) in effects["steps"].items() if after == "landing"]
    return said + [f"Verifies step {key}: merges its work and runs its checks on that very commit." for key in landing]


def _starts(effects: Mapping[str, Any], titles: Mapping[str, RunStep]) -> list[str]:
    said = []
    for key, role in effects["starts"]:
        again = f", round {titles[key].round + 1}" if role == "builder" and titles[key].started_at else ""
        said.append(f"Starts: {_ROLE_WORDS.get(role, role)} of step {key}, {titles[key].title}{again}.")
    return said


def _kept(card: Decision, option: str) -> list[str]:
    steps = queries.subjects(card)
    if option == "accept_gap":
        return [
            "The gap stays open in the report; the plan gets no completion mark.",
            "What waits for the step may start once it lands.",
        ]
    if option in ("skip", "abort") and any(step.work_oid for step in steps):
        return ["The work so far is kept in the vault and not merged. The plan gets no completion mark."]
    return []


def _stops(effects: Mapping[str, Any]) -> list[str]:
    said = []
    if effects["stops"]:
        said.append(f"Stops {effects['stops']} live dispatch{'es' if effects['stops'] > 1 else ''}.")
    if effects["batch"] == "closed":
        said.append("The batch ends.")
    if "batch" in effects["asks"]:
        said.append("You are asked again before the next batch.")
    if effects["run"]:
        said.append(f"The run becomes: {queries.words(effects['run'])}.")
    return said
