"""What an answer would do, as sentences. Every figure is in the consequences that applying it has, or in rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator import queries
from orchestrator.engine.states import MET
from orchestrator.models import Decision, Dispatch, RunStep

Effects = Mapping[str, Any]
_STAGE_NAMES = {"build": "build", "review": "review", "prove": "naming proofs", "verify": "the checks"}
_ROLE_NAMES = {"builder": "Build", "reviewer": "Review", "verifier": "Naming proofs"}
_NO_NEWS = {"waiting", "ready", "active", "landing", "needs_decision", "blocked", "cancelled"}


def tell(card: Decision, option: str, effects: Effects) -> dict[str, Any]:
    """The consequences of one option of a card in words: told, a list of sentences, and warning, why the answer may
    not help, or ""."""
    named = {*effects["steps"], *effects["waived"], *(key for key, _ in (*effects["starts"], *effects["resumes"]))}
    titles = {step.key: step for step in RunStep.objects.filter(run=card.run_id, key__in=named)}
    own = _OWN.get(option)
    facts = [
        *_steps(option, effects, titles),
        *(own(card, effects) if own else ()),
        *_starts(option, effects, titles),
        *_run(effects),
    ]
    return {"told": facts or ["Nothing else changes."], "warning": _warning(card, option, effects)}


def lines(card: Decision, effects: Effects) -> list[str]:
    """Consequences that were told, for a terminal."""
    titles = dict(card.run.steps.values_list("key", "title"))
    own = {step.key for step in queries.subjects(card)}
    blocked = [
        f"Blocked by it: step {key}, {titles[key]}{'' if through in own else f', through {through}'}."
        for key, through in effects["blocked"]
    ]
    return [*effects["told"], *blocked, *([f"Careful: {effects['warning']}"] if effects["warning"] else [])]


def edits(effects: Effects) -> list[str]:
    """What a person changed by hand, by file: "+3 −1 in src/auth.py"."""
    return [
        f"a binary file {path}" if added is None else f"+{added} −{deleted} in {path}"
        for path, added, deleted in effects.get("edits", ())
    ]


# -- what one option alone does --------------------------------------------------------------------------------------


def _recheck(card: Decision, effects: Effects) -> list[str]:
    said = []
    if effects.get("edits"):
        said.append(f"Uses your edits: {', '.join(edits(effects))} (tree {effects['tree'][:10]}).")
    for step in queries.subjects(card):
        ahead = [_STAGE_NAMES.get(stage, stage) for stage in step.stages[1:] if stage != "prove" or step.items]
        said.append(f"Runs {', then '.join(ahead)} of step {step.key}. No build.")
    return said


def _rebuild(card: Decision, effects: Effects) -> list[str]:
    step = queries.subjects(card)[0]
    number = step.dispatches.filter(role="builder").count() + 1
    base = effects.get("onto", "")
    head = card.run.lines.values_list("head_oid", flat=True).get()
    where = "from what has landed" if base == head else "on top of the work so far"
    return [
        f"Starts attempt {number} of the build, {where} ({base[:10]}).",
        "Review and checks follow. If it fails, you are asked again.",
    ]


def _goes_on(card: Decision, effects: Effects) -> list[str]:
    last = interrupted_of(card)
    if last is None or not last.messages:
        return ["Nothing of its conversation was saved, so it begins again."]
    said = [f"Goes on where attempt {last.attempt} stopped, in the same conversation ({len(last.messages)} messages)."]
    if last.tree:
        said.append(f"Its files are as they were saved then ({last.tree[:10]}).")
    return said


def _extend(card: Decision, effects: Effects) -> list[str]:
    last = interrupted_of(card)
    limits = card.run.policy.get("limits", {}).get(last.role, {}) if last else {}
    seconds = limits.get("total_seconds")
    return [*_goes_on(card, effects), *([f"It gets {_span(seconds)} more, once."] if seconds else [])]


def _confirm(card: Decision, effects: Effects) -> list[str]:
    denied = [text for text, holds in effects["items"] if not holds]
    held = len(effects["items"]) - len(denied)
    said = [f"You say that {held} of {len(effects['items'])} items hold; the record names you as their proof."]
    if denied:
        said += [f"Does not hold: {text}" for text in denied]
        said.append("So the checks fail: nothing lands, and you are asked again with the result of each.")
    return said


def _approve(card: Decision, effects: Effects) -> list[str]:
    names = [f"{leaf_name(name)} ({value[:10]})" for name, value in effects["approves"].items()]
    return [f"Approves as it is now: {', '.join(names)}. Everything else stays as it was approved."]


def _accept_gap(card: Decision, effects: Effects) -> list[str]:
    return [
        "The gap stays open in the report, with your name; the plan gets no completion mark.",
        "What waits for the step may start once it lands.",
    ]


def _skip(card: Decision, effects: Effects) -> list[str]:
    said = []
    for step in queries.subjects(card):
        count = len(step.step.content.get("criteria", [])) if step.step else 0
        if count:
            said.append(f"Not shown to hold: {count} {'criterion' if count == 1 else 'criteria'} of step {step.key}.")
    return said + _kept(card)


def _kept(card: Decision) -> list[str]:
    done = any(step.work_oid or step.dispatches.exclude(tree="").exists() for step in queries.subjects(card))
    return ["The work so far is kept in the vault and not merged. The plan gets no completion mark."] if done else []


def _abort(card: Decision, effects: Effects) -> list[str]:
    landed = card.run.steps.filter(status__in=sorted(MET)).exclude(landed_oid="").count()
    cancelled = card.run.steps.exclude(status__in=sorted(MET)).filter(ended_at=None).exclude(status="out_of_scope")
    count = cancelled.count()
    said = [f"What has landed stays: {queries.many(landed, 'step')}, each in its commit."] if landed else []
    return [*said, f"{queries.many(count, 'step')} will not have been completed.", *_kept(card)]


def _answer(card: Decision, effects: Effects) -> list[str]:
    return ["The agent reads your answer as the answer to its question, in the same conversation."]


def _again(card: Decision, effects: Effects) -> list[str]:
    if card.kind == "base":
        return ["Looks at the line as it is now, and starts on it if it contains what the step needs."]
    return ["Runs the setup once more. If it fails, you are asked again."]


def _allow(card: Decision, effects: Effects) -> list[str]:
    packages = [name for reason in card.payload["reasons"] for name in reason.get("packages", ())]
    named = f": {', '.join(packages)}" if packages else ""
    return [f"Runs the setup on the candidate, which fetches what its lock files name{named}. Then it is checked."]


_OWN: Mapping[str, Callable[[Decision, Effects], list[str]]] = {
    "recheck": _recheck,
    "rebuild": _rebuild,
    "extend": _extend,
    "reclaim": _goes_on,
    "answer": _answer,
    "again": _again,
    "allow": _allow,
    "confirm": _confirm,
    "approve": _approve,
    "accept_gap": _accept_gap,
    "skip": _skip,
    "defer": _skip,
    "abort": _abort,
}


# -- what follows for steps and the run --------------------------------------------------------------------------------


def _steps(option: str, effects: Effects, titles: Mapping[str, RunStep]) -> list[str]:
    said = []
    for key, (_, after) in effects["steps"].items():
        if after in _NO_NEWS:
            continue
        words = f"{queries.words(after)}, not complete" if after in ("skipped", "deferred") else queries.words(after)
        said.append(f"Step {key}, {titles[key].title}, becomes {words}.")
    said += [f"Step {key}, {titles[key].title}, runs although its dependency is left out." for key in effects["waived"]]
    landing = [key for key, (_, after) in effects["steps"].items() if after == "landing" and option != "recheck"]
    return said + [f"Merges step {key}'s work with what has landed and checks that very commit." for key in landing]


def _starts(option: str, effects: Effects, titles: Mapping[str, RunStep]) -> list[str]:
    """What begins beside the card's own step, whose work its option has told of already."""
    told = option in ("rebuild", "extend", "reclaim", "recheck")
    began = [] if told else effects["starts"]
    said = [f"Starts: {_ROLE_NAMES.get(role, role)} of step {key}, {titles[key].title}." for key, role in began]
    going = effects["resumes"]
    return said + [f"Goes on: {_ROLE_NAMES.get(role, role)} of step {key}, {titles[key].title}." for key, role in going]


