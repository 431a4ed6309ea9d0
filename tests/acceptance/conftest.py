"""A person's terminal in an installation that is set up and holds no project yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.warm import WarmTerminal


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    """A data folder as `migrate` leaves it, to be copied."""
    data = tmp_path_factory.mktemp("installation") / "data"
    Terminal(data).ok("migrate", "--verbosity", "0")
    return data


@pytest.fixture
def terminal(installation, tmp_path):
    with WarmTerminal(Path(shutil.copytree(installation, tmp_path / "data"))) as terminal:
        yield terminal
