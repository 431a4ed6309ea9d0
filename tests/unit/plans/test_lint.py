"""The rules of `plan lint`, each by the plan that breaks it."""

from __future__ import annotations

import json

import pytest

from plans.lint import RULES, lint
from plans.printing import problems_sarif, problems_text
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
