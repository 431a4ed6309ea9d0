"""The rehearsal server, asked over plain HTTP as any client may."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from agents.rehearsal import Fault, RehearsalServer

REQUEST = {
    "model": "any",
    "metadata": {"user_id": "builder/4/1"},
    "messages": [{"role": "user", "content": "# Build step 4: Paint it\n"}],
}


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    server = RehearsalServer()
    yield server
    server.stop()


def post(url: str, body: dict[str, Any]) -> tuple[int, bytes, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_a_whole_message_is_answered_without_streaming(server):
    status, body, _ = post(server.start() + "/v1/messages", REQUEST)
    message = json.loads(body)
    assert (status, message["stop_reason"]) == (200, "tool_use")
    assert "- 4: Paint it" in message["content"][1]["input"]["command"]


def test_a_stream_has_the_events_of_the_api_in_their_order(server):
    _, body, _ = post(server.start() + "/v1/messages", {**REQUEST, "stream": True})
    names = [line.removeprefix("event: ") for line in body.decode().splitlines() if line.startswith("event: ")]
    once = [name for number, name in enumerate(names) if names[number - 1 : number] != [name]]
    block = ["content_block_start", "content_block_delta", "content_block_stop"]
    assert once == ["message_start", *block, *block, "message_delta", "message_stop"]


def test_it_keeps_nothing_between_two_requests(server):
    url = server.start() + "/v1/messages"
    assert post(url, REQUEST)[1] == post(url, REQUEST)[1]


@pytest.mark.parametrize(
    ("fault", "status"),
    [("rate_limit", 429), ("overloaded", 529), ("error", 500), ("authentication", 401)],
)
def test_a_planned_fault_happens_as_often_as_planned(fault, status):
    server = RehearsalServer(faults=(Fault(kind=fault, times=2, retry_after=3),))
    url = server.start() + "/v1/messages"
    answers = [post(url, REQUEST) for _ in range(3)]
    server.stop()
    assert [answer[0] for answer in answers] == [status, status, 200]
    assert answers[0][2]["retry-after"] == "3"


@pytest.mark.parametrize("changed", [{"metadata": {"user_id": "me"}}, {"messages": []}, {"messages": 3}])
def test_a_request_that_cannot_be_played_is_a_clear_400(server, changed):
    status, body, _ = post(server.start() + "/v1/messages", {**REQUEST, **changed})
    assert status == 400
    assert "cannot be played" in json.loads(body)["error"]["message"]


def test_an_unknown_place_is_a_clear_404(server):
    assert post(server.start() + "/nowhere/v1/messages", REQUEST)[0] == 404


def test_it_stops_in_the_middle_of_a_stall():
    server = RehearsalServer(faults=(Fault(kind="stall", seconds=60),))
    server.start()
    server.stop()
    assert server.stopping.is_set()
