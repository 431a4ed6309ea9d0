"""The server's two doors: pages over HTTP, news over a socket. Both need a signed-in person and a known host."""

from __future__ import annotations

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
pages = get_asgi_application()

from orchestrator.web.consumers import News  # noqa: E402 - the apps have to be loaded first

sockets = URLRouter([path("live/", News.as_asgi())])
application = ProtocolTypeRouter(
    {"http": pages, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))}
)
