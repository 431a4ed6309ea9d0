"""A browser for the pages, and one running Signalbox per module."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.acceptance.web.served import Served, signed_in

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def browser():
    """One for all pages. Its driver's event loop ends with it: beside it no other test could start one of its own."""
    found = shutil.which("chromium")
    assert found, "chromium is missing. Install it: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=FLAGS.split())


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    running = Served(tmp_path_factory.mktemp("data"), SIGNALBOX_REHEARSAL_DELAY="0.01")
    yield running
    running.stop()


@pytest.fixture
def page(served, browser):
    """Signed in."""
    with signed_in(served, browser) as page:
        yield page
