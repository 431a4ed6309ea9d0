"""What all tests share; their environment is set in `environment.py`."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests last: their driver leaves an event loop running in the process, beside which no other test
    could start one of its own."""
    items.sort(key=lambda item: "tests/acceptance/web" in str(item.path))


@pytest.fixture
def data(settings, tmp_path):
    """A data folder for one test."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return settings.DATA
