"""Whether the broker answers. It is only a doorbell: without it work goes on by the sweep, and pages hear late."""

from __future__ import annotations

import time

from django.conf import settings

LOOK_SECONDS = 2.0
AWAY = (
    "Degraded: the broker (Redis) does not answer. Work goes on by the sweep, more slowly, and open pages are not told "
    "of it. Start Redis again: all else comes back by itself."
)
_looked = (float("-inf"), "")


def trouble() -> str:
    """What is wrong with the broker, as a sentence; "" when it answers or none is needed. Asked every two seconds."""
    global _looked
    if not settings.REDIS_URL:
        return ""
    at, found = _looked
    if time.monotonic() - at >= LOOK_SECONDS:
        found = "" if _answers() else AWAY
        _looked = (time.monotonic(), found)
    return found


def _answers() -> bool:
    import redis  # only where one is used

    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
