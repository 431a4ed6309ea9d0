"""Run a candidate's new tests on its base's code: what is green there proves nothing about the change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agents.evidence.redfirst import (
    Diff,
    NewTests,
    added_tests,
    command_for,
    helps_tests,
    judge,
    nothing_to_measure,
)
from agents.types import CheckSpec
from agents.workspaces.types import FileChange
from orchestrator.engine import reuse
from orchestrator.engine.bench import Bench
from orchestrator.engine.items import words_of
from orchestrator.models import CheckRun
from plans.folder import file_of

EXPECT = "red"


def measure(bench: Bench, changes: Sequence[FileChange]) -> list[CheckRun]:
    """A row for each framework in which the candidate adds tests; a note where there is nothing to measure."""
    diff = _diff(bench, changes)
    hub, candidate = bench.ground.hub, bench.candidate
    new = added_tests(diff, partial(hub.read_blob, candidate.base_oid), partial(hub.read_blob, candidate.oid))
    if why := nothing_to_measure(diff, new, words_of(candidate.step)):
        bench.notes.append(why)
        return []
    tree = _mixed(bench, diff)
    frameworks = dict.fromkeys(test.framework for test in new)
    return [_row(bench, [test for test in new if test.framework == name], diff, tree) for name in frameworks]


def _diff(bench: Bench, changes: Sequence[FileChange]) -> Diff:
    """What changed, the plan's own file aside: its marks are ours."""
    candidate = bench.candidate
    content = candidate.step.step.content if candidate.step.step else {}
    plan = file_of(content.get("path") or candidate.run.plan.path)
    paths = {status: tuple(c.path for c in changes if c.status == status and c.path != plan) for status in "AMTD"}
    return Diff(paths["A"], paths["M"] + paths["T"], paths["D"])


def _mixed(bench: Bench, diff: Diff) -> str:
    """The base's tree with the candidate's tests and what only tests use."""
    hub, candidate = bench.ground.hub, bench.candidate
    wanted = {path: hub.read_blob(candidate.oid, path) for path in diff.there if helps_tests(path)}
    files = {path: text for path, text in wanted.items() if text is not None}
    gone: dict[str, bytes | None] = {path: None for path in diff.deleted if helps_tests(path)}
    return hub.with_files(bench.base_tree, gone | files)


def _row(bench: Bench, tests: Sequence[NewTests], diff: Diff, tree: str) -> CheckRun:
    framework = tests[0].framework
    item = f"The new tests fail without the change ({framework})"
    row = CheckRun(candidate=bench.candidate, item=item, source="red-first", tree=tree, verdict="unmeasured")
    broken = [test.broken for test in tests if test.broken]
    if broken:
        row.verdict, row.reason = "failed", f"a new test file does not parse: {broken[0]}"
        return row
    command = command_for(framework, tests)
    return reuse.find(bench, row, command, EXPECT) or _run(bench, row, command, tests, diff)


def _run(bench: Bench, row: CheckRun, command: str, tests: Sequence[NewTests], diff: Diff) -> CheckRun:
    oid = bench.ground.scratch(row.tree, bench.candidate.base_oid)
    bench.run(row, CheckSpec(row.item, command, "exit_nonzero"), oid)
    row.expect = EXPECT
    if row.exit_code is None or row.verdict == "timed_out":
        row.verdict = "unmeasured"
        return row
    verdict = judge(tests, row.results, row.exit_code, row.output, diff.there)
    row.verdict, row.reason = verdict.verdict, verdict.reason
    return row
