"""The log of a setup grows on an open step page while it is made."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.acceptance.web.served import accessible, live, shot
from tests.repositories import plan_of, repository

CONFIG = """[setup]
commands = ["echo casting; while test ! -e /repo/go; do sleep 0.2; test $((n=n+1)) -lt 40 || touch go; done; echo cast"]
"""


def test_the_log_of_a_setup_grows_while_it_is_made(page: Page, served, tmp_path):
    source = repository(tmp_path / "foundry", {"signalbox.toml": CONFIG}, plan=plan_of(["It — `test -f bells.py`"]))
    served.terminal.ok("project", "add", str(source))
    served.terminal.ok("run", "start", "--project", "foundry", "--runner", "person", "--git", "engine")
    served.terminal.ok("run", "approve", "2")
    page.goto("/runs/2/steps/1/")
    live(page)
    page.evaluate("window.untouched = true")
    setup = page.locator("#region-setup")
    expect(setup).to_contain_text("casting")
    expect(setup).to_contain_text("under way")
    expect(setup).to_contain_text("made", timeout=60_000)
    setup.locator("summary").click()
    expect(setup.locator("pre")).to_contain_text("Kept: nothing")
    expect(setup).to_contain_text("Ports 2")
    assert page.evaluate("window.untouched")
    accessible(page)
    shot(page, "step-setup")
    page.goto("/system/")
    expect(page.get_by_role("heading", name="Setups")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("None: no repository here has setup commands")).to_be_visible()
