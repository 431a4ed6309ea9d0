"""Feigned work never lands, and honest work that looks odd is not held up."""

from __future__ import annotations

import pytest

from tests.integration.plays.examples.feigned import FEIGNED
from tests.integration.plays.examples.honest import HONEST_PLAYS
from tests.integration.plays.theatre import theatre


@pytest.mark.ledger("X5", "X7", "B9", "B12")
@pytest.mark.django_db(transaction=True)
def test_what_is_feigned_never_ends_in_a_mark_and_what_is_honest_lands_however_odd_it_looks(tmp_path):
    plays = (*FEIGNED, *HONEST_PLAYS)
    with theatre(tmp_path, plays) as stage:
        wrong = [f"{play.name}: {ending}" for play in plays if not (ending := stage.play(play)).as_told(play)]
    assert not wrong, "\n".join(["", *wrong])


def test_there_are_twenty_of_each_with_names_of_their_own():
    names = {play.name for play in (*FEIGNED, *HONEST_PLAYS)}
    assert len(FEIGNED) >= 20 and len(HONEST_PLAYS) >= 20 and len(names) == len(FEIGNED) + len(HONEST_PLAYS)
    assert all(play.caught for play in FEIGNED) and not any(play.caught for play in HONEST_PLAYS)
