"""What all tests share; their environment is set in `environment.py`."""

from __future__ import annotations

import pytest

FIRST = ("tests/integration/faults", "tests/acceptance", "tests/integration")
"""Folders whose files take longest: in a parallel run they are begun first, and the short ones fill the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in FIRST])


@pytest.fixture
def data(settings, tmp_path):
    """A data folder for one test."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return settings.DATA
