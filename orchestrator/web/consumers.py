"""The one socket of a page: `/live/?run=<id>` for a page of one run, `/live/` for a page over many."""

from __future__ import annotations

import asyncio
import json
import time
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from orchestrator.web.access import runs_of
from orchestrator.web.live import ALL_RUNS, group_of

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
NEAR_SECONDS, FAR_SECONDS = 0.1, 2.0
"""How long news of the page's own run, and of other runs, is gathered after some was sent."""
SIGNED_OUT, NOT_FOUND = 4401, 4404


class News(AsyncWebsocketConsumer):
    """Sends the newest number of each run; never reads. A person who is signed out is cut off within seconds."""

    async def connect(self) -> None:
        self.run_id = _run_id(self.scope)
        self.groups_joined: list[str] = []
        self.waiting: dict[tuple[int, int], dict[str, Any]] = {}
        self.sent_at = {True: 0.0, False: 0.0}
        self.tasks: dict[Any, asyncio.Task[None]] = {}
        refusal = await self._refusal()
        await self.accept()
        if refusal:
            await self.close(refusal)
            return
        self.groups_joined = [ALL_RUNS, *([group_of(self.run_id)] if self.run_id else [])]
        await self._join()
        self.tasks["recheck"] = asyncio.create_task(self._recheck())

    async def _join(self) -> None:
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)
        for task in self.tasks.values():
            task.cancel()

    async def news(self, message: dict[str, Any]) -> None:
        """A message of the layer. A page of one run hears of its own run at once and of the others now and then."""
        news = message["news"]
        own = news["run"] == self.run_id
        if own and message["group"] == ALL_RUNS:
            return
        key = (news["run"], news.get("dispatch", 0))
        if _number(news) < _number(self.waiting.get(key, {})):
            return  # overtaken on the way
        self.waiting[key] = news
        near = own or self.run_id is None
        if near not in self.tasks or self.tasks[near].done():
            self.tasks[near] = asyncio.create_task(self._flush(near))

    async def _flush(self, near: bool) -> None:
        gap = NEAR_SECONDS if near else FAR_SECONDS
        await asyncio.sleep(max(0.0, self.sent_at[near] + gap - time.monotonic()))
        self.sent_at[near] = time.monotonic()
        chosen = [key for key in self.waiting if (key[0] == self.run_id or self.run_id is None) == near]
        for key in chosen:
            await self.send(json.dumps(self.waiting.pop(key)))

    async def _recheck(self) -> None:
        """A session that ended, a person who was switched off: neither is told to an open socket by anyone."""
        while True:
            await asyncio.sleep(settings.SOCKET_RECHECK_SECONDS)
            self.scope["session"] = SessionStore(self.scope["session"].session_key)
            self.scope["user"] = await get_user(self.scope)
            refusal = await self._refusal()
            if refusal:
                await self.close(refusal)
                return
            await self._join()  # a layer that lost its memory has forgotten who listens

    async def _refusal(self) -> int:
        user = self.scope["user"]
        if not user.is_authenticated or not user.is_active:
            return SIGNED_OUT
        if self.run_id is None or await runs_of(user).filter(pk=self.run_id).aexists():
            return 0
        return NOT_FOUND


def _number(news: dict[str, Any]) -> int:
    return int(news.get("size", news.get("seq", -1)))


def _run_id(scope: dict[str, Any]) -> int | None:
    given = parse_qs(scope["query_string"].decode("ascii", "replace")).get("run", [""])[0]
    return int(given) if given.isdecimal() and len(given) < 12 else None
