"""The card: what was read is what happens, the first answer wins, and an answer can be taken back."""

from __future__ import annotations

import re
from html import unescape

import pytest

from orchestrator.models import Decision, Event
from plans.models import Revision

pytestmark = pytest.mark.django_db(transaction=True)


def read(client, card: Decision, option: str, **more) -> str:
    """The digest of the preview that the page shows."""
    html = client.get(f"/decisions/{card.pk}/preview/", {"option": option, **more}).content.decode()
    return re.search(r'name="preview" value="(\w+)"', html)[1]


def answer(client, card: Decision, option: str, **more):
    return client.post(f"/decisions/{card.pk}/", {"option": option, "version": card.version, **more})


@pytest.mark.ledger("B12")
def test_the_card_shows_why_and_offers_the_options_in_their_order(client, failed):
    html = client.get(f"/decisions/{failed.pk}/").content.decode()
    assert "AssertionError" in html and "exit 1" in html
    offered = re.findall(r'name="option" value="(\w+)"', html)
    assert offered == ["recheck", "rebuild", "skip", "accept_gap", "abort"]
    assert not re.search(r'name="option"[^>]*checked', html)


def test_an_open_card_says_that_a_further_reason_has_joined_it(client, failed):
    html = client.get(f"/decisions/{failed.pk}/").content.decode()
    region = unescape(re.search(r'id="region-status" data-region="([^"]+)"', html)[1])
    assert "further reason" not in html and "further reason" not in client.get(region).content.decode()
    Decision.objects.filter(pk=failed.pk).update(version=failed.version + 1)
    assert "A further reason has joined this card" in client.get(region).content.decode()
    assert "further reason" not in client.get(f"/decisions/{failed.pk}/").content.decode()


def test_looking_at_what_an_option_would_do_changes_nothing(client, failed):
    before = Event.objects.count()
    html = client.get(f"/decisions/{failed.pk}/preview/", {"option": "skip"}).content.decode()
    assert "becomes skipped, not complete" in html and "Blocked by it" in html and "Add the big bell" in html
    assert Event.objects.count() == before


def test_an_answer_binds_to_what_was_read(client, failed):
    reply = answer(client, failed, "skip", reason="no bell", preview="0" * 64)
    assert reply.status_code == 409 and "has changed since you read it" in reply.content.decode()
    failed.refresh_from_db()
    assert failed.status == "open"
    assert answer(client, failed, "skip", reason="no bell", preview=read(client, failed, "skip")).status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.option, failed.reason) == ("armed", "skip", "no bell")


def test_a_missing_reason_is_asked_for_beside_the_form(client, failed):
    reply = answer(client, failed, "skip")
    assert reply.status_code == 422 and "needs a reason" in reply.content.decode()
    assert "Commit decision" in reply.content.decode()


def test_the_second_person_is_told_who_decided_what(client, other, failed):
    answer(client, failed, "skip", reason="no bell")
    reply = answer(other, failed, "rebuild", instructions="say ting")
    assert reply.status_code == 409
    assert "ada chose &#x27;skip&#x27;" in reply.content.decode() or "was chosen by ada" in reply.content.decode()


def test_the_same_form_sent_twice_is_one_answer(client, failed):
    assert answer(client, failed, "skip", reason="no bell").status_code == 302
    assert answer(client, failed, "skip", reason="no bell").status_code == 302
    assert Event.objects.filter(kind="decision.decided").count() == 1


def test_an_armed_answer_can_be_taken_back_from_any_page(client, failed):
    answer(client, failed, "skip", reason="no bell")
    page = client.get("/runs/").content.decode()
    assert "An answer that can still be taken back" in page
    reply = client.post(f"/decisions/{failed.pk}/undo/", {"back": "/runs/"})
    assert reply["Location"] == "/runs/"
    failed.refresh_from_db()
    assert (failed.status, failed.option) == ("open", "")
    assert client.post(f"/decisions/{failed.pk}/undo/").status_code == 422


def test_the_way_back_leads_to_no_other_site(client, failed):
    answer(client, failed, "skip", reason="no bell")
    reply = client.post(f"/decisions/{failed.pk}/now/", {"back": "//evil.example/"})
    assert reply["Location"] == f"/decisions/{failed.pk}/"


def test_dependents_that_run_anyway_are_part_of_the_preview(client, hand, failed):
    html = client.get(f"/decisions/{failed.pk}/preview/", {"option": "skip", "run_anyway": "3"}).content.decode()
    assert "Step 3, Add the big bell, runs although" in html and "Blocked by it" not in html
    digest = read(client, failed, "skip", run_anyway="3")
    assert answer(client, failed, "skip", reason="no", run_anyway="3", preview=digest).status_code == 302
    client.post(f"/decisions/{failed.pk}/now/")
    assert hand.step("3").status != "blocked"


def test_an_answered_card_is_a_record_without_a_form(client, hand, failed):
    answer(client, failed, "rebuild", instructions="say <ting>")
    html = client.get(f"/decisions/{failed.pk}/").content.decode()
    assert "by ada, web" in html and "say &lt;ting&gt;" in html and "Commit decision" not in html


