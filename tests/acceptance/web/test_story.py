"""The example's story, told in the browser: from the printed link to the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.web.served import accessible, live, shot

WAIT = 60_000


def card_of(page: Page, kind: str) -> None:
    """Open the card of this kind from the inbox as soon as it is there."""
    page.goto("/")
    page.locator("[data-row]", has_text=kind).get_by_role("link").first.click(timeout=WAIT)
    live(page)


def pick(page: Page, option: str) -> None:
    page.get_by_role("radio", name=option).check()
    expect(page.locator("#preview h3")).to_contain_text(f"{option} would do this")


@pytest.mark.ledger("B12", "B17")
def test_a_person_takes_the_example_from_approval_to_report(page: Page, served):
    page.goto("/start/")
    shot(page, "start")
    accessible(page)
    page.goto("/system/")
    shot(page, "system")
    accessible(page)

    card_of(page, "Approve the dispatch plan")
    expect(page.get_by_role("status").first).to_contain_text("7 of 8 steps")
    page.get_by_label("One commit per step").check()
    page.get_by_role("checkbox", name="Run it from the slip").uncheck()
    expect(page.locator("#region-total")).to_contain_text("6 of 8 steps")
    page.get_by_role("checkbox", name="Run it from the slip").check()
    expect(page.locator("#region-total")).to_contain_text("7 of 8 steps")
    shot(page, "dispatch")
    accessible(page)
    page.get_by_role("link", name="PLAN.md").click()
    shot(page, "plan")
    accessible(page)
    page.go_back()
    page.get_by_label("One commit per step").check()
    page.get_by_role("button", name="Approve and start").click()
    expect(page.locator("#region-head")).to_contain_text("running")

    card_of(page, "review blocked")
    expect(page.locator(".why")).to_contain_text("A half centimetre is rounded to the even neighbour")
    expect(page.locator('[name="option"]:checked')).to_have_count(0)
    shot(page, "decision-review-untouched")
    pick(page, "Skip")
    expect(page.locator("#preview")).to_contain_text("Blocked by it")
    shot(page, "decision-review-skip", full=True)
    accessible(page)
    pick(page, "Rebuild with instructions")
    shot(page, "decision-review-rebuild")
    page.get_by_role("textbox", name="Instructions").fill("Work in whole numbers and round every half centimetre up.")
    page.get_by_role("button", name="Commit decision: Rebuild with instructions").click()
    expect(page.locator("#region-status")).to_contain_text("Rebuild with instructions by")

    card_of(page, "check failed")
    shot(page, "decision-check", full=True)
    accessible(page)
    pick(page, "Re-check")
    expect(page.locator("#preview")).to_contain_text("Nothing was changed by hand")
    folder = Path(page.locator(".by-hand pre").inner_text().removeprefix("cd ").strip())
    file = folder / "tidebook" / "windows.py"
    file.write_text(file.read_text().replace("height_at(tides, minute) > needed", "height_at(tides, minute) >= needed"))
    page.get_by_role("radio", name="Skip").check()
    pick(page, "Re-check")
    expect(page.locator("#preview")).to_contain_text("with your edits in tidebook/windows.py")
    page.get_by_role("button", name="Commit decision: Re-check").click()

    card_of(page, "batch ended")
    shot(page, "decision-batch")
    accessible(page)
    page.get_by_role("link", name="The batch on its own page").click()
    shot(page, "batch")
    accessible(page)
    page.go_back()
    pick(page, "Continue")
    page.get_by_role("button", name="Commit decision: Continue").click()

    card_of(page, "review blocked")
    pick(page, "Skip")
    page.get_by_role("textbox", name="Reason").fill("The board can do without the moon this season.")
    page.get_by_role("button", name="Commit decision: Skip").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("It applies in")
    shot(page, "decision-armed")
    accessible(page)
    toast.get_by_role("button", name="Apply now").click()
    expect(page.locator("#region-status")).to_contain_text("Skip by", timeout=WAIT)

    answer_what_is_left(page)
    page.goto("/runs/1/")
    expect(page.locator("#region-head")).to_contain_text("finished with gaps", timeout=WAIT)
    expect(page.locator(".cell")).to_have_count(8)
    shot(page, "run-finished")
    accessible(page)
    for name, path in {
        "step": "steps/4/", "step-log": "steps/4/log/", "step-diff": "steps/4/diff/", "step-evidence": "steps/4/evidence/",
        "step-blocked": "steps/6/", "step-rebuilt": "steps/3/", "report": "report/",
    }.items():  # fmt: skip
        page.goto(f"/runs/1/{path}")
        live(page)
        shot(page, name)
        accessible(page)
    expect(page.get_by_role("heading", name="Not done")).to_be_visible()
    expect(page.locator("main")).to_contain_text("The board can do without the moon this season.")
    page.goto("/runs/")
    shot(page, "runs")
    accessible(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()
    shot(page, "inbox-empty")
    accessible(page)


def answer_what_is_left(page: Page) -> None:
    """Confirm and continue until the run is over, as the story does."""
    for _ in range(8):
        page.goto("/runs/1/")
        live(page)
        over = page.locator("#region-head .sign.is-large.is-passed")
        ask = page.locator(".ask .pill")
        expect(over.or_(ask).first).to_be_visible(timeout=WAIT)
        if over.is_visible():
            return
        ask.first.click()
        pick(page, "Continue" if page.get_by_role("radio", name="Continue").count() else "Confirm the items")
        page.get_by_role("button", name="Commit decision").click()
        live(page)
