"""The record under /admin/: who decided what, when, on which evidence; nobody edits it."""

from __future__ import annotations

import pytest
from django.contrib import admin

from orchestrator.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.ledger("C2")
def test_every_table_can_be_looked_at_filtered_and_searched(client, hand, failed):
    for model, shown in admin.site._registry.items():
        if model._meta.app_label != "orchestrator":
            continue
        url = f"/admin/orchestrator/{model._meta.model_name}/"
        assert client.get(url).status_code == 200
        assert client.get(url, {"q": "x"}).status_code == 200
        assert shown.list_filter and shown.search_fields
        first = model.objects.first()
        if first:
            assert client.get(f"{url}{first.pk}/change/").status_code == 200


@pytest.mark.ledger("C2")
def test_nothing_can_be_added_changed_or_deleted(client, hand, failed):
    for model in admin.site._registry:
        if model._meta.app_label != "orchestrator" or not model.objects.exists():
            continue
        url, first = f"/admin/orchestrator/{model._meta.model_name}/", model.objects.first()
        assert client.get(f"{url}add/").status_code == 403
        assert client.post(f"{url}{first.pk}/change/", {"kind": "x"}).status_code == 403
        assert client.post(f"{url}{first.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.ledger("C2")
def test_rows_are_exported_and_run_nothing_in_a_spreadsheet(client, hand, failed):
    Event.objects.filter(kind="run.created").update(actor="=cmd()")
    chosen = list(Event.objects.values_list("pk", flat=True))
    answer = client.post("/admin/orchestrator/event/", {"action": "export", "_selected_action": chosen})
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/csv") and "decision.opened" in text
    assert "'=cmd()" in text and ",=cmd()" not in text


def test_only_staff_see_the_record(other):
    assert other.get("/admin/orchestrator/event/").status_code == 302
