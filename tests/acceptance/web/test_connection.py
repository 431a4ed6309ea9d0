"""The banner of an open page tells the truth: the server goes, comes back, or refuses; nothing is missed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.web.served import Served, live


@pytest.mark.ledger("C1")
def test_a_page_that_stays_open_while_the_server_is_away_catches_up_by_itself(page: Page, served: Served):
    """Reconnecting, then live again: what happened meanwhile is there, in the head, the list and the tab's title."""
    page.goto("/runs/1/")
    live(page)
    page.evaluate("window.untouched = true")
    expect(page).to_have_title("(1) Run 1 · Tidebook")
    served.stop()
    expect(page.locator("#live")).to_have_attribute("data-state", "retry")
    expect(page.locator("#live")).to_contain_text("Reconnecting (")
    project = served.terminal.ok("project", "list", "--json").json[0]["name"]
    served.terminal.ok("run", "start", "--project", project, "--runner", "person", "--branch", "other")
    served.terminal.ok("run", "abort", "1", "--reason", "while nobody looked")
    served.start()
    live(page)
    expect(page.locator("#region-head")).to_contain_text("aborted")
    expect(page.locator("#region-events")).to_contain_text("Abort asked for")
    expect(page).to_have_title("(1) Run 1 · Tidebook")
    assert page.evaluate("window.untouched")


def test_after_some_tries_the_banner_says_offline_and_of_when_the_data_is(page: Page, served: Served):
    page.clock.install()
    page.goto("/runs/")
    live(page)
    served.stop()
    expect(page.locator("#live")).to_contain_text("Reconnecting")
    for _ in range(8):
        page.clock.run_for(20_000)
        page.wait_for_timeout(50)
    expect(page.locator("#live")).to_contain_text("Offline, data from ")
    served.start()
    page.clock.run_for(20_000)
    live(page)


def test_a_part_that_cannot_be_refreshed_is_not_called_live(page: Page, served: Served):
    page.goto("/runs/1/")
    live(page)
    page.route("**/frame/", lambda route: route.fulfill(status=500, body="broken"))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#live")).to_contain_text("Not refreshed, data from ")
    page.unroute("**/frame/")
    live(page)


def test_a_count_that_cannot_be_had_says_so_in_its_place(page: Page, served: Served):
    page.goto("/runs/2/dispatch/")
    live(page)
    page.route("**/dispatch/?*", lambda route: route.abort())
    page.locator('[name="step"]').first.uncheck()
    expect(page.locator("#region-total")).to_contain_text("Signalbox was not reached")
    page.unroute("**/dispatch/?*")
    page.locator('[name="step"]').first.check()
    expect(page.locator("#region-total")).to_contain_text("7 of 8 steps")


def test_what_a_card_cannot_preview_says_why_where_the_preview_would_be(page: Page, served: Served):
    page.goto("/runs/2/dispatch/")
    page.get_by_label("One commit per step").check()
    expect(page.locator("#region-total")).to_contain_text("Receipt")
    page.get_by_role("button", name="Approve and start").click()
    page.get_by_role("link", name="hand it in").click()  # it comes by itself when the worktree is there
    page.get_by_role("button", name="Give it back").click()
    page.get_by_role("link", name="Decide").click()
    page.route("**/preview/?*", lambda route: route.abort())
    page.get_by_role("radio", name="Skip").check()
    expect(page.locator("#preview")).to_contain_text("Signalbox was not reached")
