"""The example's story, told in the browser: from the approval to the report, every page looked at on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.web.served import accessible, live, shot

WAIT = 60_000


@pytest.mark.ledger("B12", "B17")
def test_a_person_takes_the_example_from_approval_to_report(page: Page):
    look(page, "start", "/start/")
    look(page, "system", "/system/")
    approve(page)
    seen = []
    while (kind := next_card(page)) != "":
        seen.append(kind)
        ANSWERS[kind](page, first=seen.count(kind) == 1)
    assert {"review blocked", "check failed", "batch ended"} <= set(seen)
    expect(page.locator("#region-head")).to_contain_text("finished with gaps")
    expect(page.locator(".cell")).to_have_count(8)
    look(page, "run-finished", "/runs/1/")
    look_at_steps(page)
    look(page, "report", "/runs/1/report/")
    expect(page.get_by_role("heading", name="Not done")).to_be_visible()
    expect(page.locator("main")).to_contain_text("The board can do without the moon this season.")
    look(page, "runs", "/runs/")
    look(page, "inbox-empty", "/")
    expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()


def look(page: Page, name: str, path: str) -> None:
    page.goto(path)
    live(page)
    shot(page, name)
    accessible(page)


def approve(page: Page) -> None:
    """What is ticked is counted anew, and what is counted is what is approved."""
    page.goto("/")
    shot(page, "inbox")
    page.get_by_role("link", name="Approve the dispatch plan").click()
    total = page.locator("#region-total")
    expect(total).to_contain_text("7 of 8 steps")
    page.get_by_role("checkbox", name="Run it from the slip").uncheck()
    expect(total).to_contain_text("6 of 8 steps")
    page.get_by_role("checkbox", name="Run it from the slip").check()
    expect(total).to_contain_text("7 of 8 steps")
    shot(page, "dispatch")
    accessible(page)
    look(page, "plan", page.get_by_role("link", name="PLAN.md").get_attribute("href"))
    page.go_back()
    page.get_by_label("One commit per step").check()
    page.get_by_role("button", name="Approve and start").click()
    expect(page.locator("#region-head")).to_contain_text("running")


def next_card(page: Page) -> str:
    """Open what the run asks next and return its kind; "" when the run is over."""
    page.goto("/runs/1/")
    live(page)
    over = page.locator("#region-head .sign.is-large.is-passed")
    ask = page.locator(".ask .pill")
    expect(over.or_(ask).first).to_be_visible(timeout=WAIT)
    if over.is_visible():
        return ""
    ask.first.click()
    live(page)
    expect(page.locator('[name="option"]:checked')).to_have_count(0)
    return page.locator(".card-kind").inner_text()


def pick(page: Page, option: str) -> None:
    page.get_by_role("radio", name=option).check()
    expect(page.locator("#preview h3")).to_contain_text(f"{option} would do this")


def commit(page: Page, option: str) -> None:
    page.get_by_role("button", name=f"Commit decision: {option}").click()
    expect(page.locator("#region-status")).to_contain_text(option)


def answer_review(page: Page, first: bool) -> None:
    if not first:
        return answer_by_skipping(page)
    expect(page.locator(".why")).to_contain_text("A half centimetre is rounded to the even neighbour")
    shot(page, "decision-review")
    pick(page, "Skip")
    expect(page.locator("#preview")).to_contain_text("Blocked by it")
    shot(page, "decision-review-skip", full=True)
    accessible(page)
    pick(page, "Rebuild with instructions")
    shot(page, "decision-review-rebuild")
    words = "Work in whole numbers and round every half centimetre up."
    page.get_by_role("textbox", name="Instructions").fill(words)
    commit(page, "Rebuild with instructions")
    expect(page.locator("#region-status")).to_contain_text(words)
    return None


def answer_by_skipping(page: Page) -> None:
    pick(page, "Skip")
    page.get_by_role("textbox", name="Reason").fill("The board can do without the moon this season.")
    commit(page, "Skip")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("It applies in")
    shot(page, "decision-armed")
    accessible(page)
    toast.get_by_role("button", name="Apply now").click()
    expect(page.locator("#region-status")).to_contain_text("Skip by", timeout=WAIT)


def answer_check(page: Page, first: bool) -> None:
    shot(page, "decision-check", full=True)
    accessible(page)
    pick(page, "Re-check")
    expect(page.locator("#preview")).to_contain_text("Nothing was changed by hand")
    folder = Path(page.locator(".by-hand pre").inner_text().removeprefix("cd ").strip())
    file = folder / "tidebook" / "windows.py"
    file.write_text(file.read_text().replace("height_at(tides, minute) > needed", "height_at(tides, minute) >= needed"))
    pick(page, "Skip")
    pick(page, "Re-check")
    expect(page.locator("#preview")).to_contain_text("Uses your edits: +1 −1 in tidebook/windows.py")
    commit(page, "Re-check")


def answer_batch(page: Page, first: bool) -> None:
    if first:
        shot(page, "decision-batch")
        accessible(page)
        look(page, "batch", page.get_by_role("link", name="The batch on its own page").get_attribute("href"))
        page.go_back()
        live(page)
    pick(page, "Continue")
    commit(page, "Continue")


def answer_unproven(page: Page, first: bool) -> None:
    if first:
        shot(page, "decision-unproven")
        accessible(page)
    page.get_by_role("radio", name="Confirm the items").check()
    for verdict in page.get_by_label("it holds").all():
        verdict.check()
    expect(page.locator("#preview h3")).to_contain_text("Confirm the items would do this")
    commit(page, "Confirm the items")


ANSWERS = {
    "review blocked": answer_review,
    "check failed": answer_check,
    "batch ended": answer_batch,
    "items to confirm": answer_unproven,
}


def look_at_steps(page: Page) -> None:
    for name, path in {
        "step": "4/", "step-log": "4/log/", "step-diff": "4/diff/", "step-evidence": "4/evidence/",
        "step-blocked": "6/", "step-rebuilt": "3/", "step-skipped-log": "5/log/",
    }.items():  # fmt: skip
        look(page, name, f"/runs/1/steps/{path}")
