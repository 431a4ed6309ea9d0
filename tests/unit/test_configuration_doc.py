"""The page about `signalbox.toml` says what the model says."""

from __future__ import annotations

import re

from agents.configuration import read
from agents.configuration.model import Settings, Table
from scripts.configuration_doc import EXAMPLE, PAGE, document
from scripts.ledger import rows


def fields(table: type[Table]):
    for name, info in table.model_fields.items():
        extra = info.json_schema_extra
        if extra:
            yield table, name, info
        for kind in (info.annotation, *getattr(info.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, Table):
                yield from fields(kind)


def test_the_page_is_made_from_the_model_as_it_is():
    assert PAGE.read_text(encoding="utf-8") == document(), "docs/configuration.md is stale: run `make docs`"


def test_every_field_is_on_the_page_and_needed_by_a_row_of_the_ledger():
    page, known = document(), set(rows())
    for table, name, info in fields(Settings):
        assert f"| `{name}` |" in page and info.description and table.__doc__
        assert info.json_schema_extra["row"] in known, (table, name)


def test_the_page_says_which_fields_the_engine_does_not_use():
    sections = dict(re.findall(r"^### `(.*?)`\n(.*?)(?=^### |\Z)", document(), re.MULTILINE | re.DOTALL))
    unused = {name for name, text in sections.items() if "not yet used by the engine" in text}
    used = {"[agents]", "[[agents.rubric]]", "[[checks]]", "[[forbidden]]", "[guards]", "[setup]", "[worktrees]"}
    assert unused == set(sections) - used


def test_the_example_is_read_without_a_problem():
    assert read(EXAMPLE.encode()).problems == ()
