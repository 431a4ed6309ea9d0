"""What each guard must find, and what it must leave alone."""

from __future__ import annotations

import pytest

from agents.guards import GUARDS, SEVERITY
from tests.unit.agents.guards.examples.others import TABLES
from tests.unit.agents.guards.examples.setup import SETUP

ROWS = [
    pytest.param(guard, row, id=f"{guard}: {row.name}")
    for guard, rows in {**TABLES, "tamper": SETUP}.items()
    for row in rows
]


@pytest.mark.parametrize(("guard", "row"), ROWS)
def test_the_table_holds(guard, row):
    assert {hit.code for hit in GUARDS[guard](row.case)} == row.fires


def test_every_guard_has_a_table_and_its_severities():
    assert set(GUARDS) == set(SEVERITY) == {*TABLES, "tamper"}


def test_every_code_of_every_guard_is_met_by_some_row():
    from tests.unit.agents.guards.test_tamper import TABLES as FRAMEWORKS

    met = {name: {code for row in rows for code in row.fires} for name, rows in TABLES.items()}
    met["tamper"] = {code for rows in (*FRAMEWORKS.values(), SETUP) for row in rows for code in row.fires}
    assert met == {name: set(codes) for name, codes in SEVERITY.items()}
