"""The rules of `plan lint`, each by the plan that breaks it."""

from __future__ import annotations

import json
import re

import pytest

from plans.lint import DIALECT_RULES, RULES, Demands, Locked, Pair, lint
from plans.printing import problems_sarif, problems_text
from tests.unit.plans.dialects.samples import PHASES, SPEC, SPECKIT
from tests.unit.plans.samples import plan_text, read, step_text


def found(text: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.level) for problem in lint(read(text))]


def test_a_good_plan_has_no_problem():
    assert found(plan_text()) == []


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("# Notes\n", "no-steps", "error"),
        (plan_text(step_text(), step_text()), "duplicate-key", "error"),
        (plan_text(step_text(fields="**Depends on**: Step 1\n")), "self-dependency", "error"),
        (plan_text(step_text(fields="**Depends on**: Step 9\n")), "unknown-dependency", "warning"),
        (plan_text(step_text(fields="")), "no-objective", "warning"),
        (plan_text(step_text(fields="")), "no-criteria", "warning"),
        (plan_text(step_text(checks="- [ ] reads well\n")), "no-command", "warning"),
        (plan_text(step_text(checks="- [ ] `pip install x`\n")), "check-installs", "warning"),
        (plan_text(step_text("### ✅ Step 1: A")), "conflicting-done", "warning"),
        ("# P\n\n### Step 1: A\n\n- [ ] `pytest`\n", "missing-section", "warning"),
        (plan_text(step_text(fields="```md\n```sh\nx\n```\ny\n```\n\n")), "recovered-fence", "warning"),
    ],
)
def test_each_rule_finds_its_problem(text, code, level):
    assert (code, level) in found(text)


def test_a_cycle_is_an_error_that_shows_its_path():
    first = step_text(fields="**Depends on**: Step 2\n")
    second = step_text("### Step 2: B", fields="**Depends on**: Step 1\n")
    (problem,) = [problem for problem in lint(read(plan_text(first, second))) if problem.code == "cycle"]
    assert problem.level == "error" and problem.message.count("→") == 2


def test_done_steps_are_past_judging():
    assert found("# P\n\n### ✅ Step 1: A\n\n- [x] done\n") == []


def test_every_problem_says_what_to_do_and_has_a_line():
    text = plan_text(step_text("### ✅ Step 1: A"), step_text("### Step 1: B", fields="**Depends on**: Step 1, 9\n"))
    for problem in lint(read(text)):
        assert problem.line >= 1 and ";" in problem.message


def test_text_output_reads_like_a_compilers():
    problems = lint(read("# Notes\n", "a b.md"))
    assert problems_text([("a b.md", problems)]).startswith("a b.md:1: error[no-steps]: no steps were found: ")


def test_sarif_names_rule_level_file_and_line():
    log = json.loads(problems_sarif([("a b.md", lint(read("# Notes\n")))]))
    (run,) = log["runs"]
    (result,) = run["results"]
    assert log["version"] == "2.1.0"
    assert (result["ruleId"], result["level"]) == ("no-steps", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b.md"}, "region": {"startLine": 1}}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["no-steps"]


def test_rules_have_names_of_their_own():
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


def told(text: str, path: str = "x.md", demands: Demands | None = None) -> dict[str, str]:
    """Code → level of what is found in a plan."""
    found = lint(read(text, path), demands) if demands else lint(read(text, path))
    return {problem.code: problem.level for problem in found}


@pytest.mark.ledger("P2")
def test_a_phase_plan_is_asked_for_owner_criteria_files_and_blast_radius():
    assert told(PHASES)["no-blast-radius"] == "warning"
    assert told(PHASES, demands=Demands(blast_radius="error"))["no-blast-radius"] == "error"
    asked = {problem.line for problem in lint(read(PHASES)) if problem.code == "no-blast-radius"}
    assert asked == {22}, "only the open phase that names none"
    empty = PHASES.replace("**Deps:** Phase 0", "**Blast Radius:**\n**Deps:** Phase 0")
    assert "no-blast-radius" not in told(empty), "an empty one means the whole suite"


@pytest.mark.ledger("P2")
def test_two_phases_of_a_parallel_group_that_wait_for_each_other_are_an_error():
    text = PHASES.replace("### ✅ Phase 2", "### Phase 2")
    problems = [problem for problem in lint(read(text)) if problem.code == "parallel-dependency"]
    assert [(p.level, p.line) for p in problems] == [("error", 29)] and "Step 1.5" in problems[0].message


def test_steps_side_by_side_that_change_one_file_are_told():
    text = "- [ ] T001 [P] Write `a/b.py`\n- [ ] T002 [P] Write `a/b.py`\n- [ ] T003 Write `a/b.py`\n"
    (problem,) = [problem for problem in lint(read(text)) if problem.code == "parallel-overlap"]
    assert (problem.line, problem.level) == (2, "warning") and "a/b.py" in problem.message
    assert "parallel-overlap" not in told(text.replace("T002 [P] Write", "T002 [P] (depends on T001) Write"))


def test_an_unfilled_template_is_an_error():
    template = SPEC.replace("Plan: Loans", "Plan: <task name>").replace("lend-tool\n", "<unique-id>\n", 1)
    assert told(template)["template"] == "error"


def test_a_list_without_any_command_is_told_once():
    assert [problem.code for problem in lint(read(SPECKIT))] == ["no-command"]
    assert told("- [ ] T001 a\n  - [ ] `pytest` passes\n") == {}


@pytest.mark.ledger("T16")
def test_a_project_can_ask_for_a_paired_step():
    pairs = (Pair(re.compile("entry point"), re.compile("^Validate")),)
    text = "- [ ] T001 Write the entry point\n- [ ] T002 {what} it\n  - Depends on: T001\n"
    assert "unpaired" in told(text.format(what="Polish"), demands=Demands(pairs=pairs))
    assert "unpaired" not in told(text.format(what="Validate"), demands=Demands(pairs=pairs))


@pytest.mark.ledger("M3")
def test_a_step_against_a_locked_decision_is_an_error_with_its_id_and_quote():
    locked = (Locked("D-7", "no second database", re.compile("(?i)mongo")),)
    text = "- [ ] T001 Store loans\n  - in MongoDB\n"
    problems = [p for p in lint(read(text), Demands(locked=locked)) if p.code == "locked-decision"]
    assert [(p.line, p.level) for p in problems] == [(1, "error")]
    assert "D-7" in problems[0].message and "“Mongo”" in problems[0].message


def test_an_owner_who_is_no_agent_is_an_error_only_where_agents_are_known():
    assert "unknown-agent" not in told(SPEC)
    assert told(SPEC, demands=Demands(agents=frozenset({"builder"})))["unknown-agent"] == "error"


def test_the_rules_of_every_dialect_are_rules():
    assert all(callable(rule) for rules in DIALECT_RULES.values() for rule in rules) and len(DIALECT_RULES) == 14
