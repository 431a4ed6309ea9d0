"""What each guard must find, and what it must leave alone."""

from __future__ import annotations

from collections import defaultdict

import pytest

from agents.guards import GUARDS, SEVERITY
from tests.unit.agents.guards.examples import everything

TABLES = everything()
ROWS = [
    pytest.param(guard, row, id=f"{name or guard}: {row.name}")
    for (guard, name), rows in TABLES.items()
    for row in rows
]


@pytest.mark.parametrize(("guard", "row"), ROWS)
def test_the_table_holds(guard, row):
    assert {hit.code for hit in GUARDS[guard](row.case)} == row.fires


@pytest.mark.parametrize("table", list(TABLES), ids=str)
def test_a_table_has_eight_rows_of_each_kind(table):
    fires = [bool(row.fires) for row in TABLES[table]]
    assert fires.count(True) >= 8 and fires.count(False) >= 8


def test_every_code_of_every_guard_is_met_by_some_row():
    met = defaultdict(set)
    for (guard, _), rows in TABLES.items():
        met[guard].update(code for row in rows for code in row.fires)
    assert met == {name: set(codes) for name, codes in SEVERITY.items()} and set(met) == set(GUARDS)
