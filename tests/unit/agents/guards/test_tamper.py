"""Tests that are made to say less, per framework, and honest changes that only look like it."""

from __future__ import annotations

import pytest

from agents.guards import GUARDS
from tests.unit.agents.guards.examples import go, python, rust, script

TABLES = {
    "pytest": python.PYTEST_FIRES + python.PYTEST_SILENT,
    "unittest": python.UNITTEST_FIRES + python.UNITTEST_SILENT,
    "jest": script.FIRES + script.SILENT,
    "cargo": rust.FIRES + rust.SILENT,
    "go": go.FIRES + go.SILENT,
}
ROWS = [pytest.param(row, id=f"{name}: {row.name}") for name, rows in TABLES.items() for row in rows]


@pytest.mark.parametrize("row", ROWS)
def test_the_table_holds(row):
    assert {hit.code for hit in GUARDS["tamper"](row.case)} == row.fires
