"""The guards in a run: what they find opens the card, and neither report nor reviewer is asked first."""

from __future__ import annotations

import pytest

from agents.rehearsal.script import Call, Turn
from orchestrator.engine import logbook
from orchestrator.exceptions import PersonError
from orchestrator.models import Candidate, Dispatch, Event, Finding
from orchestrator.reports import report
from tests.integration.cards.agents import SMALL, Agents, built, scene, shell
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = pytest.mark.django_db(transaction=True)

TESTS = """import bells


def test_name():
    assert bells.__doc__ == "Bells."


def test_none():
    assert 1 + 1 == 2
"""
KEY = "AKIA" + "Q3EGTRXW7M2LKJ5P"
SETTINGS = """[[forbidden]]
pattern = '\\bprint\\('
paths = ["*.py"]
reason = "Bells ring, they do not print."

[guards]
fence = ["*.py", "tests/**", "README.md"]
"""
FILES = {"tests/test_bells.py": TESTS, ".github/workflows/ci.yml": "on: push\n", "signalbox.toml": SETTINGS}


@pytest.fixture
def agents(tmp_path, settings, data):
    here = Agents(tmp_path / "scripted", settings)
    source = repository(tmp_path / "guarded", FILES)
    here.hand = Hand(source)
    yield here
    here.server.stop()


@pytest.fixture
def person(tmp_path, data):
    return Hand(
        repository(tmp_path / "guarded", {name: text for name, text in FILES.items() if name != "signalbox.toml"})
    )


@pytest.mark.ledger("X5", "X7")
def test_a_weakened_test_stops_the_step_before_any_review(agents):
    weaken = "sed -i 's/== \"Bells.\"/is not None/' tests/test_bells.py"
    hand = agents.play(scene(shell(SMALL), shell(weaken), built("bells.py", "tests/test_bells.py")))
    card = hand.card("claim")
    (reason,) = card.payload["reasons"]
    assert (reason["guard"], reason["path"], reason["line"]) == ("tamper", "tests/test_bells.py", 5)
    assert "is not None" in reason["text"] and "accept_gap" not in card.options
    assert not Dispatch.objects.filter(role="reviewer").exists()
    found = Finding.objects.get(guard="tamper")
    assert (found.severity, found.path, found.line, len(found.identity)) == ("blocking", "tests/test_bells.py", 5, 64)


@pytest.mark.ledger("B12", "X5")
def test_a_guards_card_speaks_of_the_guard_and_says_what_going_on_unchanged_means(agents, client):
    weaken = "sed -i 's/== \"Bells.\"/is not None/' tests/test_bells.py"
    hand = agents.play(scene(shell(SMALL), shell(weaken), built("bells.py", "tests/test_bells.py")))
    client.force_login(hand.user)
    card = f"/decisions/{hand.card().pk}/"
    for page in (card, "/"):
        html = client.get(page).content.decode()
        assert "refused by a guard" in html and "claim does not hold" not in html
    assert "what a guard refuses is no gap" in client.get(card).content.decode()
    told = client.get(f"{card}preview/", {"option": "recheck"}).content.decode()
    assert "stays in the work and stops the step no more" in told and "same result is likely" not in told


@pytest.mark.ledger("M15", "M23", "X6")
def test_the_plan_the_rules_the_fence_and_the_forbidden_patterns_hold(agents):
    """The jail holds the rules that are there; a new one is for the guards to find."""
    wrong = "; ".join(
        [
            "echo more >> PLAN.md", "echo more >> signalbox.toml", "echo hi > notes.txt",
            "mkdir -p .cursor/rules", "echo more > .cursor/rules/a.md", "echo 'print(1)' >> bells.py",
        ]
    )  # fmt: skip
    hand = agents.play(scene(shell(SMALL), shell(wrong), built("bells.py")))
    reasons = hand.card("claim").payload["reasons"]
    assert {(reason["guard"], reason["path"]) for reason in reasons} == {
        ("plan", "PLAN.md"), ("rules", ".cursor/rules/a.md"), ("forbidden", "bells.py"),
        ("fence", "notes.txt"), ("fence", "PLAN.md"), ("fence", ".cursor/rules/a.md"),
    }  # fmt: skip


