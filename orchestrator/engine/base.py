"""What commands did on a candidate's base: what the line held when the candidate was made."""

from __future__ import annotations

from functools import cached_property

from agents.types import CheckSpec
from orchestrator.engine.bench import Bench
from orchestrator.engine.reuse import of_tree
from orchestrator.models import Candidate, CheckRun, Decision

ENDED = ("passed", "failed", "not_new")


class Base:
    """What commands did on the candidate's base: known from what landed there, else measured once."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.oid = bench.candidate.base_oid
        self.beside: list[CheckRun] = []
        self._measured: dict[str, CheckRun] = {}

    @property
    def name(self) -> str:
        return self.oid[:7]

    @cached_property
    def _known(self) -> dict[str, CheckRun]:
        rows = of_tree(self.bench, self.bench.base_tree).filter(expect="exit_zero", verdict__in=ENDED)
        return {row.command: row for row in rows.exclude(source="rerun").order_by("id")}

    @cached_property
    def waived(self) -> dict[str, int]:
        """Tests whose failure a person accepted in this run, with the number of that decision."""
        return _waived(self.bench.candidate)

    def known(self, command: str) -> CheckRun | None:
        return self._known.get(command)

    def of(self, spec: CheckSpec) -> CheckRun | None:
        """The row of a command on the base; None where it could not be brought to an end there."""
        found = self.known(spec.command) or self._measured.get(spec.command) or self._measure(spec)
        return found if found.verdict in ENDED else None

    def _measure(self, spec: CheckSpec) -> CheckRun:
        text = f"{spec.item} (on the base {self.name})"
        row = CheckRun(candidate=self.bench.candidate, item=text, source="baseline", tree=self.bench.base_tree)
        self.bench.run(row, spec, self.oid)
        self.beside.append(row)
        self._measured[spec.command] = row
        return row

    def again(self, row: CheckRun, spec: CheckSpec) -> CheckRun:
        """A second run of a failed command; the first has left nothing behind."""
        text = f"{spec.item} (once more)"
        second = CheckRun(candidate=row.candidate, item=text, source="rerun", tree=row.tree, rerun_of=row)
        self.bench.run(second, spec, row.candidate.oid)
        self.beside.append(second)
        return second


def _waived(candidate: Candidate) -> dict[str, int]:
    answers = Decision.objects.filter(run=candidate.run_id, option="accept_gap", status="applied").order_by("id")
    decision_of = {step: answer.pk for answer in answers for step in answer.subjects}
    landed = CheckRun.objects.filter(candidate__step__in=decision_of, candidate__status="landed").exclude(compared={})
    rows = landed.values_list("candidate__step", "compared")
    return {test: decision_of[step] for step, compared in rows for test in compared.get("new", ())}