def test_whoever_confirms_items_reads_what_the_guards_advise(client, hand):
    hand.start(scope="4")
    hand.approve()
    hand.append("requirements.txt", "carillon==2\n")
    hand.do("README.md", "A small bell\nand a big bell\n")
    html = client.get(f"/decisions/{hand.card('unproven').pk}/").content.decode()
    assert "What the guards found" in html and "requirements.txt asks for carillon" in html


def test_items_without_a_command_are_named_and_confirmed(client, hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")
    hand.do("README.md", "A small bell\nand a big bell\n")
    card = hand.card("unproven")
    html = client.get(f"/decisions/{card.pk}/").content.decode()
    assert "It reads well." in html and "Confirm the items" in html
    assert not re.search(r'name="item-1"[^>]*checked', html)
    silent = answer(client, card, "confirm")
    assert silent.status_code == 422 and "nothing was said of 1" in silent.content.decode()
    said = {"item-1": "holds"}
    assert answer(client, card, "confirm", preview=read(client, card, "confirm", **said), **said).status_code == 302
    hand.work()
    assert hand.step("4").status == "passed"


@pytest.mark.ledger("B5")
def test_who_commits_themself_is_shown_where_and_how(client, hand):
    hand.start(git="user")
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    card = hand.card("step")
    html = client.get(f"/decisions/{card.pk}/").content.decode()
    assert "Yours to commit" in html and "git commit -m &#x27;feat: add the small bell (step 2)&#x27;" in html
    assert answer(client, card, "continue", preview=read(client, card, "continue")).status_code == 302


@pytest.mark.ledger("B12", "X9")
def test_the_brief_of_a_rebuild_is_shown_as_it_is_then_sent(client, hand, failed):
    words = {"option": "rebuild", "instructions": "Say ting, <b>not</b> tong."}
    html = client.get(f"/decisions/{failed.pk}/preview/", words).content.decode()
    shown = unescape(re.search(r'<pre class="output">(.*?)</pre>', html, re.DOTALL)[1])
    assert "Say ting, <b>not</b> tong." in shown and "on top of the work so far" in html
    fresh = client.get(f"/decisions/{failed.pk}/preview/", {**words, "base": "fresh"}).content.decode()
    assert "from what has landed" in fresh
    answer(client, failed, "rebuild", instructions=words["instructions"])
    hand.work()
    assert hand.run.dispatches.latest("id").brief == shown


def test_what_an_answer_did_stays_as_it_was_shown(client, hand, failed):
    shown = client.get(f"/decisions/{failed.pk}/preview/", {"option": "rebuild", "instructions": "x"}).content.decode()
    fact = re.search(r"Starts attempt 2 of the build, on top of the work so far \(\w+\)\.", shown)[0]
    answer(client, failed, "rebuild", instructions="x")
    hand.work()
    hand.do("bells.py", "# more\n")
    assert fact in client.get(f"/decisions/{failed.pk}/").content.decode()


@pytest.mark.ledger("B7", "B17")
def test_a_batch_card_and_the_batchs_own_page_tell_the_same(client, hand, failed):
    answer(client, failed, "skip", reason="no bell")
    client.post(f"/decisions/{failed.pk}/now/")
    hand.work()
    card = hand.card("batch")
    pages = [
        client.get(path).content.decode() for path in (f"/decisions/{card.pk}/", f"/runs/{hand.run.pk}/batches/1/")
    ]
    reports = [re.search(r'<ul class="reports">.*?</dl>', html, re.DOTALL)[0] for html in pages]
    assert reports[0] == reports[1]
    assert "skipped, not complete" in reports[0] and "Describe the bells" in reports[0]


def test_looking_at_any_card_or_page_stores_nothing(client, hand, failed):
    plan = hand.source / "PLAN.md"
    plan.write_text(plan.read_text().replace("A README.", "A README for visitors."))
    client.post(f"/runs/{hand.run.pk}/pause/", {"after": "now"})
    hand.work()
    before = Revision.objects.count(), Event.objects.count()
    for path in (f"/runs/{hand.run.pk}/", f"/decisions/{failed.pk}/", f"/runs/{hand.run.pk}/batches/1/", "/"):
        assert client.get(path).status_code == 200
    assert (Revision.objects.count(), Event.objects.count()) == before


@pytest.mark.ledger("B16")
def test_an_edited_plan_is_told_before_going_on_adopts_it(client, hand, failed):
    run = hand.run.pk
    client.post(f"/runs/{run}/pause/", {"after": "now"})
    plan = hand.source / "PLAN.md"
    plan.write_text(plan.read_text().replace("A README.", "A README for visitors."))
    html = client.get(f"/runs/{run}/").content.decode()
    assert "The plan was edited." in html and "step 4 was edited" in html
    client.post(f"/runs/{run}/resume/")
    assert Event.objects.filter(kind="run.plan_adopted", actor="ada", via="web").exists()
