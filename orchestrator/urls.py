"""All addresses. The dashboard stands at the root, the read-only record under /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("orchestrator.web.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "orchestrator.web.errors.bad_request"
handler403 = "orchestrator.web.errors.refused"
handler404 = "orchestrator.web.errors.not_found"
handler500 = "orchestrator.web.errors.broke"
