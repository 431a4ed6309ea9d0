"""An open page keeps itself true: whoever changes a run, and whatever happens to the connection meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.web.served import Served, live, signed_in

WAIT = 60_000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Slow enough to look at work while it is done."""
    running = Served(tmp_path_factory.mktemp("data"), SIGNALBOX_REHEARSAL_DELAY="0.1")
    yield running
    running.stop()


def test_the_link_that_is_printed_at_the_start_signs_in_once(served, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.first_link())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto(served.first_link())
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    context.close()


@pytest.mark.ledger("C1")
def test_what_another_process_does_reaches_an_open_page(page: Page, served):
    """Approved and answered in a terminal, seen in a page that nobody touches: steps, log, card, count in the title."""
    page.goto("/runs/1/")
    live(page)
    page.evaluate("window.untouched = true")
    expect(page.locator("#region-head")).to_contain_text("waiting for approval")
    served.terminal.ok("run", "approve", "1", "--git", "engine")
    expect(page.locator("#region-head")).to_contain_text("running")
    expect(page.locator("#region-steps")).to_contain_text("building", timeout=WAIT)
    with_log(page, served)
    expect(page.locator(".ask")).to_contain_text("review blocked", timeout=WAIT)
    expect(page).to_have_title("(1) Run 1 · Tidebook")
    page.locator(".tick summary").first.click()
    opened = page.locator(".tick:has(details[open])").first.get_attribute("id")
    served.terminal.ok("run", "pause", "1")
    expect(page.locator("#region-head")).to_contain_text("Paused.")
    expect(page.locator(f"#{opened} details")).to_have_attribute("open", "")
    served.terminal.ok("run", "resume", "1")
    expect(page.locator("#region-head")).not_to_contain_text("Paused.")
    assert page.evaluate("window.untouched")


def with_log(page: Page, served: Served) -> None:
    """Beside it, the log of the step at work grows by itself."""
    with signed_in(served, page.context.browser) as second:
        second.goto("/runs/1/steps/2/log/")
        live(second)
        blocks = second.locator("#log .block")
        before = blocks.count()
        expect(blocks.nth(before + 2)).to_be_attached(timeout=WAIT)


def test_what_is_typed_into_a_card_survives_the_news(page: Page, served):
    page.goto("/decisions/1/")
    live(page)
    page.get_by_role("radio", name="Skip").check()
    page.get_by_role("textbox", name="Reason").fill("half a thought")
    served.terminal.ok("decide", "1", "skip", "--reason", "decided in a terminal")
    expect(page.locator("#region-status")).to_contain_text("Skip was chosen by")
    expect(page.get_by_role("textbox", name="Reason")).to_have_value("half a thought")
    expect(page.locator(".toast")).to_contain_text("It applies in")
    page.get_by_role("button", name="Commit decision: Skip").click()
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#region-status")).to_contain_text("needs you")
    expect(page.locator(".toast")).to_have_count(0)


def test_a_lost_connection_is_told_and_found_again(page: Page, served):
    page.goto("/runs/1/")
    live(page)
    served.stop()
    expect(page.locator("#live")).to_contain_text("Reconnecting")
    served.terminal.ok("run", "pause", "1")
    served.start()
    live(page)
    expect(page.locator("#region-head")).to_contain_text("Paused.")
    served.terminal.ok("run", "resume", "1")


def test_everything_is_reached_by_keys_and_no_key_decides(page: Page, served):
    page.goto("/runs/")
    live(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose")).to_be_visible()
    live(page)
    for key in ("1", "2", "3", "y", "Enter", " ", "d"):
        page.keyboard.press(key)
    expect(page.locator('[name="option"]:checked')).to_have_count(0)
    page.get_by_role("radio", name="Re-check").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Skip")).to_be_checked()
    expect(page.locator("#region-status")).to_contain_text("needs you")


def test_shortcuts_can_be_switched_off(page: Page):
    page.goto("/runs/")
    live(page)
    page.keyboard.press("?")
    page.get_by_label("Use these shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    live(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_chosen_appearance_is_there_from_the_first_paint(page: Page):
    page.goto("/")
    page.get_by_label("Account and appearance").click()
    page.get_by_role("button", name="Dark").click()
    page.goto("/runs/")
    assert 'data-theme="dark"' in page.request.get("/runs/").text()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 19, 24)"
