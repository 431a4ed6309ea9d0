"""Where one candidate's checks run: clean checkouts that no check changes, made when first needed, discarded at the
end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType

from agents.evidence import checks
from agents.evidence.fingerprint import environment_sha256
from agents.evidence.stored import pack
from agents.evidence.types import Kept, Results
from agents.exceptions import SetupStopped
from agents.preparing import Made
from agents.sandbox import Kit
from agents.types import CheckSpec
from orchestrator import sandboxing
from orchestrator.engine import jailing, ports, preparing
from orchestrator.engine.ground import Ground
from orchestrator.failpoints import failpoint
from orchestrator.models import Candidate, CheckRun

MOST_BYTES = 64 * 1024**2
"""What one candidate's checks may leave together."""


class Stopped(Exception):
    """The candidate's holder has to stop; what was found so far is not kept."""


class Bench:
    """`notes` are sentences about the whole; `kept` are files that rows left, by row; `found` are results by row, with
    all their covered lines."""

    def __init__(self, candidate: Candidate, ground: Ground, stopped: Callable[[], bool]) -> None:
        self.candidate, self.ground, self.stopped = candidate, ground, stopped
        self.notes: list[str] = []
        self.kept: dict[int, Sequence[Kept]] = {}
        self.found: dict[int, Results] = {}
        self._room = MOST_BYTES
        self._checkouts: dict[str, tuple[Path, Kit]] = {}

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for path, _ in self._checkouts.values():
            self.ground.discard(path)

    @cached_property
    def environment(self) -> str:
        """What results depend on besides the files, as a hash: the same for all checks of this candidate."""
        kit = Kit(recipe=jailing.recipe(self.candidate.run).sha256)
        jail = sandboxing.check_jail(self.candidate.run, Path("/"), self.ground.readable, kit)
        return environment_sha256(jail, sandboxing.state())

    @cached_property
    def base_tree(self) -> str:
        return self.ground.hub.tree_of(self.candidate.base_oid)

    def run(self, row: CheckRun, spec: CheckSpec, oid: str) -> None:
        """Run a command in the checkout of `oid`, and put what it did into the row. Raises Stopped."""
        if self.stopped():
            raise Stopped
        checkout, kit = self._checkout(oid)
        jail = sandboxing.check_jail(self.candidate.run, checkout, self.ground.readable, kit)
        result = checks.run_check(spec, jail, cancelled=self.stopped)
        failpoint("after_check")
        if self.stopped():
            raise Stopped
        row.command, row.expect, row.cwd, row.verdict = spec.command, expectation(spec), result.cwd, result.verdict
        row.reason, row.exit_code, row.seconds = result.reason, result.exit_code, result.seconds
        row.output, row.output_sha256, row.truncated = result.output, result.output_sha256, result.truncated
        row.environment_sha256 = result.environment_sha256
        row.data = pack(result.gathered.results)
        self.found[id(row)] = result.gathered.results
        self.kept[id(row)] = list(self._with_room(row, result.gathered.kept))

    def _with_room(self, row: CheckRun, files: Sequence[Kept]) -> Iterator[Kept]:
        for kept in files:
            if len(kept.data) > self._room:
                self.notes.append(f"A file of “{row.item}” is not kept: the checks left more than they may.")
                return
            self._room -= len(kept.data)
            yield kept

    def _checkout(self, oid: str) -> tuple[Path, Kit]:
        """Raises Stopped, SetupFailed."""
        if oid not in self._checkouts:
            candidate = self.candidate
            # Any other commit is the base, or the base with the candidate's tests.
            made = self._made(candidate.oid if oid == candidate.oid else candidate.base_oid)
            name = f"run{candidate.run_id}-candidate{candidate.pk}-e{candidate.epoch}"
            path = self.ground.checkout(oid, name)
            own = ports.variables(ports.OF_CHECKS)
            self._checkouts[oid] = path, preparing.furnished(candidate.run, self.ground, path, made, own).kit
            failpoint("after_checkout")
        return self._checkouts[oid]

    def _made(self, oid: str) -> Made | None:
        candidate = self.candidate
        errand = preparing.Errand(candidate.run, candidate.step, self.stopped)
        try:
            return preparing.ready(errand, self.ground, oid, candidate.base_oid)
        except SetupStopped:
            raise Stopped from None


def expectation(spec: CheckSpec) -> str:
    """What a command has to do, as it stands in a row."""
    return spec.expect if spec.value is None else f"{spec.expect} {spec.value}"
