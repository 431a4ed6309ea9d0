"""The evidence page tells every row as it is, and hands out what checks left without ever running it."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from orchestrator import markdown, reports
from orchestrator.engine import retention
from orchestrator.models import Artifact, Event, Run
from tests.integration.engine.hand import Hand
from tests.repositories import plan_of, repository

pytestmark = pytest.mark.django_db(transaction=True)

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TESTS = """import unittest, bells


class Bells(unittest.TestCase):
    def test_small(self):
        self.assertEqual(bells.small(), 'ting')

    def test_big(self):
        self.assertEqual(bells.big(), 'bong')
"""
DRAW = (
    "draw:\n\tprintf 'SF:bells.py\\nDA:1,1\\nDA:2,0\\n' > lcov.info\n"
    "\tprintf '%s' \"$$(cat dot.txt)\" | base64 -d > a.png\n"
)
PROJECT = "[[checks]]\nname = 'web builds'\ncommand = 'make web'\npaths = ['web/**']\n"


@pytest.fixture
def hand(tmp_path, data):
    files = {
        "bells.py": "def small():\n    return 'ting'\n\n\ndef big():\n    return 'bang'\n",
        "test_bells.py": TESTS, "Makefile": DRAW, "dot.txt": base64.b64encode(DOT).decode(), "signalbox.toml": PROJECT,
    }  # fmt: skip
    items = ["All is well — `python3 -m unittest -q`", "It is drawn — `make draw`"]
    hand = Hand(repository(tmp_path / "bells", files, plan=plan_of(items, items)))
    hand.start()
    hand.approve()
    return hand


def page(client, hand: Hand, step: str = "1") -> str:
    return client.get(f"/runs/{hand.run.pk}/steps/{step}/evidence/").content.decode()


def build(hand: Hand, big: str) -> None:
    file = hand.folder() / "bells.py"
    file.write_text(f"def small():\n    return '{big}'\n\n\ndef big():\n    return 'bang'\n")
    hand.done()


@pytest.mark.ledger("X4", "B10")
def test_a_new_failure_stands_beside_what_was_there_before_with_both_runs(client, hand):
    build(hand, "clonk")
    html = page(client, hand)
    for said in (
        "2 failed: 1 new, 1 was there before", "New failures", "test_bells.Bells.test_small",
        "AssertionError: &#x27;clonk&#x27; != &#x27;ting&#x27;", "Failed before as well", "(once more)",
        "(on the base ",
        "2 collected, 0 passed, 2 failed", "0 of 1", "not run: 2", "1 not applicable",
        "nothing that fits web/** was changed",
    ):  # fmt: skip
        assert said in html, said
    card = client.get(f"/decisions/{hand.card().pk}/").content.decode()
    assert "test_bells.Bells.test_small: AssertionError" in card


@pytest.mark.ledger("X4", "B17")
def test_what_failed_before_lands_and_is_told_alike_on_the_page_and_in_the_report(client, hand):
    hand.do("notes.py", "x = 1\n")
    assert hand.step("1").status == "passed"
    html = page(client, hand)
    assert "nothing new" in html and "1 failed, nothing new" in html and "1 passed" in html
    (step, _) = reports.report(hand.run)["steps"]
    assert (step["checks_passed"], len(step["checks"]), len(step["not_applicable"])) == (1, 2, 1)
    text = markdown.markdown(reports.report(hand.run))
    assert "checks 1/2" in text and "failed, nothing new: All is well" in text and "1 was there before" in text
    assert "Red first does not apply: no test was added." in text


@pytest.mark.ledger("B10")
def test_images_stand_side_by_side_and_files_are_handed_out_but_never_shown_as_pages(client, hand, stranger):
    hand.do("notes.py", "x = 1\n")
    hand.do("notes.py", "y = 2\n")
    html = page(client, hand, "2")
    assert "Before, on the base" in html and html.count("<img src=") == 2
    for artifact in Artifact.objects.filter(check_run__candidate__step=hand.step("2")):
        url = f"/runs/{hand.run.pk}/steps/2/evidence/{artifact.pk}/"
        assert url in html
        answer = client.get(url)
        assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
        expected = "image/png" if artifact.kind == "image" else "application/octet-stream"
        assert answer["Content-Type"] == expected
        assert len(b"".join(answer.streaming_content)) == artifact.bytes
        assert stranger.get(url).status_code == 302
        assert client.get(f"/runs/{hand.run.pk}/steps/1/evidence/{artifact.pk}/").status_code == 404


def test_files_of_a_run_that_is_long_past_go_with_an_event_and_the_page_says_so(client, hand):
    hand.do("notes.py", "x = 1\n")
    past = timezone.now() - timedelta(days=10_000)
    Run.objects.filter(pk=hand.run.pk).update(status="aborted", ended_at=past)
    retention.remove_artifacts()
    retention.remove_artifacts()
    html = page(client, hand)
    assert "not kept any more" in html and "<img" not in html
    artifact = Artifact.objects.first()
    assert client.get(f"/runs/{hand.run.pk}/steps/1/evidence/{artifact.pk}/").status_code == 404
    (event,) = Event.objects.filter(chain=hand.run.pk, kind="run.artifacts_removed")
    assert json.loads(event.body)["files"] == len({artifact.sha256 for artifact in Artifact.objects.all()})


@pytest.mark.ledger("X3")
def test_a_check_that_was_not_run_again_says_where_it_was_run(client, hand):
    build(hand, "clonk")
    hand.decide("recheck")
    assert "Not run again: it passed on this very tree" in page(client, hand)
