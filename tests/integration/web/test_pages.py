"""Pages and fragments: one URL, one partial, and nothing that the rows do not hold."""

from __future__ import annotations

import re
from html import unescape

import pytest

from orchestrator.models import Decision, Dispatch, Run

pytestmark = pytest.mark.django_db(transaction=True)


def every_page(run: Run, card: int) -> list[str]:
    plan, run = run.plan_id, run.pk
    step = f"/runs/{run}/steps/2/"
    return [
        "/", "/runs/", "/start/", "/system/", "/plans/", f"/plans/{plan}/", f"/plans/{plan}/?tab=graph",
        f"/plans/{plan}/?tab=versions", f"/plans/{plan}/?tab=states", f"/runs/{run}/", f"/runs/{run}/?events=full",
        f"/runs/{run}/dispatch/", f"/runs/{run}/report/", f"/runs/{run}/abort/", f"/runs/{run}/batches/1/",
        "/projects/bells/agents/", step, f"{step}log/", f"{step}diff/", f"{step}evidence/", f"/runs/{run}/steps/1/",
        f"/runs/{run}/steps/1/evidence/",
        f"/decisions/{card}/",
    ]  # fmt: skip


def test_no_page_brings_a_style_or_a_script_of_its_own(client, hand, failed):
    for url in every_page(hand.run, failed.pk):
        answer = client.get(url)
        html = answer.content.decode()
        assert answer.status_code == 200, url
        assert "<style" not in html and not re.search(r"\sstyle=|\son\w+=|javascript:", html), url
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html)), url


def test_every_region_is_fetched_from_the_url_that_made_it(client, hand, failed):
    for url in every_page(hand.run, failed.pk):
        html = client.get(url).content.decode()
        for region in re.findall(r'data-region="([^"]+)"', html):
            fragment = client.get(region.replace("&amp;", "&"))
            assert fragment.status_code == 200, region
            same = re.sub(r'value="[^"]{60,}"', "", fragment.content.decode())  # tokens differ each time
            assert re.sub(r'value="[^"]{60,}"', "", html).find(same.strip()[:200]) >= 0, region
    assert client.get("/runs/?region=nonsense").status_code == 404


def test_changes_name_the_regions_since_a_number(client, hand, failed):
    url = f"/runs/{hand.run.pk}/changes"
    now = client.get(url).json()["seq"]
    assert client.get(url, {"since": now}).json() == {"seq": now, "regions": []}
    client.post(f"/decisions/{failed.pk}/", {"option": "skip", "reason": "no", "version": failed.version})
    news = client.get(url, {"since": now}).json()
    assert news["seq"] > now
    assert {"decision", f"decision:{failed.pk}", "step:2", "events"} <= set(news["regions"])


def test_a_list_is_sent_again_only_when_a_run_has_moved(client, hand, failed):
    client.get("/")  # the first answer sets the cookie of the forms
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    client.post(f"/decisions/{failed.pk}/", {"option": "skip", "reason": "no", "version": failed.version})
    assert client.get("/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_inbox_has_what_waits_and_says_why(client, hand, failed):
    html = client.get("/").content.decode()
    assert "check failed" in html and "Step 2 · Add the small bell" in html and "holds 1 step" in html
    assert re.search(r"data-needs-count>1<", html)


def test_without_a_worker_the_pages_say_that_nothing_moves(client, hand, failed):
    assert "No worker is alive" in client.get(f"/runs/{hand.run.pk}/").content.decode()


def test_a_step_shows_its_diff_with_line_numbers_and_its_failed_check(client, hand, failed):
    diff = client.get(f"/runs/{hand.run.pk}/steps/2/diff/").content.decode()
    assert 'class="is-added"' in diff and "small" in diff and "1 file" in diff
    evidence = client.get(f"/runs/{hand.run.pk}/steps/2/evidence/").content.decode()
    assert "1 failed" in evidence and "AssertionError" in evidence


def test_who_reads_a_diff_or_a_log_is_told_of_a_newer_attempt_and_keeps_what_is_shown(client, hand, failed):
    places = [f"/runs/{hand.run.pk}/steps/2/{tab}/" for tab in ("diff", "log")]
    regions = {place: region(client.get(place).content.decode(), "newer") for place in places}
    assert not [place for place in places if "since you opened" in client.get(regions[place]).content.decode()]
    hand.decide("rebuild", instructions="It says ting.")
    first = Dispatch.objects.get(run=hand.run, role="builder", attempt=1)
    assert f"shown={first.pk}" in regions[places[0]]
    hand.append("bells.py", "# ting\n")
    hand.done()
    newest = Dispatch.objects.filter(run=hand.run, role="builder").latest("id")
    told = client.get(regions[places[0]]).content.decode()
    assert "Builder 2 has been handed in since you opened this page" in told and f"?attempt={newest.pk}" in told
    assert "since you opened" not in client.get(places[0]).content.decode()


def region(html: str, name: str) -> str:
    """The URL that a page fetches this region from."""
    return unescape(re.search(rf'id="region-{name}" data-region="([^"]+)"', html)[1])


def test_a_step_that_was_complete_before_claims_no_proof(client, hand, failed):
    html = client.get(f"/runs/{hand.run.pk}/steps/1/evidence/").content.decode()
    assert "This run has not checked it" in html


def test_hostile_words_of_a_plan_reach_no_page_as_markup(client, hand, failed):
    Decision.objects.filter(pk=failed.pk).update(
        payload={"reasons": [{"text": '<img src=x onerror=alert(1)> [x](javascript:alert(1)) <b hx-get="/x">y</b>'}]}
    )
    for url in (f"/decisions/{failed.pk}/", "/", f"/runs/{hand.run.pk}/", f"/runs/{hand.run.pk}/report/"):
        tags = " ".join(re.findall(r"<[a-z][^>]*>", client.get(url).content.decode()))
        assert "<img" not in tags and "javascript:" not in tags and 'hx-get="/x"' not in tags


def test_the_report_is_a_page_markdown_and_json(client, hand, failed):
    run = hand.run.pk
    assert "INTERIM" in client.get(f"/runs/{run}/report/").content.decode()
    assert client.get(f"/runs/{run}/report.md").content.decode().startswith("# INTERIM: Bells")
    assert client.get(f"/runs/{run}/report.json").json()["run"] == run


def test_what_is_not_there_is_a_page_too(client):
    assert client.get("/runs/99/").status_code == 404
    assert client.get("/decisions/99/").status_code == 404
    assert "Traceback" not in client.get("/runs/99/").content.decode()
