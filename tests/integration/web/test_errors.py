"""Whatever goes wrong is a page with a cause, a next act and the request's id; a part of a page gets a note."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import DatabaseError
from django.test import Client

from orchestrator.web import errors

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(answer, status: int) -> str:
    """The page of an error, whose id is that of the answer's header."""
    assert answer.status_code == status
    html = answer.content.decode()
    assert re.fullmatch(r"[0-9a-f]{12}", answer["X-Request-Id"]) and answer["X-Request-Id"] in html
    assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)
    assert "<h1>" in html and 'class="brand"' in html and "Traceback" not in html
    return html


def test_every_answer_carries_an_id_of_its_own(client):
    first, second = (client.get("/")["X-Request-Id"] for _ in range(2))
    assert first != second


def test_nothing_at_an_address_is_said_signed_in_and_signed_out(client, stranger):
    assert "To the inbox" in page_of(client.get("/nowhere/"), 404)
    assert "To the runs" in page_of(client.get("/runs/99/"), 404)
    html = page_of(stranger.get("/nowhere/"), 404)
    assert 'href="/sign-in/"' in html and "To the inbox" not in html


def test_a_form_without_its_token_is_refused_with_what_to_do(hand):
    client = Client(enforce_csrf_checks=True)
    client.force_login(hand.user)
    assert "load the page again" in page_of(client.post("/sign-out/"), 403)


def test_an_address_that_only_takes_a_button_says_so(client):
    assert "Go back to the page with the button" in page_of(client.get("/sign-out/"), 405)


def test_a_form_that_is_too_large_is_said_to_be(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert "This is too large" in page_of(client.post("/projects/add/", {"location": "x" * 5000}), 413)


def test_a_host_that_is_not_ours_is_refused_without_a_trace(client):
    assert "could not be read" in page_of(client.get("/", headers={"Host": "evil.example"}), 400)


def test_who_comes_second_to_an_answer_is_told_who_was_first(client, other, hand, failed):
    answer = {"option": "skip", "reason": "no", "version": failed.version}
    client.post(f"/decisions/{failed.pk}/", answer)
    told = other.post(f"/decisions/{failed.pk}/", {**answer, "option": "abort"})
    assert told.status_code == 409 and "ada" in told.content.decode()
    client.post(f"/decisions/{failed.pk}/now/")
    html = page_of(client.post(f"/decisions/{failed.pk}/undo/"), 422)
    assert 'role="alert"' in html


def test_a_fault_of_ours_is_a_page_and_a_log_line_with_the_same_id(rf, hand):
    request = rf.get("/")
    errors.Requests(lambda request: None).process_request(request)
    request.user = hand.user
    html = errors.broke(request).content.decode()
    assert request.request_id in html and "log says more" in html
    record = logging.makeLogRecord({"request": request, "msg": "Internal Server Error: /"})
    assert errors.WithRequestId().filter(record) and record.request_id == request.request_id


def test_without_a_database_the_page_needs_none(rf):
    class Gone:
        @property
        def is_authenticated(self):
            raise DatabaseError

    request = rf.get("/")
    errors.Requests(lambda request: None).process_request(request)
    request.user = Gone()
    answer = errors.broke(request)
    assert answer.status_code == 500 and request.request_id in answer.content.decode()


def test_a_part_of_a_page_gets_a_note_and_whoever_is_signed_out_the_whole_way_in(client, stranger, failed):
    part = client.get("/decisions/99/preview/", headers={"HX-Request": "true"})
    assert part.status_code == 404 and "<html" not in part.content.decode()
    assert part["X-Request-Id"] in part.content.decode()
    out = stranger.get(f"/decisions/{failed.pk}/preview/", headers={"HX-Request": "true"})
    assert out.status_code == 401 and out["HX-Refresh"] == "true"
