"""What a milestone's sections are, and what is said where one is missing, by command line."""

from __future__ import annotations

import pytest

from tests.acceptance.dialects.journeys import MILESTONE
from tests.acceptance.terminal import Terminal


@pytest.fixture
def plan(tmp_path):
    def write(text: str) -> str:
        file = tmp_path / "m4-lending.md"
        file.write_text(text)
        return str(file)

    return write


@pytest.mark.ledger("M2")
def test_each_section_that_is_found_is_shown_with_its_line(plan, tmp_path):
    path = plan(MILESTONE.replace("## Acceptance criteria", "## Definition of done"))
    shown = Terminal(tmp_path / "data").ok("plan", "show", path).out
    assert f"{path}:3: goal, as “Goal”" in shown
    assert f"{path}:7: deliverables, as “Deliverables”" in shown
    assert f"{path}:12: user journeys, as “User journeys”" in shown
    assert f"{path}:18: acceptance, as “Definition of done”" in shown


@pytest.mark.ledger("M2")
def test_a_missing_section_names_the_headings_that_were_tried(plan, tmp_path):
    path = plan(MILESTONE.replace("## User journeys", "## Ways"))
    said = Terminal(tmp_path / "data")("plan", "lint", path)
    assert said.code == 1
    missing = "error[missing-section]: no section user journeys was found; headings tried: user journeys, user journey"
    assert missing in said.out
    assert "note[missing-section]: no section data model was found; headings tried: data model, schema" in said.out
