"""The decision card: which evidence stands on it, in which order. A part with nothing behind it is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator import queries
from orchestrator.engine.items import items_of, open_items
from orchestrator.models import Decision, Dispatch, Run, RunStep
from orchestrator.stepreports import step_report
from orchestrator.web.reading import steps as step_reading
from orchestrator.web.reading.evidence import around_error, tries
from orchestrator.web.reading.logs import last_words
from orchestrator.web.reading.plans import edits_of
from orchestrator.web.reading.source import excerpt


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of evidence: its heading, the partial that shows it, and what the partial shows. What an agent thinks
    of its own work is `folded` and marked as opinion."""

    title: str
    template: str
    values: Mapping[str, Any]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A card with the rows it is about. `step` is None where it is about the run."""

    card: Decision
    run: Run
    step: RunStep | None
    build: Dispatch | None

    @property
    def subject(self) -> RunStep:
        """The step, for the sections of a card that has one."""
        assert self.step is not None
        return self.step


Reader = Callable[[Case], Section | None]


def case_of(card: Decision) -> Case:
    steps = queries.subjects(card)
    step = steps[0] if steps else None
    builds = step_reading.builds(step) if step else []
    return Case(card, card.run, step, builds[-1] if builds else None)


def sections(case: Case) -> list[Section]:
    """The evidence of a card, the most telling first."""
    found = [read(case) for read in _READERS.get(case.card.kind, ()) if case.step or read in _OF_RUN]
    return [section for section in found if section is not None]


def reasons(case: Case) -> list[dict[str, Any]]:
    """The card's reasons, each with its criterion in the plan's words and the lines it points at."""
    criteria = case.step.step.content.get("criteria", []) if case.step and case.step.step else []
    told = []
    for reason in case.card.payload.get("reasons", []):
        number = reason.get("criterion")
        text = criteria[number - 1]["text"] if number and number <= len(criteria) else ""
        told.append({**reason, "criterion_text": text})
    return told


def _findings(case: Case) -> Section | None:
    found = case.subject.findings.filter(round=case.subject.round).order_by("-severity", "id")
    shown = [
        {"finding": finding, "lines": excerpt(case.run, finding.oid, finding.path, finding.line)} for finding in found
    ]
    return Section("What the reviewer found", "evidence/findings.html", {"findings": shown}) if shown else None


def _criteria(case: Case) -> Section | None:
    found = step_reading.criteria(case.subject)
    return Section("Criteria", "evidence/criteria.html", {"criteria": found}) if found else None


def _against(case: Case) -> Section | None:
    found = step_reading.against_last_round(case.subject)
    return Section("Against the round before", "evidence/against.html", {"against": found}) if found else None


def _checks(case: Case) -> Section | None:
    found = tries(case.subject)
    if not found or not found[0].checks:
        return None
    shown: list[dict[str, Any]] = [
        {"check": check, "output": around_error(check.output) if check.output else None} for check in found[0].checks
    ]
    red = [row for row in shown if row["check"].verdict not in ("passed", "waived")]
    green = [row for row in shown if row["check"].verdict in ("passed", "waived")]
    return Section("What the checks did", "evidence/checks.html", {"red": red, "green": green, "try": found[0]})


def _claims(case: Case) -> Section | None:
    found = step_reading.claims(case.build) if case.build else []
    return Section("Claimed and observed", "evidence/claims.html", {"claims": found}) if found else None


def _log_end(case: Case) -> Section | None:
    dispatch = case.subject.dispatches.exclude(log_bytes=0).order_by("-id").first()
    if dispatch is None:
        return None
    return Section("The end of its log", "evidence/log.html", {"dispatch": dispatch, "blocks": last_words(dispatch)})


def _limits(case: Case) -> Section | None:
    dispatch = case.subject.dispatches.filter(status="timed_out").order_by("-id").first()
    limits = case.run.policy.get("limits", {}).get(dispatch.role) if dispatch else None
    return Section("Its limits", "evidence/limits.html", {"dispatch": dispatch, "limits": limits}) if limits else None


def _attempts(case: Case) -> Section | None:
    found = list(case.subject.dispatches.order_by("id"))
    return Section("Attempts", "evidence/attempts.html", {"attempts": found}) if len(found) > 1 else None


def _items(case: Case) -> Section | None:
    items, named = items_of(case.subject), case.subject.proofs
    open_ones = [{"text": items[index]["text"], "proof": named.get(str(index))} for index in open_items(case.subject)]
    return Section("To confirm", "evidence/items.html", {"items": open_ones}) if open_ones else None


def _account(case: Case) -> Section | None:
    report = case.build.report if case.build else {}
    return Section("The builder's own account", "evidence/account.html", {"report": report}, True) if report else None


def _unchecked(case: Case) -> Section | None:
    """What nobody has looked at yet: the stages behind the one that stopped."""
    ahead = [stop.name for stop in step_reading.stops(case.subject) if stop.sign.word == "not run"]
    return Section("Not checked yet", "evidence/unchecked.html", {"ahead": ahead}) if ahead else None


def _batch(case: Case) -> Section | None:
    number = case.card.payload.get("batch")
    batch = case.run.batch_rows.filter(number=number).first() if number else None
    if batch is None:
        return None
    values = {"reports": batch_reports(batch.steps), "batch": batch, "run": case.run}
    return Section(f"Batch {batch.number}", "evidence/batch.html", values)


def _step_report(case: Case) -> Section | None:
    key = case.card.payload.get("step")
    step = case.run.steps.filter(key=key).first() if key else None
    if step is None:
        return None
    return Section(f"Step {step.key}", "evidence/batch.html", {"reports": batch_reports([step.pk]), "run": case.run})


def _clone(case: Case) -> Section | None:
    """Where the person finds what has passed, to look at it and commit it."""
    found = queries.yours_to_commit(case.card)
    return Section("Yours to commit", "evidence/clone.html", {"clone": found}) if found else None


def _edits(case: Case) -> Section | None:
    """Edits of the plan that going on would adopt."""
    found = edits_of(case.run) if case.card.status == "open" else []
    return Section("The plan was edited", "evidence/edits.html", {"edits": found}) if found else None


def batch_reports(ids: Sequence[int]) -> list[dict[str, Any]]:
    """The report of each step, with its row."""
    found = RunStep.objects.filter(pk__in=ids).select_related("step").order_by("position")
    return [{"step": step, **step_report(step)} for step in found]


_READERS: Mapping[str, tuple[Reader, ...]] = {
    "review": (_findings, _criteria, _against, _unchecked, _attempts, _account),
    "check": (_checks, _criteria, _attempts, _account),
    "claim": (_claims, _unchecked, _attempts, _account),
    "agent_failed": (_log_end, _unchecked, _attempts),
    "timeout": (_limits, _log_end, _unchecked, _attempts),
    "lost": (_attempts, _log_end),
    "conflict": (_attempts, _account),
    "stale": (_checks, _attempts),
    "returned": (_criteria, _attempts),
    "unproven": (_items, _criteria, _unchecked, _account),
    "question": (_log_end,),
    "receipt": (_attempts,),
    "batch": (_batch, _clone, _edits),
    "step": (_step_report, _clone, _edits),
}
_OF_RUN = frozenset({_batch, _step_report, _clone, _edits})


def instructions_for(case: Case) -> str:
    """What a rebuild is told, to begin with: the blocking findings and red checks in their own words."""
    if case.step is None or case.card.kind not in ("review", "check"):
        return ""
    told = [_sentence(reason) for reason in case.card.payload.get("reasons", [])]
    return "\n".join(told)


def _sentence(reason: Mapping[str, Any]) -> str:
    place = f"{reason['path']}:{reason['line']}: " if reason.get("path") else ""
    detail = f"\n  {reason['detail']}" if reason.get("detail") else ""
    return f"- {place}{reason['text']}{detail}"
