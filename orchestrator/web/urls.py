"""The dashboard's addresses."""

from __future__ import annotations

urlpatterns: list = []
