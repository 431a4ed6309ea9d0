"""The product as a process: `manage.py up` with a data folder of its own, and a browser that is signed in to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.acceptance.terminal import ROOT
from tests.acceptance.warm import WarmTerminal
from tests.services import free_port

SCREENSHOTS = ROOT / "tests" / "screenshots"
PICTURES = bool(os.environ.get("PICTURES"))
"""Whether pictures are kept for somebody to look at. No test compares them, and taking them is a third of the time."""
START_SECONDS = 90.0
OURS_NOT = ("Failed to load resource", "WebSocket", "Applying inline style", "preload assets", "htmx:")
"""Complaints that tests cause themselves: refused forms, stopped servers, previews overtaken by the next one, and the
styles that axe and screenshots add. That no page has a style of its own is tested where pages are read as text."""


class Served:
    """A running Signalbox. `terminal` is a person's terminal beside it, with the same data."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.terminal = WarmTerminal(data, HOST="127.0.0.1", PORT=str(self.port), **environment)
        self.said: list[str] = []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.terminal.environment, cwd=ROOT,
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        self.said.clear()
        until(lambda: any("for your approval" in line for line in self.said), lambda: "".join(self.said))

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(START_SECONDS)
        self.terminal.close()

    def link(self) -> str:
        """A fresh way in."""
        return self.terminal.ok("signin-link").out.strip()

    def first_link(self) -> str:
        """The link that the start printed."""
        return re.search(r"http\S+/sign-in/\S+", "".join(self.said))[0]


def until(holds, say=lambda: "", seconds: float = START_SECONDS) -> None:
    """Wait for a condition, at most `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, say()
        time.sleep(0.02)


@contextmanager
def signed_in(served: Served, browser: Browser, **options) -> Iterator[Page]:
    """A page whose console must stay clean: a blocked script or style is an error there."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=served.url, **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.link())
    page.get_by_role("button", name="Sign in").click()
    live(page)
    yield page
    context.close()
    broken = [text for text in complaints if not any(word in text for word in OURS_NOT)]
    assert not broken, broken


def live(page: Page) -> None:
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def shot(page: Page, name: str, *, full: bool = False) -> None:
    """The page at both widths, where nothing may stick out sideways; with PICTURES=1, each in both themes as a file."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900 if width > 640 else 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} px"
        for theme in ("light", "dark") if PICTURES else ():
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{theme}.png", full_page=full)
    page.set_viewport_size({"width": 1440, "height": 900})


def accessible(page: Page) -> None:
    """axe finds nothing serious, in the light and in the dark."""
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = Axe().run(page).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        said = [
            f"{page.url} {theme} {v['id']}: {v['nodes'][0]['html'][:200]}\n{v['nodes'][0].get('failureSummary')}"
            for v in serious
        ]
        assert not said, "\n".join(said)


def cookies(context: BrowserContext) -> dict[str, dict]:
    return {cookie["name"]: cookie for cookie in context.cookies()}
