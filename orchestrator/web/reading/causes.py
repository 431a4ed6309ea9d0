"""What a card shows of its own cause: both sides of a conflict, leaves that changed, what an attempt left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.exceptions import AgentsError
from orchestrator.actions.consequences import leaf_name
from orchestrator.engine.ground import Ground
from orchestrator.engine.items import items_of, open_items
from orchestrator.engine.receipts import tree_of
from orchestrator.models import Decision, Dispatch, Receipt, Run, RunStep

SHOWN_CLASHES = 6


@dataclass(frozen=True, slots=True)
class Clash:
    """One place where both changed the same lines; `line` is where it begins in the merged file."""

    path: str
    line: int
    landed: str
    work: str


def clashes(card: Decision) -> Sequence[Clash]:
    """Both sides of a card's conflict; empty when git has them no more."""
    candidate = card.run.candidates.filter(step__in=card.subjects, status="conflict").order_by("-id").first()
    if candidate is None or not candidate.tree:
        return ()
    files = [path for reason in card.payload.get("reasons", []) for path in reason.get("files", ())]
    hub = Ground.of(card.run.project).hub
    try:
        texts = {path: hub.read_blob(candidate.tree, path) or b"" for path in files}
    except AgentsError:
        return ()
    found = [clash for path, text in texts.items() for clash in _in(path, text.decode("utf-8", "replace"))]
    return found[:SHOWN_CLASHES]


def _in(path: str, text: str) -> Iterator[Clash]:
    sides: tuple[list[str], list[str]] = ([], [])
    side, begin = -1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("<<<<<<< "):
            sides, side, begin = ([], []), 0, number
        elif line == "=======" and side == 0:
            side = 1
        elif line.startswith(">>>>>>> ") and side == 1:
            yield Clash(path, begin, "\n".join(sides[0]), "\n".join(sides[1]))
            side = -1
        elif side >= 0:
            sides[side].append(line)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One approved leaf, its hash then and now; `now` is "" where there is nothing of it any more."""

    name: str
    was: str
    now: str


def changed_leaves(card: Decision) -> Sequence[Leaf]:
    """The leaves that a card asks to approve again."""
    names = [reason["leaf"] for reason in card.payload.get("reasons", []) if "leaf" in reason]
    approved = Receipt.objects.filter(run=card.run_id, approved_at__lte=card.opened_at).first()
    if approved is None or not names:
        return ()
    run = Run.objects.select_related("revision").get(pk=card.run_id)
    now = tree_of(run).leaves
    return [Leaf(leaf_name(name), approved.leaves.get(name, ""), now.get(name, "")) for name in names]


@dataclass(frozen=True, slots=True)
class Item:
    """An item that nothing proves, and what the verifier said of it, or ""."""

    text: str
    note: str


def unproven(step: RunStep) -> Sequence[Item]:
    """The items that only a person can judge, in the plan's order."""
    verifier = step.dispatches.filter(role="verifier", round=step.round).exclude(report={}).order_by("-id").first()
    told: Sequence[Mapping[str, Any]] = verifier.report.get("items", []) if verifier else ()
    notes = {answer["item"]: _note(answer) for answer in told}
    items = items_of(step)
    return [
        Item(items[index]["text"], notes.get(number, ""))
        for number, index in enumerate(open_items(step), start=1)
        if str(index) not in step.proofs
    ]


def _note(answer: Mapping[str, Any]) -> str:
    """What the verifier said, with what is wrong with a command that it named."""
    note, command = answer["note"], answer.get("command")
    return f"{note} Its command proves nothing, for it cannot fail: `{command}`." if command else note


def unfinished(step: RunStep) -> Dispatch | None:
    """The attempt that ended, or stopped, without handing anything in."""
    last = step.dispatches.order_by("-id").first()
    return last if last is not None and last.status != "succeeded" else None
