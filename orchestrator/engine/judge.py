"""Turn a report and the tree beside it into facts and a verdict. Nothing is believed that was not looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from agents.claims import Row, verdicts
from agents.evidence.vacuous import cannot_fail
from agents.reports import ReviewReport, VerifyReport, check_review, check_verify
from agents.types import Done, Outcome, Usage
from orchestrator.engine import findings as over_rounds
from orchestrator.engine import screening
from orchestrator.engine.ground import Ground
from orchestrator.engine.items import open_items
from orchestrator.engine.policy import Policy
from orchestrator.models import Candidate, Dispatch, Finding

Verdict = dict[str, Any]
"""Arguments of a dispatch's `reported` event: verdict passed or failed, kind, reasons, unproven."""


def incomplete(dispatch: Dispatch, outcome: Outcome, worktree: Path) -> list[str]:
    """Sentences that say what a report lacks; empty when it is complete or there is none (B8, B9)."""
    if not isinstance(outcome, Done):
        return []
    if dispatch.role == "reviewer":
        report = ReviewReport.model_validate(outcome.report)
        return check_review(report, len(_content(dispatch)["criteria"]), _line_exists(worktree))
    if dispatch.role == "verifier":
        return check_verify(VerifyReport.model_validate(outcome.report), len(open_items(dispatch.step)))
    return [] if outcome.report["files"] else ["It names no file: list each file you changed, with its intent."]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`step` holds columns of the RunStep to be written with the verdict, `findings` rows not stored yet, `claims` the
    report beside what was observed."""

    verdict: Verdict
    step: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    claims: tuple[Row, ...] = ()


def judge(ground: Ground, dispatch: Dispatch, report: Mapping[str, Any], work: str) -> Judgement:
    """The verdict on a complete report about the commit `work`."""
    return _BY_ROLE[dispatch.role](ground, dispatch, report, work)


def _builder(ground: Ground, dispatch: Dispatch, report: Mapping[str, Any], work: str) -> Judgement:
    found = screening.of_work(ground, dispatch, work, report)
    step = {"summary": dict(report), "proofs": {}, "work_oid": work}
    verdict = _verdict("claim", _blocking(found.findings), over_rounds.moved(dispatch.step_id, found.findings))
    return Judgement(verdict, step, tuple(found.findings), found.claims)


def handed_in(ground: Ground, dispatch: Dispatch, work: str) -> Judgement:
    """The verdict on what a person did: no report, and only what blocks a person too."""
    found = screening.of_work(ground, dispatch, work, None).findings
    return Judgement(_verdict("claim", _blocking(found)), {"proofs": {}, "work_oid": work}, tuple(found))


def merged(ground: Ground, candidate: Candidate, tree: str, message: str) -> Judgement | None:
    """The verdict on a candidate's diff; None where the work was judged as it is. What a person has already answered
    for in this round blocks no more."""
    found = screening.of_candidate(ground, candidate, tree, message)
    if found is None:
        return None
    told = Finding.objects.filter(step=candidate.step, last_round=candidate.step.round).exclude(guard="")
    known = set(told.values_list("identity", flat=True))
    reasons = _blocking([finding for finding in found if finding.identity not in known])
    return Judgement(_verdict("claim", reasons), findings=tuple(found))


def _blocking(found: Sequence[Finding]) -> list[dict[str, Any]]:
    return [screening.reason(finding) for finding in found if finding.severity == "blocking"]


def _reviewer(ground: Ground, dispatch: Dispatch, report: Mapping[str, Any], work: str) -> Judgement:
    blocking = Policy.from_dict(dispatch.run.policy).blocking
    findings = [_finding(dispatch, item) for item in report["findings"]]
    unmet = [item for item in report["criteria"] if item["verdict"] == "unmet"]
    for item in unmet:
        if not any(finding.criterion == item["criterion"] and finding.severity in blocking for finding in findings):
            findings.append(_unmet(dispatch, item))
    findings += _standing(dispatch, report, {finding.identity for finding in findings})
    reasons = [_reason(finding) for finding in findings if finding.severity in blocking]
    claims = verdicts.rows(report["criteria"], partial(_line_of, ground, dispatch.step.work_oid))
    verdict = _verdict("review", reasons, over_rounds.moved(dispatch.step_id, findings))
    return Judgement(verdict, findings=tuple(findings), claims=claims)


def _standing(dispatch: Dispatch, report: Mapping[str, Any], told: set[str]) -> list[Finding]:
    """Earlier findings of which the reviewer says that they stand, without telling them anew."""
    stand = [one["finding"] for one in report.get("earlier", ()) if one["verdict"] == "stands"]
    known = over_rounds.named(dispatch.step_id, stand).values()
    return [over_rounds.again(dispatch, one) for one in known if not one.guard and one.identity not in told]


def _line_of(ground: Ground, oid: str, path: str, line: int) -> str | None:
    lines = (ground.hub.read_blob(oid, path) or b"").decode(errors="replace").split("\n")
    return lines[line - 1] if line <= len(lines) else None


def _verifier(ground: Ground, dispatch: Dispatch, report: Mapping[str, Any], work: str) -> Judgement:
    asked = open_items(dispatch.step)
    proofs = dict(dispatch.step.proofs)
    for answer in report["items"]:
        proof = _proof(answer, lambda path, line: ground.has_line(dispatch.step.work_oid, path, line))
        if proof:
            proofs[str(asked[answer["item"] - 1])] = proof
    left = sum(str(index) not in proofs for index in asked)
    return Judgement({"verdict": "passed", "unproven": left}, {"proofs": proofs})


def _verdict(kind: str, reasons: list[dict[str, Any]], changed: bool = True) -> Verdict:
    """`changed` is False where a further round would be the same again: then a person is asked (X10)."""
    failed = {"verdict": "failed", "kind": kind, "reasons": reasons, **({} if changed else {"changed": False})}
    return failed if reasons else {"verdict": "passed"}


_BY_ROLE: dict[str, Callable[[Ground, Dispatch, Mapping[str, Any], str], Judgement]] = {
    "builder": _builder,
    "reviewer": _reviewer,
    "verifier": _verifier,
}


def _proof(answer: Mapping[str, Any], exists: Callable[[str, int], bool]) -> dict[str, Any] | None:
    if answer.get("command") and not cannot_fail(answer["command"]):
        return {"command": answer["command"], "note": answer["note"]}
    if answer.get("path") and answer.get("line") and exists(answer["path"], answer["line"]):
        return {"path": answer["path"], "line": answer["line"], "note": answer["note"]}
    return None


def _finding(dispatch: Dispatch, item: Mapping[str, Any]) -> Finding:
    return Finding(
        run_id=dispatch.run_id, step_id=dispatch.step_id, dispatch=dispatch, round=dispatch.round,
        last_round=dispatch.round, severity=item["severity"], path=item["path"][:1000], line=item["line"],
        title=item["title"][:500], detail=item["detail"], criterion=item["criterion"], oid=dispatch.step.work_oid,
        identity=hashlib.sha256(f"{item['path']}\0{item['title']}".encode()).hexdigest(),
    )  # fmt: skip


def _unmet(dispatch: Dispatch, item: Mapping[str, Any]) -> Finding:
    text = _content(dispatch)["criteria"][item["criterion"] - 1]["text"]
    return Finding(
        run_id=dispatch.run_id, step_id=dispatch.step_id, dispatch=dispatch, round=dispatch.round,
        last_round=dispatch.round, severity="blocking", detail=item["note"],
        title=f"Criterion {item['criterion']} is not met: {text}"[:500],
        criterion=item["criterion"], oid=dispatch.step.work_oid,
        identity=hashlib.sha256(f"criterion\0{text}".encode()).hexdigest(),
    )  # fmt: skip


def _reason(finding: Finding) -> dict[str, Any]:
    return {
        "text": finding.title,
        "detail": finding.detail,
        "path": finding.path,
        "line": finding.line,
        "criterion": finding.criterion,
    }


def _content(dispatch: Dispatch) -> dict[str, Any]:
    assert dispatch.step.step is not None
    content: dict[str, Any] = dispatch.step.step.content
    return content


def _line_exists(worktree: Path) -> Callable[[str, int], bool]:
    def exists(path: str, line: int) -> bool:
        target = (worktree / path).resolve()
        if not target.is_relative_to(worktree.resolve()) or not target.is_file():
            return False
        with target.open("rb") as file:
            return any(number == line for number, _ in enumerate(file, start=1))

    return exists


def usage_sum(before: Mapping[str, int], usage: Usage) -> dict[str, int]:
    """Tokens of a dispatch over all its tries."""
    return {name: before.get(name, 0) + value for name, value in asdict(usage).items()}
