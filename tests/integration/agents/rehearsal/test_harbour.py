"""The example, played from first step to last: real tools, real runner, real checks; only the model is scripted.

The person of the story is played too, so that each step passes, is stopped or fails exactly where it is meant to.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents import briefs, sandbox
from agents.registry import definition
from agents.rehearsal import RehearsalServer
from agents.reports import ReviewReport, VerifyReport, check_review, check_verify
from agents.runners import load
from agents.types import Assignment, Done, Endpoint, Role
from plans.reading import read_plan
from plans.types import Check, Expectation, ParsedPlan, ParsedStep
from tests.integration.agents.dispatching import VALUES, Recorder

EXAMPLE = Path(__file__).parents[4] / "examples" / "harbour"
PLAN = read_plan((EXAMPLE / "project" / "PLAN.md").read_bytes(), "PLAN.md")
STORY = {answer["step"]: answer for answer in tomllib.loads((EXAMPLE / "story.toml").read_text())["answer"]}
EXPECTED = tomllib.loads((EXAMPLE / "expected.toml").read_text())


@dataclass
class Stage:
    """A copy of the project, and a server that plays the example's script."""

    worktree: Path
    base_url: str

    def play(self, role: Role, step: ParsedStep, attempt: int) -> tuple[dict[str, Any], Recorder]:
        channel = Recorder()
        who = definition(role)
        ref = f"{role}/{step.key}/{attempt}"
        endpoint = Endpoint(f"{self.base_url}/harbour", "rehearsal", scripted=True)
        work = Assignment(
            ref, role, who.model, who.body, _brief(role, step), self.worktree, "", role == "builder", endpoint
        )
        outcome = load("anthropic_api").run(work, channel)
        assert isinstance(outcome, Done), outcome
        return dict(outcome.report), channel

    def build(self, step: ParsedStep, attempt: int = 1) -> None:
        """Each file that the report names is there, no tool call was refused, and every command succeeded."""
        report, channel = self.play("builder", step, attempt)
        assert all((self.worktree / one["path"]).is_file() for one in report["files"])
        results = [event for event in channel.events if event.kind == "tool_result"]
        assert not [event.text for event in results if event.data["refused"]]
        assert not [event.text for event in results if event.text.startswith("exit ") and event.text[:7] != "exit 0\n"]

    def review(self, step: ParsedStep, attempt: int = 1) -> list[str]:
        """The places of the blocking findings. The review itself must be complete."""
        report = ReviewReport.model_validate(self.play("reviewer", step, attempt)[0])
        assert check_review(report, len(step.criteria), self.has_line) == []
        return [f"{one.path}:{one.line}" for one in report.findings if one.severity == "blocking"]

    def verify(self, step: ParsedStep) -> list[str]:
        """The items that fail, proven by the plan's commands and by what the verifier names."""
        open_items = [check for check in step.checks if check.command is None]
        proofs = self.proofs(step, len(open_items)) if open_items else {}
        named = [check for check in step.checks if check.command is not None]
        failed = [check.text for check in named if not self.holds(check.command or "", check.expectation)]
        return failed + [check.text for check in open_items if not proofs[open_items.index(check) + 1]]

    def proofs(self, step: ParsedStep, count: int) -> dict[int, bool]:
        report = VerifyReport.model_validate(self.play("verifier", step, 1)[0])
        assert check_verify(report, count) == []
        return {
            proof.item: self.holds(proof.command, Expectation())
            if proof.command
            else self.has_line(proof.path or "", proof.line or 0)
            for proof in report.items
        }

    def holds(self, command: str, expectation: Expectation) -> bool:
        jail = sandbox.Jail(kind="check", worktree=self.worktree, writable=True)
        ended = sandbox.run(("/bin/sh", "-c", command), jail)
        return _meets(expectation, ended.exit_code, ended.output.decode())

    def has_line(self, path: str, line: int) -> bool:
        file = self.worktree / path
        return file.is_file() and 1 <= line <= len(file.read_text().splitlines())


