"""Plans name their steps as they like: every page of such a step opens, and every link to it leads there."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from orchestrator.models import Event, RunStep

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("step", "step-log", "step-diff", "step-evidence")
KEYS = ("4.5", "T120.3b", "a/b", "#1", "the first step", "~1", "..", "ä?x=%2F&y", 'q"<b>', "log")


@pytest.mark.parametrize("key", KEYS)
def test_every_page_of_a_step_with_an_odd_key_opens_with_its_parts(client, hand, failed, key):
    RunStep.objects.filter(run=hand.run, key="2").update(key=key)
    Event.objects.filter(chain=hand.run.pk, step="2").update(step=key)
    for name in PAGES:
        url = reverse(name, args=[hand.run.pk, key])
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = answer.content.decode()
        assert "Add the small bell" in page
        for region in re.findall(r'data-region="([^"]+)"', page):
            assert client.get(html.unescape(region)).status_code == 200, region
    assert client.post(reverse("hand-in", args=[hand.run.pk, key])).status_code == 404, "it is not with a person"


@pytest.mark.parametrize("key", KEYS)
def test_every_list_leads_to_a_step_with_an_odd_key(client, hand, failed, key):
    RunStep.objects.filter(run=hand.run, key="2").update(key=key)
    url = reverse("step", args=[hand.run.pk, key])
    for page in (f"/runs/{hand.run.pk}/", f"/runs/{hand.run.pk}/report/", f"/decisions/{failed.pk}/"):
        links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', client.get(page).content.decode())]
        assert url in links, page


def test_a_region_hears_of_a_step_whose_key_has_spaces(client, hand, failed):
    RunStep.objects.filter(run=hand.run, key="2").update(key="the first step")
    page = client.get(reverse("step", args=[hand.run.pk, "the first step"])).content.decode()
    assert "step:the first step" in [w for on in re.findall(r'data-on="([^"]+)"', page) for w in on.split("\n")]
