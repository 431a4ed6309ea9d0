"""Reports: which are complete, and what is said of those that are not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agents.reports import BuildReport, ReviewReport, VerifyReport, check_review, check_verify, report_model


def review(*verdicts: int, findings: tuple[dict[str, object], ...] = ()) -> ReviewReport:
    criteria = [{"criterion": number, "verdict": "met", "note": "seen"} for number in verdicts]
    return ReviewReport.model_validate({"criteria": criteria, "findings": list(findings)})


def finding(**changed: object) -> dict[str, object]:
    return {"severity": "blocking", "path": "a.py", "line": 3, "title": "Wrong", "detail": "It is.", **changed}


def only_a_py_of_ten_lines(path: str, line: int) -> bool:
    return path == "a.py" and line <= 10


def test_each_role_has_its_model():
    models = [report_model(role) for role in ("builder", "reviewer", "verifier")]
    assert models == [BuildReport, ReviewReport, VerifyReport]


@pytest.mark.parametrize("part", ["files", "decisions", "deviations", "summary"])
def test_a_build_report_without_one_of_its_parts_is_refused(part):
    whole = {"files": [{"path": "a", "intent": "b"}], "decisions": [], "deviations": [], "summary": "Done."}
    BuildReport.model_validate(whole)
    with pytest.raises(ValidationError, match=part):
        BuildReport.model_validate({key: value for key, value in whole.items() if key != part})


def test_a_review_with_every_verdict_and_true_places_is_complete():
    assert check_review(review(1, 2, findings=(finding(criterion=2),)), 2, only_a_py_of_ten_lines) == []


@pytest.mark.parametrize(
    ("given", "count", "named"),
    [
        (review(1), 2, "Criterion 2 has no verdict."),
        (review(1, 1, 2), 2, "Criterion 1 has more than one verdict."),
        (review(1, 2, 3), 2, "Criterion 3 was not asked: there are 2."),
        (review(findings=(finding(path="b.py"),)), 0, "b.py:3, which does not exist"),
        (review(findings=(finding(line=11),)), 0, "a.py:11, which does not exist"),
        (review(1, findings=(finding(criterion=4),)), 1, "names criterion 4: there are 1"),
    ],
)
def test_an_incomplete_review_is_named(given, count, named):
    problems = check_review(given, count, only_a_py_of_ten_lines)
    assert len(problems) == 1
    assert named in problems[0]


def test_a_verifier_answers_each_item_once():
    report = VerifyReport.model_validate({"items": [{"item": 1, "note": "a"}, {"item": 3, "note": "b"}]})
    assert check_verify(report, 2) == ["Item 2 has no answer.", "Item 3 was not asked: there are 2."]


def test_a_proof_is_the_command_itself_without_the_lines_around_it():
    (proof,) = VerifyReport.model_validate({"items": [{"item": 1, "command": "\ntrue\n", "note": ""}]}).items
    assert proof.command == "true"
