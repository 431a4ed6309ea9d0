"""A plan is found by number, name or path, from the files' own names."""

from __future__ import annotations

import pytest

from plans.naming import matching_plans, short_name, steps_in_section, titled
from tests.unit.plans.samples import read

PLANS = [
    "docs/plans/m1-theming.md",
    "docs/plans/m4-channels.md",
    "docs/old/m5-channels.md",
    "docs/plans/feature-llm-models.md",
    ".ai/plans/2026-01-03.mat-to-md-rename.md",
    "specs/2026-02-07-user-auth-api.md",
    "plans/02_login.md",
]


@pytest.mark.ledger("M1")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("m4", ["docs/plans/m4-channels.md"]),
        ("milestone 1", ["docs/plans/m1-theming.md"]),
        ("theming", ["docs/plans/m1-theming.md"]),
        ("m4-channels", ["docs/plans/m4-channels.md"]),
        ("m4 channels", ["docs/plans/m4-channels.md"]),
        ("llm models", ["docs/plans/feature-llm-models.md"]),
        ("user auth api", ["specs/2026-02-07-user-auth-api.md"]),
        ("mat-to-md-rename", [".ai/plans/2026-01-03.mat-to-md-rename.md"]),
        ("plans/m1-theming.md", ["docs/plans/m1-theming.md"]),
        ("docs/plans/m1-theming.md", ["docs/plans/m1-theming.md"]),
        ("2", ["plans/02_login.md"]),
        ("nothing", []),
    ],
)
def test_a_clear_name_is_one_plan(wanted, found):
    assert list(matching_plans(wanted, PLANS)) == found


@pytest.mark.ledger("M1")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("channels", ["docs/old/m5-channels.md", "docs/plans/m4-channels.md"]),
        ("m4 theming", ["docs/plans/m1-theming.md", "docs/plans/m4-channels.md"]),
    ],
)
def test_an_ambiguous_name_or_a_number_against_a_name_lists_the_candidates(wanted, found):
    assert list(matching_plans(wanted, PLANS)) == found


@pytest.mark.ledger("M1")
def test_a_part_of_a_plan_keeps_only_its_own_steps():
    plan = read(
        "# Tasks\n\n## Phase 1: Setup\n\n- [ ] T001 a\n\n## Phase 2: Login page\n\n- [ ] T002 b\n- [ ] T003 c\n"
    )
    assert steps_in_section(plan, "Phase 2") == steps_in_section(plan, "login page") == ("T002", "T003")
    assert steps_in_section(plan, "c") == ("T003",) and steps_in_section(plan, "other") == ()


@pytest.mark.parametrize(
    ("path", "short", "title"),
    [
        ("PLAN.md", "plan", "Tasks"),
        ("docs/m4-channels.md", "m4-channels", "Tasks"),
        ("specs/001-photo-albums/tasks.md", "001-photo-albums-tasks", "Tasks (001-photo-albums)"),
        ("openspec/changes/add-lending/tasks.md", "add-lending-tasks", "Tasks (add-lending)"),
        ("Tools/README.md", "tools-readme", "Tasks (Tools)"),
        (".taskmaster/tasks/tasks.json#api", "tasks-api", "Tasks"),
        ("specs/001-photo-albums", "001-photo-albums", "Tasks"),
    ],
)
def test_a_file_that_is_called_as_many_are_is_named_with_its_folder(path, short, title):
    assert (short_name(path), titled("Tasks", path)) == (short, title)


def test_a_title_that_names_the_folder_is_enough_and_without_one_the_path_is():
    assert titled("Lending of tools", "x/tools/plan.md") == "Lending of tools"
    assert titled("", "x/tools/plan.md") == "x/tools/plan.md"