@pytest.mark.ledger("X7")
def test_a_claim_without_its_change_is_named(agents):
    hand = agents.play(scene(shell(SMALL), built("bells.py", "docs/BELLS.md")))
    (reason,) = hand.card("claim").payload["reasons"]
    assert reason["guard"] == "phantom" and "docs/BELLS.md" in reason["text"]


@pytest.mark.ledger("B13", "X6")
def test_a_person_may_edit_the_pipeline_and_is_told_but_may_not_add_a_secret(person, client):
    hand = person
    hand.start()
    hand.approve()
    (hand.folder() / ".github/workflows/ci.yml").write_text("on: [push, pull_request]\n")
    hand.do("bells.py", f"\n\nKEY = '{KEY}'\n\n\ndef small():\n    return 'ting'\n")
    (reason,) = hand.card("claim").payload["reasons"]
    assert reason["guard"] == "secrets" and reason["line"] == 4 and KEY not in str(Event.objects.values_list("body"))
    assert Finding.objects.get(guard="tamper").severity == "advisory"
    client.force_login(hand.user)
    for page in (f"/decisions/{hand.card().pk}/", f"/runs/{hand.run.pk}/steps/2/diff/"):
        html = client.get(page).content.decode()
        assert f"{KEY[:4]}…" in html and KEY not in html
    file = hand.held() / "bells.py"
    file.write_text(file.read_text().replace(f"KEY = '{KEY}'\n", ""))
    hand.decide("recheck")
    assert hand.step("2").status == "passed"
    assert Finding.objects.get(guard="secrets").status == "addressed"
    assert "pull_request" in git(hand.source, "show", f"{hand.run.branch}:.github/workflows/ci.yml")


def test_the_log_keeps_no_secret_that_a_command_wrote(agents):
    hand = agents.play(scene(shell(f"echo \"KEY = '{KEY}'\" >> bells.py"), built("bells.py")))
    told = str(list(logbook.entries(Dispatch.objects.get(run=hand.run, role="builder"))))
    assert "[redacted AWS key]" in told and KEY not in told
    assert hand.card("claim").payload["reasons"][0]["guard"] == "secrets"


def test_a_report_keeps_no_secret_and_its_claims_are_judged_all_the_same(agents, client):
    command = f"echo {KEY} && test -f bells.py"
    said = {"command": command, "result": "passed", "tests": None}
    told = {"files": [{"path": "bells.py", "intent": KEY}], "decisions": [KEY], "deviations": [], "summary": KEY}
    report_call = Turn(say=KEY, calls=(Call(tool="report", input=told | {"commands": [said]}),))
    hand = agents.play(scene(shell(SMALL), shell(command), report_call), scope="2")
    build = Dispatch.objects.earliest("id")
    assert [row["verdict"] for row in build.claims if row["kind"] == "command"] == ["so"]
    client.force_login(hand.user)
    pages = [client.get(f"/runs/{hand.run.pk}/{place}").content.decode() for place in ("", "steps/2/", "report/")]
    assert KEY not in str([*pages, build.report, build.claims, report(hand.run), list(logbook.entries(build))])


def test_what_a_person_adds_while_mending_meets_the_guards_on_its_way_to_the_branch(person):
    hand = person
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    file = hand.held() / "bells.py"
    file.write_text(file.read_text().replace("clonk", "ting") + f"\n\nKEY = '{KEY}'\n")
    hand.card("check")
    hand.decide("recheck")
    (reason,) = hand.card("claim").payload["reasons"]
    assert (reason["guard"], reason["path"]) == ("secrets", "bells.py")
    assert [candidate.status for candidate in Candidate.objects.order_by("id")] == ["red", "red"]
    # The person has seen it and says why it may stay: it is told once.
    with pytest.raises(PersonError, match="say in a reason why it may stay"):
        hand.decide("recheck")
    hand.decide("recheck", reason="a key of the tests")
    assert hand.step("2").status == "passed"
    assert Finding.objects.get(guard="secrets").status == "open"
    assert "a key of the tests" in str(report(hand.run))
