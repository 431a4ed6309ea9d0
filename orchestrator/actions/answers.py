"""What a person says to a card, whether it is complete, and what an answer takes along from beside the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.actions.mending import Mended, mended
from orchestrator.engine.briefing import work_so_far
from orchestrator.engine.items import items_of, open_items
from orchestrator.engine.options import NEEDS_INSTRUCTIONS, NEEDS_REASON
from orchestrator.engine.receipt import Tree
from orchestrator.engine.receipts import approved_again
from orchestrator.exceptions import PersonError
from orchestrator.models import Decision, Line, Run, RunStep


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says to a card. `version` and `preview` are those of the card they read, where one was shown.

    `run_anyway` are keys of dependents that start although the step they wait for is skipped; `base` says where a
    rebuild starts: attempt (on top of the last one) or fresh; `items` says of each item to confirm, by its number on
    the card from 1, whether it holds (None: all do)."""

    option: str
    reason: str = ""
    instructions: str = ""
    version: int | None = None
    preview: str = ""
    run_anyway: tuple[str, ...] = ()
    base: str = "attempt"
    items: Mapping[int, bool] | None = None
    at_once: bool = False


def complete(decision: Decision, answer: Answer) -> None:
    """Raise PersonError with what the answer lacks."""
    offered(decision, answer.option)
    if needs_reason(answer.option, decision.kind) and not answer.reason.strip():
        raise PersonError(f"Say why: '{answer.option}' needs a reason.")
    if answer.option in NEEDS_INSTRUCTIONS and not answer.instructions.strip():
        raise PersonError(_LACKS[answer.option])


def offered(decision: Decision, option: str) -> None:
    """Raise PersonError when the card does not have this option."""
    if option not in decision.options:
        raise PersonError(f"This card offers {', '.join(decision.options)}; '{option}' is not among them.")


_LACKS = {
    "rebuild": "'rebuild' needs instructions: say what should be different this time.",
    "answer": "'answer' needs your answer in its instructions: the agent goes on with what you write there.",
}


def needs_reason(option: str, kind: str) -> bool:
    """Whether an option must say why: not where a run only comes to rest between two steps."""
    return option in NEEDS_REASON and kind not in ("batch", "step")


@dataclass(frozen=True, slots=True)
class Along:
    """What an answer takes along. `facts` are part of its consequences, so that an answer binds to them too: tree and
    edits of a re-check, the commit a rebuild starts on, leaves that are approved again, items with their verdict."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    by_hand: Mended | None = None
    approved: Tree | None = None
    verdicts: Mapping[int, bool] = field(default_factory=dict)


def along(decision: Decision, answer: Answer) -> Along:
    """Look at what stands beside the board. Raises PersonError where the answer cannot be given as things are."""
    match answer.option:
        case "recheck":
            by_hand = mended(decision)
            return Along(by_hand.as_dict() if by_hand else {}, by_hand=by_hand)
        case "rebuild":
            return Along({"onto": _onto(decision, answer)})
        case "approve":
            names = [reason["leaf"] for reason in decision.payload["reasons"] if "leaf" in reason]
            tree = approved_again(Run.objects.get(pk=decision.run_id), names)
            return Along({"approves": {name: tree.leaves[name] for name in names}}, approved=tree)
        case "confirm":
            return _judged(decision, answer)
    return Along()


def _onto(decision: Decision, answer: Answer) -> str:
    """The commit a rebuild starts on: the last attempt's work, or what has landed."""
    step = RunStep.objects.get(pk=decision.subjects[0])
    head: str = Line.objects.values_list("head_oid", flat=True).get(run=decision.run_id)
    return (work_so_far(step) if answer.base == "attempt" else "") or head


def answered_for(decision: Decision, answer: Answer, taken: Along) -> None:
    """Raise PersonError where what a guard found, or a claim that does not hold, is to stay and nobody says why."""
    mended = taken.by_hand is not None and bool(taken.by_hand.changes)
    if (answer.option, decision.kind) == ("recheck", "claim") and not mended and not answer.reason.strip():
        raise PersonError(
            "Nothing was changed in the worktree, so what was found would stay in the work. Mend it there, or say in "
            "a reason why it may stay."
        )


def asked_items(decision: Decision) -> list[tuple[int, str]]:
    """(index in the step, text) of each item that a card asks a person to confirm, in the card's order."""
    step = RunStep.objects.select_related("step").get(pk=decision.subjects[0])
    items = items_of(step)
    return [(index, items[index]["text"]) for index in open_items(step) if str(index) not in step.proofs]


def _judged(decision: Decision, answer: Answer) -> Along:
    asked = asked_items(decision)
    given = dict.fromkeys(range(1, len(asked) + 1), True) if answer.items is None else answer.items
    silent = [str(number) for number in range(1, len(asked) + 1) if number not in given]
    if silent:
        raise PersonError(f"Say of each item whether it holds: nothing was said of {', '.join(silent)}.")
    if len(given) > len(asked):
        raise PersonError(f"This card has the items 1 to {len(asked)}, no others.")
    verdicts = {index: given[number] for number, (index, _) in enumerate(asked, start=1)}
    return Along({"items": [[text, verdicts[index]] for index, text in asked]}, verdicts=verdicts)
