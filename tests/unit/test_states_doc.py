"""The page about the tables says what the tables say."""

from __future__ import annotations

from orchestrator.engine.states import MACHINES
from scripts.states_doc import PAGE, document, merged


def test_the_page_is_made_from_the_tables_as_they_are():
    assert PAGE.read_text(encoding="utf-8") == document(), "docs/states.md is stale: run `make docs`"


def test_every_status_and_every_event_of_every_machine_is_on_the_page():
    page = document()
    for machine in MACHINES.values():
        for name in (*machine.statuses, *machine.events):
            assert name in page, (machine.name, name)


def test_the_rows_of_one_pair_stand_in_the_order_in_which_they_are_tried():
    for machine in MACHINES.values():
        rows = list(merged(machine))
        for (_, event), rules in machine.table.items():
            places = [rows.index((event, rule.target, rule.guard)) for rule in rules]
            assert places == sorted(places), (machine.name, event)
