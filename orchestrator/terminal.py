"""A card as text for a terminal: why it was opened, what there is to look at, which answers it takes."""

from __future__ import annotations

import shlex
import shutil
import textwrap
from collections.abc import Iterable
from typing import Any

from orchestrator import queries
from orchestrator.actions import consequences, decisions, drift
from orchestrator.actions.offers import Offer, offers_of
from orchestrator.exceptions import SignalboxError
from orchestrator.models import Decision
from orchestrator.reports import drift_lines
from orchestrator.stepreports import facts
from orchestrator.summaries import Summary, summary

MARGIN = "  "


def card_lines(card: Decision) -> list[str]:
    """The whole card, with its options in one line each."""
    return [*_head(card), *_evidence(card), *_offers(card)]


def explained(card: Decision) -> list[str]:
    """The whole card, with what each of its options would do."""
    return [*_head(card), *_evidence(card), *_consequences(card)]


def reason_lines(reason: dict[str, Any], margin: str = MARGIN) -> list[str]:
    """One reason with its place and its detail."""
    place = reason.get("path", "") + (f":{reason['line']}" if reason.get("line") else "")
    lines = _wrapped(f"{place} {reason['text']}" if place else reason["text"], margin)
    return lines + (_wrapped(reason["detail"], margin * 2) if reason.get("detail") else [])


def _head(card: Decision) -> list[str]:
    lines = ["", f"CARD {card.pk} · {queries.about(card)}"]
    if card.status == "armed":
        lines += [
            f"{MARGIN}'{card.option}' was chosen and is about to apply. Take it back: manage.py decide {card.pk} undo"
        ]
    for reason in card.payload.get("reasons", []):
        lines += reason_lines(reason)
    return lines


def _evidence(card: Decision) -> list[str]:
    lines = [f"{MARGIN * 2}{number}. {text}" for number, text in enumerate(queries.to_confirm(card), start=1)]
    lines += [f"{MARGIN * 2}| {line}" for line in queries.failed_output(card)]
    lines += batch_lines(card)
    worktree = queries.held_worktree(card) if "recheck" in card.options else ""
    if worktree:
        what = "Resolve it" if card.kind == "conflict" else "Mend it by hand"
        lines += [f"{MARGIN}{what} here, then choose recheck:", f"{MARGIN * 2}cd {shlex.quote(worktree)}"]
    return lines + _clone_lines(queries.yours_to_commit(card))


def _clone_lines(clone: dict[str, str]) -> list[str]:
    if not clone:
        return []
    lines = [f"{MARGIN}Yours to look at and commit:", f"{MARGIN * 2}cd {shlex.quote(clone['path'])}"]
    # A title may hold anything: what is offered to be pasted into a shell is quoted for it.
    commit = f"{MARGIN * 2}git add -A && git commit -m {shlex.quote(clone['message'])}"
    return lines + ([commit] if clone["message"] else [])


# -- what a batch came to ----------------------------------------------------------------------------------------------


def batch_lines(card: Decision) -> list[str]:
    """The batch's summary (B7, B17) and the plan's edits that going on would adopt; none for other cards."""
    steps = queries.ended_steps(card)
    if not steps:
        return []
    value = summary(card.run, steps, card)
    lines = [line for step in value["steps"] for line in _step_lines(step)]
    return [*lines, *_figures(value), *_edits(card)]


def _step_lines(step: dict[str, Any]) -> list[str]:
    said, inner = " · ".join([step["words"], *facts(step)]), f"{MARGIN * 2}     "
    lines = [f"{MARGIN * 2}{step['key']:>3}  {step['title']}", f"{inner}{said}"]
    return lines + [line for text in step["advisory"] for line in _wrapped(f"advisory: {text}", inner)]


def _figures(value: Summary) -> list[str]:
    batch, run = value["totals"], value["so_far"]
    said = [f"{batch['passed']} of {batch['steps']} passed"]
    if batch["files"]:
        said.append(f"{queries.many(batch['files'], 'file')} (+{batch['added']} −{batch['deleted']})")
    said.append(f"{batch['blocking']} blocking and {batch['advisory']} advisory findings")
    said += [f"checks {batch['checks_passed']}/{batch['checks']}", queries.many(batch["commits"], "commit")]
    before = f", {run['before']} complete before" if run["before"] else ""
    whole = [f"{run['passed']} of {run['steps']} passed{before}"]
    whole += [f"checks {run['checks_passed']}/{run['checks']}"] if run["checks"] else []
    whole.append(queries.many(run["commits"], "commit"))
    upcoming = "; ".join(f"step {key}, {title}" for key, title in value["upcoming"]) or "nothing: the plan is through"
    return [
        f"{MARGIN}In all    {' · '.join(said)}",
        f"{MARGIN}The run   {' · '.join(whole)}",
        *_wrapped(f"Next      {upcoming}", MARGIN, hang=10),
    ]


def _edits(card: Decision) -> list[str]:
    if card.status != "open":
        return []
    try:
        found = drift.find(card.run)
    except SignalboxError as error:
        return _wrapped(str(error), MARGIN)
    if found is None:
        return []
    return [f"{MARGIN}{line}" for line in (*drift_lines(found.as_dict()), "Going on adopts this.")]


# -- answers -----------------------------------------------------------------------------------------------------------


def _offers(card: Decision) -> list[str]:
    if card.status != "open":
        return []
    lines = [_offer_line(offer) for offer in offers_of(card)]
    return [
        *lines,
        f"{MARGIN}Answer: manage.py decide {card.pk} OPTION. What each would do: manage.py decide {card.pk}",
    ]


def _offer_line(offer: Offer) -> str:
    return f"{MARGIN}{'–' if offer.refused else '›'} {offer.name:11} {offer.refused or offer.meaning}{_wants(offer)}"


def _wants(offer: Offer) -> str:
    wanted = [name for name, asked in (("--instructions", offer.instructions), ("--reason", offer.reason)) if asked]
    return f"  [{' '.join(wanted)}]" if wanted and not offer.refused else ""


def _consequences(card: Decision) -> list[str]:
    if card.status != "open":
        return []
    lines = []
    for offer in offers_of(card):
        lines.append(_offer_line(offer))
        if not offer.refused:
            lines += [line for said in _would(card, offer.name) for line in _wrapped(said, MARGIN * 7 + " ", hang=2)]
    return lines


def _would(card: Decision, option: str) -> Iterable[str]:
    try:
        return consequences.lines(card, decisions.preview(card.pk, decisions.Answer(option)))
    except SignalboxError as error:
        return [str(error)]


def hung(lead: str, text: str) -> list[str]:
    """A text behind a word or two, its further lines below its own first."""
    first, *more = _wrapped(text, " " * len(lead))
    return [lead + first.lstrip(), *more]


def _wrapped(text: str, margin: str, hang: int = 0) -> list[str]:
    width = max(60, shutil.get_terminal_size((110, 40)).columns - 2)
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    return [
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(line, width, initial_indent=margin, subsequent_indent=margin + " " * hang, **options)
    ]
