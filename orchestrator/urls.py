"""All addresses. The dashboard stands at the root, the read-only record under /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("orchestrator.web.urls")),
    path("admin/", admin.site.urls),
]
