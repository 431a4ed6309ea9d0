"""The guards on a step's work: git's objects, the frozen configuration and the plan's words go in, findings come out.

What a guard looks at is read at the run's start commit and in the plan's rows, never from a worktree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agents.claims import Claims, CommandClaim, FileClaim, Row, ran, rows
from agents.configuration import guideline_path
from agents.configuration.model import Settings
from agents.guards import Case, Pattern, Scope, inspect
from agents.guards import Finding as Found
from agents.redaction import redacted
from agents.texts import storable
from agents.workspaces.differences import differences, sides
from orchestrator.engine.approved import settings_of
from orchestrator.engine.ground import Ground
from orchestrator.engine.items import words_of
from orchestrator.engine.policy import PERSON, Policy
from orchestrator.models import Candidate, Dispatch, Finding, Run, RunStep
from plans.folder import file_of

_LIST_THEIR_FILES = frozenset({"blueprint", "spec", "phases", "superpowers"})
"""Dialects with a field for the files of a step; in the others a step only mentions some."""
_ADDS = re.compile(r"(?:new |add(?:s|ed) )?(?:packages|libraries|dependencies to add)|new dependencies", re.IGNORECASE)
_NAME = re.compile(r"`([\w@./-]+)`|([\w@./-]+)")


@dataclass(frozen=True, slots=True)
class Screened:
    """`findings` are rows that are not stored yet; `claims` what the report says beside what was observed."""

    findings: list[Finding]
    claims: tuple[Row, ...]


def of_work(ground: Ground, dispatch: Dispatch, work: str, report: Mapping[str, Any] | None) -> Screened:
    """What the guards find in a builder's work; `report` is None where a person did it."""
    step, by_person = dispatch.step, dispatch.runner == PERSON
    claims = None if report is None else claims_of(dispatch, report)
    settings = settings_of(dispatch.run)
    case = _case(ground, dispatch.run, step, settings, (dispatch.base_oid, work), claims=claims)
    found = _found(case, dispatch.run, settings, by_person=by_person)
    findings = [_row(one, step, dispatch, dispatch.round, work) for one in found]
    return Screened(findings, rows(claims, case.diff) if claims is not None else ())


def claims_of(dispatch: Dispatch, report: Mapping[str, Any]) -> Claims:
    """What a builder's report says, with the record of its commands. Reports of older versions say less."""
    content = dispatch.step.step.content if dispatch.step.step else {}
    return Claims(
        files=tuple(FileClaim(f["path"], f["intent"], f.get("change") or "") for f in report.get("files", ())),
        tests=tuple(report.get("tests", ())),
        commands=tuple(CommandClaim(c["command"], c["result"], c["tests"]) for c in report.get("commands", ())),
        summary=report.get("summary", ""),
        deviations=tuple(report.get("deviations", ())),
        ran=ran(dispatch.messages),
        checks=tuple(_commands(dispatch.run, content)),
    )


def of_candidate(ground: Ground, candidate: Candidate, tree: str, message: str) -> list[Finding] | None:
    """The same of a candidate, before its marks; None where its diff is the very one that was judged."""
    step = candidate.step
    dispatch = Dispatch.objects.filter(step=step, role="builder", status="succeeded").order_by("-id").first()
    as_built = dispatch is not None and dispatch.tree == candidate.work_oid
    if dispatch is not None and as_built and dispatch.base_oid == candidate.base_oid:
        return None
    by_person = dispatch is None or dispatch.runner == PERSON or not as_built
    places = (candidate.base_oid, tree)
    settings = settings_of(candidate.run)
    case = _case(ground, candidate.run, step, settings, places, message=message)
    found = _found(case, candidate.run, settings, by_person=by_person)
    return [_row(one, step, dispatch, step.round, candidate.work_oid) for one in found]


def reason(finding: Finding) -> dict[str, Any]:
    """Why a card opens: guard, words and place."""
    place = {"path": finding.path, "line": finding.line}
    return {"text": finding.title, "guard": finding.guard, **{name: value for name, value in place.items() if value}}


def _case(ground: Ground, run: Run, step: RunStep, settings: Settings, places: tuple[str, str], **given: Any) -> Case:
    diff = differences(ground.hub, *places)
    old, new = sides(ground.hub, *places, diff)
    return Case(diff, _scope(run, step, settings), old=old, new=new, **given)


def _found(case: Case, run: Run, settings: Settings, *, by_person: bool) -> tuple[Found, ...]:
    asked: dict[str, str] = dict.fromkeys(map(str, settings.guards.blocking), "blocking")
    return inspect(case, {**Policy.from_dict(run.policy).guards, **asked}, by_person=by_person)


def _scope(run: Run, step: RunStep, settings: Settings) -> Scope:
    content = step.step.content if step.step else {}
    return Scope(
        declared=tuple(content.get("files", ())),
        lists_files=run.plan.dialect in _LIST_THEIR_FILES,
        fences=settings.guards.fence,
        plans=tuple(filter(None, _plans(run, content, settings))),
        guidelines=tuple(run.compiled.get("guidelines", ())),
        forbidden=tuple(Pattern(one.pattern, one.paths, one.reason) for one in settings.forbidden),
        dependencies=tuple(_dependencies(content)),
        words=words_of(step),
        commands=tuple(_commands(run, content)),
    )


def _plans(run: Run, content: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    """The plan's own files, and what the repository says belongs to plans."""
    yield from (file_of(run.plan.path), content.get("path") or "", *map(file_of, run.revision.files))
    yield from (*settings.plans.files, settings.plans.template, guideline_path(settings.plans.locked_decisions)[0])


def _dependencies(content: Mapping[str, Any]) -> Iterator[str]:
    """Packages that the step says it adds, from a field of such a name."""
    for label, value in content.get("details", {}).items():
        if _ADDS.fullmatch(label.strip()):
            for coded, plain in _NAME.findall(value):
                yield coded or (plain if "`" not in value else "")


def _commands(run: Run, content: Mapping[str, Any]) -> Iterator[str]:
    """Whatever may check the step: its own items, the tool chain, and the project's checks."""
    yield from (item["command"] for item in content.get("checks", ()) if item["command"])
    yield from (row["command"] for row in (*run.compiled.get("toolchain", ()), *run.compiled.get("checks", ())))


def _row(found: Found, step: RunStep, dispatch: Dispatch | None, round: int, oid: str) -> Finding:
    return Finding(
        run_id=step.run_id, step=step, dispatch=dispatch, round=round, last_round=round, guard=found.guard,
        severity=found.severity,
        path=storable(found.path)[:1000], line=found.line, title=storable(found.message)[:500],
        identity=found.identity, oid=oid,
    )  # fmt: skip


def stored(claims: Sequence[Row]) -> list[dict[str, str]]:
    """Claims as a dispatch keeps them. What was observed may quote a file, and a file a secret."""
    return [{name: storable(redacted(text)) for name, text in asdict(row).items()} for row in claims]
