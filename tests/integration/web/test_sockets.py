"""The socket: known origin, signed-in person, `{run, seq}` and nothing else."""

from __future__ import annotations

import asyncio
import json

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session

from orchestrator import events
from orchestrator.asgi import application
from orchestrator.web import live

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "http://localhost"


class Socket(ApplicationCommunicator):
    """A browser's end of a socket, at the application itself."""

    def __init__(self, client, path: str = "/live/", origin: str | None = HERE) -> None:
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
        headers += [(b"origin", origin.encode())] if origin else []
        at, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": at,
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout=3))["type"] == "websocket.accept"

    async def code(self) -> int:
        """What it was closed with."""
        return (await self.receive_output(timeout=3))["code"]

    async def hear(self) -> dict:
        return json.loads((await self.receive_output(timeout=3))["text"])


async def connects(client, origin: str | None) -> bool:
    return await Socket(client, origin=origin).connect()


async def closed_with(client, path: str = "/live/") -> int:
    socket = Socket(client, path)
    assert await socket.connect()
    return await socket.code()


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_a_socket_of_another_site_is_refused(client, origin):
    assert not async_to_sync(connects)(client, origin)


def test_a_stranger_is_cut_off(stranger, hand):
    assert async_to_sync(closed_with)(stranger) == 4401


def test_a_run_that_is_not_there_is_told_as_such(client):
    assert async_to_sync(closed_with)(client, "/live/?run=99") == 4404


async def heard(client, path: str, tell) -> list[dict]:
    watcher = live.attach(asyncio.get_running_loop())
    socket = Socket(client, path)
    assert await socket.connect()
    await asyncio.to_thread(tell)
    news = []
    while not await socket.receive_nothing(timeout=0.4):
        news.append(await socket.hear())
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait()
    if watcher:
        watcher.stop()
        await asyncio.to_thread(watcher.join)
    return news


def test_a_change_in_a_thread_reaches_the_page_of_its_run(client, hand):
    run = hand.start().pk
    news = async_to_sync(heard)(client, f"/live/?run={run}", lambda: events.publish(run, 1_000))
    assert {"run": run, "seq": 1_000} in news
    assert all(set(hint) == {"run", "seq"} for hint in news)


def test_a_burst_is_gathered_and_its_last_number_arrives(client, hand):
    run = hand.start().pk

    def burst() -> None:
        for seq in range(1_000, 1_500):
            events.publish(run, seq)

    news = async_to_sync(heard)(client, "/live/", burst)
    assert news[-1] == {"run": run, "seq": 1_499} and len(news) < 20


def test_news_of_a_log_go_to_the_page_of_its_run_only(client, hand):
    run = hand.start().pk
    tell = lambda: events.publish_log(run, 7, 4_096)  # noqa: E731
    mine = async_to_sync(heard)(client, f"/live/?run={run}", tell)
    assert {"run": run, "dispatch": 7, "size": 4_096} in mine
    tell_more = lambda: events.publish_log(run, 7, 8_192)  # noqa: E731
    assert all("dispatch" not in hint for hint in async_to_sync(heard)(client, "/live/", tell_more))


def test_a_person_who_signed_out_is_cut_off_soon(client, hand, settings):
    settings.SOCKET_RECHECK_SECONDS = 0.1

    async def close() -> int:
        socket = Socket(client)
        assert await socket.connect()
        await database_sync_to_async(Session.objects.all().delete)()
        return await socket.code()

    assert async_to_sync(close)() == 4401
