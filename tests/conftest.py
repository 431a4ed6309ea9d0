"""What all tests share; their environment is set in `environment.py`."""

from __future__ import annotations

import pytest


@pytest.fixture
def data(settings, tmp_path):
    """A data folder for one test."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return settings.DATA
