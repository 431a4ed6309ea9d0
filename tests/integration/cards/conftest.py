"""Every kind of card, opened by its real cause on the real engine."""

from __future__ import annotations

import pytest

from tests.integration.cards.agents import Agents
from tests.integration.engine.hand import Hand
from tests.repositories import repository


@pytest.fixture
def agents(tmp_path, data, settings):
    """Scripted agents build the bells."""
    agents = Agents(tmp_path, settings)
    yield agents
    agents.server.stop()


@pytest.fixture
def hand(tmp_path, data):
    """A person builds the bells."""
    return Hand(repository(tmp_path / "bells"))


@pytest.fixture
def small_bell(hand):
    """The small bell has passed in a person's hands."""
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    return hand
