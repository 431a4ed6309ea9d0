"""What a report says, line by line beside what was observed: kept with the dispatch, on the pages and in the report."""

from __future__ import annotations

import pytest

from agents.rehearsal.script import Call, Turn
from orchestrator.markdown import markdown
from orchestrator.models import Dispatch
from orchestrator.reports import report
from tests.integration.cards.agents import SMALL, Agents, scene, shell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X7")]

ASKS = "grep -c small bells.py"
SAID = {
    "files": [{"path": "bells.py", "intent": "the small bell", "change": "modified"}],
    "decisions": [],
    "deviations": ["No documentation was written."],
    "summary": "The bell is there.",
    "tests": [],
    "commands": [{"command": ASKS, "result": "passed"}, {"command": "ls docs", "result": "passed"}],
}
VERDICT = {"criterion": 1, "verdict": "met", "note": "See bells.py:5.", "path": "bells.py", "line": 4}


@pytest.fixture
def hand(tmp_path, settings, data):
    here = Agents(tmp_path, settings)
    built = Turn(say="Done.", calls=(Call(tool="report", input=SAID),))
    reviewed = Turn(say="Done.", calls=(Call(tool="report", input={"criteria": [VERDICT], "findings": []}),))
    yield here.play(
        scene(shell(f"{SMALL}; touch extra.txt"), shell(ASKS), built), scene(reviewed, role="reviewer"), scope="2"
    )
    here.server.stop()


def test_each_line_of_a_report_is_kept_with_what_was_observed(hand):
    build, review = Dispatch.objects.order_by("id")
    assert [(row["kind"], row["verdict"]) for row in build.claims] == [
        ("file", "so"), ("file", "not told"), ("command", "so"), ("command", "not so"), ("deviation", "unsupported"),
    ]  # fmt: skip
    file, extra, ran, never, _ = build.claims
    assert file["claimed"] == "`bells.py` modified: the small bell" and file["observed"] == "modified, +4 −0"
    assert "extra.txt" in extra["observed"] and ran["observed"] == "exit 0" and never["observed"] == "it never ran"
    (criterion,) = review.claims
    assert (criterion["verdict"], criterion["observed"]) == ("so", 'bells.py:4 def small():; bells.py:5 return "ting"')


def test_step_page_report_markdown_and_json_show_them(hand, client):
    client.force_login(hand.user)
    page = client.get(f"/runs/{hand.run.pk}/steps/2/").content.decode()
    assert "it never ran" in page and "not told" in page and "def small" in page
    value = report(hand.run)
    step = next(step for step in value["steps"] if step["key"] == "2")
    assert len(step["claims"]) == 6 and set(step["claims"][0]) == {"kind", "claimed", "observed", "verdict"}
    text = markdown(value)
    assert "claims: 3 of 6 are so" in text and "not so: `ls docs` passed: it never ran" in text
    assert "it never ran" in client.get(f"/runs/{hand.run.pk}/report/").content.decode()


def test_a_report_that_was_judged_before_claims_were_kept_stays_readable(hand, client):
    old = {name: value for name, value in SAID.items() if name not in ("tests", "commands")}
    Dispatch.objects.filter(role="builder").update(claims=[], report=old)
    client.force_login(hand.user)
    page = client.get(f"/runs/{hand.run.pk}/steps/2/").content.decode()
    assert "modified, +4 −0" in page and "not told" in page
