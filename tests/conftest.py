"""What all tests share: a data folder of their own, set before Django reads its settings."""

from __future__ import annotations

import os
import tempfile

import pytest

_DATA = tempfile.TemporaryDirectory(prefix="signalbox-tests-")
os.environ["SIGNALBOX_DATA"] = _DATA.name
os.environ.pop("ANTHROPIC_API_KEY", None)
os.environ.setdefault("SIGNALBOX_REHEARSAL_DELAY", "0")


@pytest.fixture
def data(settings, tmp_path):
    """A data folder for one test."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return settings.DATA
