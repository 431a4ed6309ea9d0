"""Which checks a candidate has to pass: its step's items, and the project's own that concern it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.configuration.matching import path_fits
from agents.types import CheckSpec
from orchestrator.engine.ground import Ground
from orchestrator.engine.items import items_of
from orchestrator.models import Candidate, CheckRun


@dataclass(slots=True)
class Wanted:
    """A row to be filled. `spec` is None where no command decides, and the row says already what it came to."""

    row: CheckRun
    spec: CheckSpec | None = None


def wanted(candidate: Candidate, ground: Ground, changed: Sequence[str]) -> list[Wanted]:
    """In the order in which they run; `changed` are the paths that the candidate touches."""
    found = [_item(candidate, ground, index, item) for index, item in enumerate(items_of(candidate.step))]
    return [*found, *_project(candidate, changed)]


def _item(candidate: Candidate, ground: Ground, index: int, item: Mapping[str, Any]) -> Wanted:
    row = CheckRun(candidate=candidate, item=item["text"], verdict="not_run", tree=candidate.tree)
    proof = candidate.step.proofs.get(str(index), {})
    if item["command"]:
        expected = item["expectation"]
        return Wanted(row, CheckSpec(item["text"], item["command"], expected["kind"], expected["value"]))
    if "command" in proof:
        row.source = "verifier"
        return Wanted(row, CheckSpec(item["text"], proof["command"]))
    if "path" in proof:
        there = ground.has_line(candidate.oid, proof["path"], proof["line"])
        row.source, row.command = "verifier", f"{proof['path']}:{proof['line']}"
        row.verdict = "passed" if there else "failed"
        row.reason = proof["note"] if there else "the named line does not exist in this commit"
    elif "person" in proof:
        holds = proof.get("holds", True)
        row.source, row.verdict = "person", "passed" if holds else "failed"
        row.reason = f"{'confirmed' if holds else 'denied'} by {proof['person']}"
    elif "prove" in candidate.step.waived:
        row.source, row.verdict, row.reason = "person", "waived", "nobody could prove it, and the gap was accepted"
    else:
        row.reason = "it names no command, and nothing else proved it"
    return Wanted(row)


def _project(candidate: Candidate, changed: Sequence[str]) -> Iterator[Wanted]:
    """The checks of `signalbox.toml` as the run has frozen them: gates of other tags are none of this step's."""
    content = candidate.step.step.content if candidate.step.step else {}
    for check in candidate.run.compiled["checks"]:
        if check["tags"] and not set(check["tags"]) & set(content.get("tags", ())):
            continue
        source = "gate" if check["tags"] else "project"
        row = CheckRun(candidate=candidate, item=check["name"], source=source, tree=candidate.tree)
        if check["paths"] and not any(path_fits(path, glob) for path in changed for glob in check["paths"]):
            row.verdict, row.command = "not_applicable", check["command"]
            row.reason = f"not run: nothing that fits {', '.join(check['paths'])} was changed"
            yield Wanted(row)
        else:
            row.verdict = "not_run"
            yield Wanted(row, CheckSpec(check["name"], check["command"]))
