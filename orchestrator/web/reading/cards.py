"""The decision card: which evidence stands on it, in which order. A part with nothing behind it is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from orchestrator import queries
from orchestrator.engine import new_setup
from orchestrator.engine.checking import BLOCKS
from orchestrator.models import CheckRun, Decision, Dispatch, Finding, Run, RunStep
from orchestrator.rules import rules_of
from orchestrator.web.reading import causes, setups
from orchestrator.web.reading import steps as step_reading
from orchestrator.web.reading.batches import ended
from orchestrator.web.reading.evidence import around_error, tries
from orchestrator.web.reading.logs import last_words
from orchestrator.web.reading.plans import edits_of
from orchestrator.web.reading.source import diff, excerpt


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

    @property
    def tells_why(self) -> bool:
        """Whether the reasons say more than the evidence below them: not where something has simply ended."""
        return self.card.kind not in ("batch", "step")


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
    found = _of_round(case).filter(guard="").order_by("-severity", "id")
    return _shown("What the reviewer found", case, found)


def _of_round(case: Case) -> QuerySet[Finding]:
    """What the present round found, for the first time or again."""
    return case.subject.findings.filter(last_round=case.subject.round).exclude(status="addressed")


def _guards(case: Case) -> Section | None:
    """What the guards found, but for what the report claimed and what a new setup asks: those have tables of theirs."""
    found = _of_round(case).exclude(guard__in=("", "phantom", new_setup.GUARD))
    return _shown("What the guards found", case, found.order_by("-severity", "id"))


def _shown(title: str, case: Case, found: Iterable[Finding]) -> Section | None:
    shown = [
        {"finding": one, "lines": excerpt(case.run, one.oid, one.path, one.line) if one.line else []} for one in found
    ]
    return Section(title, "evidence/findings.html", {"findings": shown}) if shown else None


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
        {"check": check, "output": around_error(check.output, _first_new(check)) if check.output else None}
        for check in found[0].checks
    ]
    red = [row for row in shown if row["check"].verdict in BLOCKS]
    green = [row for row in shown if row["check"].verdict not in BLOCKS]
    return Section("What the checks did", "evidence/checks.html", {"red": red, "green": green, "try": found[0]})


def _first_new(check: CheckRun) -> str:
    """The first test that fails anew, whose error comes first on the card; "" where none is named."""
    found: list[str] = check.compared.get("new", [])
    return found[0] if found else ""


def _tries(case: Case) -> Section | None:
    """How often landing was tried while the branch moved under it."""
    candidate = queries.latest_candidate(case.subject)
    if candidate is None or not candidate.stale:
        return None
    values = {"candidate": candidate, "clone": case.run.lines.values_list("clone", flat=True).first()}
    return Section("Tries at landing", "evidence/tries.html", values)


def _claims(case: Case) -> Section | None:
    found = step_reading.claims(case.build)
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


def _unproven(case: Case) -> Section | None:
    found = causes.unproven(case.subject)
    return Section("To confirm", "evidence/items.html", {"items": found}) if found else None


def _clashes(case: Case) -> Section | None:
    found = causes.clashes(case.card)
    return Section("Both changed these lines", "evidence/clashes.html", {"clashes": found}) if found else None


def _leaves(case: Case) -> Section | None:
    found = causes.changed_leaves(case.card)
    return Section("What changed since the approval", "evidence/leaves.html", {"leaves": found}) if found else None


def _left(case: Case) -> Section | None:
    """What an attempt that handed nothing in has left: its last saved turn, and the files it had changed by then."""
    dispatch = causes.unfinished(case.subject)
    if dispatch is None:
        return None
    values = {"dispatch": dispatch, "changes": step_reading.changed(dispatch)}
    title = "What it has done so far" if dispatch.status == "parked" else "What it left"
    return Section(title, "evidence/left.html", values)


def _setups(case: Case) -> Section | None:
    """What setup said when it ran for this step."""
    found = setups.makings(case.subject)
    return Section("Its setup", "evidence/setups.html", {"makings": found}) if found else None


def _new_setup(case: Case) -> Section | None:
    """What the setup would run, whom it may ask, and the changed lines of the files that it would read."""
    paths = {path for reason in case.card.payload.get("reasons", ()) for path in reason.get("files", ())}
    older, newer = step_reading.change_of(case.subject, None)
    files = [file for file in diff(case.run, older, newer).files if file.path in paths] if newer else []
    values = {"rules": rules_of(case.run), "files": files, "many": MANY_LINES}
    return Section("What it would run, on which change", "evidence/new_setup.html", values)


MANY_LINES = 60
"""Changed lines of a file from which on a card shows them folded."""


def _account(case: Case) -> Section | None:
    report = case.build.report if case.build else {}
    return Section("The builder's own account", "evidence/account.html", {"report": report}, True) if report else None


def _unchecked(case: Case) -> Section | None:
    """What nobody has looked at yet: the stages behind the one that stopped."""
    ahead = [stop.name for stop in step_reading.stops(case.subject) if stop.sign.word == "not run"]
    return Section("Not checked yet", "evidence/unchecked.html", {"ahead": ahead}) if ahead else None


def _ended(case: Case) -> Section | None:
    """What the batch, or the step after which the person commits, came to."""
    steps = queries.ended_steps(case.card)
    if not steps:
        return None
    number = case.card.payload.get("batch")
    values = {"view": ended(case.run, steps, case.card), "number": number, "run": case.run}
    return Section(f"Batch {number}" if number else "What it came to", "evidence/batch.html", values)


def _clone(case: Case) -> Section | None:
    """Where the person finds what has passed, to look at it and commit it."""
    found = queries.yours_to_commit(case.card)
    return Section("Yours to commit", "evidence/clone.html", {"clone": found}) if found else None


def _edits(case: Case) -> Section | None:
    """Edits of the plan that going on would adopt."""
    found = edits_of(case.run) if case.card.status == "open" else []
    return Section("The plan was edited", "evidence/edits.html", {"edits": found}) if found else None


_READERS: Mapping[str, tuple[Reader, ...]] = {
    "review": (_findings, _guards, _criteria, _against, _unchecked, _attempts, _account),
    "check": (_checks, _guards, _against, _criteria, _attempts, _account),
    "claim": (_guards, _claims, _against, _unchecked, _attempts, _account),
    "agent_failed": (_log_end, _left, _unchecked, _attempts),
    "timeout": (_log_end, _limits, _left, _unchecked, _attempts),
    "lost": (_left, _log_end, _unchecked, _attempts),
    "conflict": (_clashes, _unchecked, _attempts, _account),
    "stale": (_tries, _checks, _attempts),
    "returned": (_left, _criteria, _attempts),
    "unproven": (_unproven, _guards, _criteria, _unchecked, _account),
    "question": (_log_end, _left, _attempts),
    "setup": (_setups, _unchecked, _attempts),
    "new_setup": (_new_setup, _guards, _unchecked, _attempts, _account),
    "base": (_attempts,),
    "receipt": (_leaves, _attempts),
    "batch": (_ended, _clone, _edits),
    "step": (_ended, _clone, _edits),
}
_OF_RUN = frozenset({_ended, _clone, _edits})


def instructions_for(case: Case) -> str:
    """What a rebuild is told, to begin with: the card's reasons in their own words."""
    if case.step is None or case.card.kind not in _TELLS:
        return ""
    told = [_sentence(reason) for reason in case.card.payload.get("reasons", [])]
    return "\n".join([*told, _TELLS[case.card.kind]]).strip()


_TELLS = {
    "review": "",
    "check": "",
    "claim": "",
    "conflict": "- Your worktree holds both, with conflict markers. Keep what has landed and do the step on it.",
}
"""Kinds whose reasons a builder can act on, and what it is told beside them."""


def _sentence(reason: Mapping[str, Any]) -> str:
    line = f":{reason['line']}" if reason.get("line") else ""
    place = f"{reason['path']}{line}: " if reason.get("path") else ""
    detail = f"\n  {reason['detail']}" if reason.get("detail") else ""
    return f"- {place}{reason['text']}{detail}"