def _brief(role: Role, step: ParsedStep) -> str:
    phase = {"builder": "build", "reviewer": "review", "verifier": "verify"}[role]
    values = {
        "key": step.key,
        "title": step.title,
        "objective": step.objective.text if step.objective else "",
        "criteria": [part.text for part in step.criteria],
        "phase": step.instructions[phase].text,
        "items": [check.text for check in step.checks if check.command is None],
    }
    return briefs.render(role, {**VALUES, **values})


def _meets(expectation: Expectation, code: int, output: str) -> bool:
    number = re.search(r"\d+", output)
    value = int(number[0]) if number else None
    return {
        "exit_zero": code == 0,
        "exit_nonzero": code != 0,
        "no_output": not output,
        "equals": value == expectation.value,
        "under": value is not None and expectation.value is not None and value < expectation.value,
    }[expectation.kind]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    worktree = tmp_path_factory.mktemp("harbour") / "project"
    shutil.copytree(EXAMPLE / "project", worktree, ignore=shutil.ignore_patterns("__pycache__"))
    server = RehearsalServer([EXAMPLE])
    yield Stage(worktree, server.start())
    server.stop()


def step(key: str) -> ParsedStep:
    found = PLAN.step(key)
    assert found is not None
    return found


def test_the_plan_reads_without_a_problem():
    plan: ParsedPlan = PLAN
    assert plan.problems == ()
    assert [one.key for one in plan.steps if one.done] == EXPECTED["already_done"]
    assert [group.key for group in plan.groups] == ["Milestone 1", "Milestone 2"]


def test_what_is_expected_covers_the_whole_plan():
    ends = ("already_done", "passed", "skipped", "blocked")
    assert sorted(key for end in ends for key in EXPECTED[end]) == [one.key for one in PLAN.steps]
    assert EXPECTED["commits"] == len(EXPECTED["passed"])
    new_tests_are_red = 1
    assert EXPECTED["checks"] == {key: len(step(key).checks) + new_tests_are_red for key in EXPECTED["passed"]}


def test_the_step_that_is_done_really_is(stage):
    assert stage.verify(step("1")) == []


@pytest.mark.ledger("X15")
def test_the_steps_pass_stop_and_fail_where_the_story_has_it(stage):
    stage.build(step("2"))
    assert (stage.review(step("2")), stage.verify(step("2"))) == ([], [])

    stage.build(step("3"))
    assert stage.review(step("3")) == ["tidebook/heights.py:11"]
    assert "round(" in (stage.worktree / "tidebook/heights.py").read_text().splitlines()[10]
    assert stage.verify(step("3")) == [], "the tests of the trap pass: only the review sees it"
    stage.build(step("3"), attempt=2)
    assert (stage.review(step("3"), attempt=2), stage.verify(step("3"))) == ([], [])

    stage.build(step("4"))
    assert stage.review(step("4")) == []
    assert stage.verify(step("4")) == [check.text for check in step("4").checks if "acceptance`" in check.text][:1]
    _edit_by_hand(stage.worktree, **STORY["4"]["edit"])
    assert stage.verify(step("4")) == []

    for key in ("7", "8"):
        stage.build(step(key))
        assert (stage.review(step(key)), stage.verify(step(key))) == ([], [])


def test_the_other_ways_out_of_the_story_work_too(stage):
    stage.build(step("4"), attempt=2)
    assert stage.verify(step("4")) == []
    stage.build(step("5"))
    assert stage.review(step("5")) == ["tidebook/moon.py:6"]
    stage.build(step("5"), attempt=2)
    assert (stage.review(step("5"), attempt=2), stage.verify(step("5"))) == ([], [])
    stage.build(step("6"))
    assert (stage.review(step("6")), stage.verify(step("6"))) == ([], [])


def test_every_check_has_a_command_but_two():
    open_items: list[Check] = [check for one in PLAN.steps for check in one.checks if check.command is None]
    assert len(open_items) == 2


def _edit_by_hand(worktree: Path, path: str, old: str, new: str) -> None:
    file = worktree / path
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
