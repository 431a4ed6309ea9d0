"""Every kind of card in the browser, each opened by its real cause: looked at, reached and answered by keyboard."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.terminal import ROOT, Terminal
from tests.acceptance.web.seed import KINDS
from tests.acceptance.web.served import Served, accessible, live, shot

SHOWN_WITH = {"question": "Answer", "conflict": "Rebuild with instructions", "unproven": "Confirm the items"}
"""The option with which a card's picture is taken, where it is not the first."""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """A data folder with one open card of every kind; {kind: card}."""
    data = tmp_path_factory.mktemp("data")
    terminal = Terminal(data)
    seed = [sys.executable, "-m", "tests.acceptance.web.seed"]
    done = subprocess.run(seed, env=terminal.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return data, json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def served(seeded):
    running = Served(seeded[0])
    yield running
    running.stop()


@pytest.fixture
def card(page, seeded):
    """Open the card of a kind."""

    def open_(kind: str) -> Page:
        page.goto(f"/decisions/{seeded[1][kind]}/")
        live(page)
        return page

    return open_


def options(page: Page) -> list[str]:
    return page.locator('[name="option"]:enabled').evaluate_all("radios => radios.map(radio => radio.value)")


def told(page: Page) -> None:
    """The button and the preview name the option that is picked."""
    label = page.locator(".option:has(:checked) b").inner_text()
    expect(page.locator(".commit .button")).to_have_text(f"Commit decision: {label}")
    expect(page.locator("#preview h3")).to_contain_text(label)


def commit(page: Page) -> None:
    """Reach the button with the Tab key alone, and press it."""
    for _ in range(60):
        if page.evaluate("document.activeElement.matches('.commit .button')"):
            return page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    raise AssertionError("the button was not reached")


def to(page: Page, selector: str) -> None:
    """Reach something of the form with the Tab key alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} was not reached")


@pytest.mark.ledger("X9")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_card_tells_what_each_of_its_options_would_do(kind, card):
    page = card(kind)
    expect(page.locator('[name="option"]:checked')).to_have_count(0)
    offered = options(page)
    page.locator('[name="option"]:enabled').first.focus()
    page.keyboard.press("Space")
    for number, name in enumerate(offered):
        if number:
            page.keyboard.press("ArrowDown")
        expect(page.locator(f'[name="option"][value="{name}"]')).to_be_checked()
        told(page)
    page.get_by_role("radio", name=SHOWN_WITH.get(kind, "")).first.check()
    told(page)
    shot(page, f"card-{kind}", full=True)
    accessible(page)


@pytest.mark.ledger("X9")
def test_the_brief_follows_what_is_typed_and_stays_open(card):
    page = card("check")
    page.get_by_role("radio", name="Rebuild with instructions").check()
    brief = page.locator("#brief pre")
    page.get_by_text("The brief, as it will be sent").click()
    expect(brief).to_contain_text("exit 1, expected 0")
    page.get_by_role("textbox", name="Instructions").fill("Say ting, in every octave.")
    expect(brief).to_contain_text("Say ting, in every octave.")
    expect(brief).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("on top of the work so far")
    page.get_by_label("afresh, from what has landed").check()
    expect(page.locator("#preview")).to_contain_text("from what has landed")


@pytest.mark.ledger("X10")
def test_findings_stand_at_their_lines_and_n_goes_from_one_to_the_next(card):
    page = card("review")
    page.locator(".crumbs").get_by_role("link", name="step 2").click()
    page.get_by_role("link", name="Diff and findings").click()
    live(page)
    expect(page.locator(".pinned .finding")).to_have_count(2)
    expect(page.locator(".files .count")).to_have_text("findings: 2")
    octave, better = "in one octave only", "would read better"
    for key, title in (("n", octave), ("n", better), ("n", octave), ("N", better)):
        page.keyboard.press(key)
        expect(page.locator(".finding.is-here")).to_contain_text(title)
        expect(page.locator(".finding.is-here")).to_be_focused()
    page.get_by_role("button", name="Next finding").click()
    expect(page.locator(".finding.is-here")).to_contain_text(octave)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        box = page.locator(".pinned .finding").first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    shot(page, "diff-findings", full=True)
    accessible(page)


@pytest.mark.ledger("X7")
def test_what_is_claimed_and_not_there_cannot_be_accepted(card):
    page = card("claim")
    refused = page.get_by_role("radio", name="Accept the gap")
    expect(refused).to_be_disabled()
    expect(page.locator(".option.is-refused")).to_contain_text("what is claimed and not there cannot be accepted")


@pytest.mark.ledger("B10")
def test_each_item_is_judged_and_answered_by_keyboard_alone(card):
    page = card("unproven")
    to(page, '[name="option"]')
    page.keyboard.press("Space")
    to(page, '[name="item-1"]')
    page.keyboard.press("Space")
    expect(page.locator("#preview")).to_contain_text("nothing was said of 2")
    to(page, '[name="item-2"]')
    page.keyboard.press("ArrowDown")
    expect(page.locator("#preview")).to_contain_text("Does not hold: A child would understand it.")
    commit(page)
    expect(page.locator("#region-status")).to_contain_text("Confirm the items by")


def test_a_question_is_answered_by_keyboard_alone(card):
    page = card("question")
    to(page, '[name="option"]')
    page.keyboard.press("Space")
    to(page, "#instructions")
    page.keyboard.type("Ting, and no alias.")
    commit(page)
    expect(page.locator("#region-status")).to_contain_text("Ting, and no alias.")


@pytest.mark.ledger("X9")
def test_an_armed_answer_is_taken_back_with_z_and_typing_a_z_takes_nothing_back(card):
    page = card("returned")
    page.get_by_role("radio", name="Skip").check()
    page.get_by_role("textbox", name="Reason").fill("jazz")
    expect(page.locator("#preview h3")).to_be_visible()
    commit(page)
    expect(page.locator(".toast")).to_contain_text("It applies in")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Take the last answer back")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#region-status")).to_contain_text("needs you")
    expect(page.locator(".toast")).to_have_count(0)
