"""The record under /admin/: read, filter, search, export. Nobody adds, changes or deletes anything here."""

from __future__ import annotations

import csv
import json
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from orchestrator.models import Artifact, Candidate, CheckRun, Decision, Dispatch, Event, Finding, Receipt, Run, RunStep


@admin.action(description="Export as CSV")
def export(model_admin: ReadOnly, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
    """Every column of the chosen rows; a cell that a spreadsheet would run as a formula gets an apostrophe."""
    names = [field.attname for field in model_admin.model._meta.concrete_fields]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{model_admin.model._meta.model_name}.csv"'
    writer = csv.writer(response)
    writer.writerow(names)
    for row in rows.iterator():
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return response


def _cell(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


class ReadOnly(admin.ModelAdmin):
    """What all have in common: staff may look, and only look."""

    actions = [export]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


def shown(model: type[Model], columns: str, filters: str, search: str, day: str = "", related: str = "") -> None:
    """Register a model: names are separated by blanks."""
    options = {
        "list_display": columns.split(),
        "list_filter": filters.split(),
        "search_fields": search.split(),
        "date_hierarchy": day or None,
        "list_select_related": related.split() or False,
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnly,), options))


shown(
    Run,
    "id plan project status profile scope branch scripted unsafe created_by created_at ended_at",
    "status project profile scripted unsafe created_by",
    "plan__title plan__path branch",
    "created_at",
    "plan project created_by",
)
shown(RunStep, "run key title status stage round blocked_by landed_oid started_at ended_at", "status run", "key title")
shown(
    Dispatch,
    "id run step role runner model attempt round status created_at ended_at",
    "status role runner run",
    "step__key detail brief",
    "created_at",
    "step",
)
shown(
    Decision,
    "id run kind status option decided_by via decided_at reason",
    "status kind option decided_by via run",
    "reason instructions",
    "opened_at",
    "decided_by",
)
shown(Event, "chain seq at actor via kind step", "kind via actor", "=step actor kind body")
shown(
    Finding,
    "id run step guard severity status path line title",
    "guard severity status run",
    "title path detail",
    "",
    "step",
)
shown(
    Candidate,
    "id run step status oid base_oid created_at ended_at",
    "status run",
    "oid step__key",
    "created_at",
    "step",
)
shown(Artifact, "id check_run path kind bytes sha256", "kind", "path sha256")
shown(CheckRun, "id candidate position verdict source item exit_code seconds", "verdict source", "item command output")
shown(Receipt, "id run digest approved_by via approved_at", "approved_by via", "digest", "approved_at", "approved_by")

admin.site.site_header = "Signalbox: the record"
admin.site.site_title = "Signalbox"
admin.site.index_title = "Who decided what, when, on which evidence"