def _run(effects: Effects) -> list[str]:
    said = []
    if effects["stops"]:
        said.append(f"Stops {effects['stops']} live dispatch{'es' if effects['stops'] > 1 else ''}.")
    if effects["batch"] == "closed":
        said.append("The batch ends.")
    if effects["opens"]:
        said.append(
            f"The next batch opens: {'steps' if len(effects['opens']) > 1 else 'step'} {', '.join(effects['opens'])}."
        )
    if "batch" in effects["asks"]:
        said.append("You are asked again before the next batch.")
    if effects["run"]:
        said.append(f"The run becomes: {queries.words(effects['run'])}.")
    return said


def _warning(card: Decision, option: str, effects: Effects) -> str:
    if option != "recheck" or card.kind == "stale" or effects.get("edits"):
        return ""
    if card.kind == "claim":
        return (
            "Nothing was changed by hand since the attempt. What this card names stays in the work and stops the step"
            " no more; the record names you for it."
        )
    return "Nothing was changed by hand since the attempt: the same tree, so the same result is likely."


def interrupted_of(card: Decision) -> Dispatch | None:
    """The attempt that a card about lost time or a lost worker is about."""
    found = Dispatch.objects.filter(step__in=card.subjects, status__in=("lost", "timed_out"))
    return found.order_by("-id").first()


def leaf_name(name: str) -> str:
    """A leaf of the receipt as a person reads it."""
    return _LEAVES.get(name) or f"step {name.removeprefix('step:')}"


_LEAVES = {
    "policy": "the policy",
    "toolchain": "the tool chain",
    "checks": "the project's checks",
    "agents": "the agents and their models",
    "briefs": "the briefs' templates",
    "start": "the start commit",
}


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
