"""Findings over the rounds of a step: one row for one thing, found again, mended, disputed or accepted (X10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestrator.engine.board import Board
from orchestrator.engine.fire import fire
from orchestrator.engine.rows import FindingRow
from orchestrator.models import Dispatch, Finding

KNOWN = ("open", "repeated", "disputed", "addressed")
"""Those that are the same one when they are found again."""
UNMENDED = ("open", "repeated", "disputed")
_PLACE = ("path", "line", "oid", "title", "detail", "criterion", "severity")


def name_of(finding: Finding) -> str:
    """How briefs and reports call a finding."""
    return f"F{finding.pk}"


def unmended(step: int) -> list[Finding]:
    """What is still to be mended, oldest first."""
    return list(Finding.objects.filter(step=step, status__in=UNMENDED, severity="blocking").order_by("id"))


def moved(step: int, found: Sequence[Finding]) -> bool:
    """Whether what blocks now is other than what blocked before; True where nothing did."""
    now = {finding.identity for finding in found if finding.severity == "blocking"}
    before = {finding.identity for finding in unmended(step)}
    return not before or now != before


def keep(board: Board, step: int, found: Sequence[Finding], round: int, *, guards: bool, again: bool = True) -> None:
    """Store what is new. What is known and found again is repeated (not where the same round is looked at once more:
    `again` False), or open again where it had been mended; what is not found is addressed. `guards` says whose the
    findings are: those of the guards or the reviewer's."""
    theirs = Finding.objects.filter(step=step, status__in=KNOWN).order_by("id")
    theirs = theirs.exclude(guard="") if guards else theirs.filter(guard="")
    known = {finding.identity: finding for finding in theirs}
    met = {finding.identity: finding for finding in found}
    for identity, finding in known.items():
        event = _event(finding.status, identity in met, again)
        if event:
            fire(board, FindingRow, finding.pk, event, round=round)
        if identity in met:
            place = {name: getattr(met[identity], name) for name in _PLACE}
            Finding.objects.filter(pk=finding.pk).update(**place)
    Finding.objects.bulk_create([finding for identity, finding in met.items() if identity not in known])


def _event(status: str, met: bool, again: bool) -> str:
    if not met:
        return "" if status == "addressed" else "addressed"
    if status == "addressed":
        return "regressed"
    if status == "disputed":
        return "upheld"
    return "repeated" if again else ""


def named(step: int, names: Iterable[str]) -> dict[str, Finding]:
    """The unmended findings that are called so."""
    wanted = set(names)
    return {name: finding for finding in unmended(step) if (name := name_of(finding)) in wanted}


def again(dispatch: Dispatch, finding: Finding) -> Finding:
    """The same finding as a row of this round, for a reviewer who only says that it stands."""
    return Finding(
        run_id=dispatch.run_id, step_id=dispatch.step_id, dispatch=dispatch, round=dispatch.round,
        last_round=dispatch.round, identity=finding.identity, **{name: getattr(finding, name) for name in _PLACE},
    )  # fmt: skip


def dispute(board: Board, dispatch: Dispatch, report: Mapping[str, Any]) -> None:
    """The builder objects to a reviewer's findings, with its evidence; the next review upholds or drops them."""
    said = {one["finding"]: one["evidence"] for one in report.get("disputes", ())}
    for name, finding in named(dispatch.step_id, said).items():
        if not finding.guard and finding.status in ("open", "repeated"):
            fire(board, FindingRow, finding.pk, "disputed", round=dispatch.round)
            Finding.objects.filter(pk=finding.pk).update(dispute=said[name])
