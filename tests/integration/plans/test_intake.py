"""Plans in the database: a text is stored once, and a new one costs what has changed."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plans import intake
from plans.models import Project, Step
from plans.reading import read_plan
from tests.unit.plans.dialects.samples import TASKMASTER

STEP = """### Step {n}: Ring bell {n}

**Objective**: Bell {n} rings.

**Acceptance criteria**:
- It rings.

#### Phase 3 — Verification

- [ ] It rings — `test -f bell{n}`.

---

"""


def text(count: int = 50) -> str:
    return "# Bells\n\n## Steps\n\n" + "".join(STEP.format(n=n) for n in range(1, count + 1))


def stored(project: Project, plan: str):
    data = plan.encode()
    return intake.store(project, "PLAN.md", {"PLAN.md": data}, read_plan(data, "PLAN.md"))


@pytest.fixture
def project(db) -> Project:
    return Project.objects.create(name="bells", location="/bells", branch="main", author_name="A", author_email="a@b")


def as_read(plan: str) -> list[dict]:
    return [json.loads(json.dumps(asdict(step))) for step in read_plan(plan.encode(), "PLAN.md").steps]


def test_a_revision_gives_back_what_was_read(project):
    revision = stored(project, text())
    assert [step.content for step in revision.steps()] == as_read(text())
    assert [step.position for step in revision.steps()] == list(range(50))
    (one,) = revision.steps("7")
    assert (one.title, one.done) == ("Ring bell 7", False)


def test_a_new_text_stores_only_the_steps_that_changed(project):
    first = stored(project, text())
    edited = text().replace("Bell 9 rings.", "Bell 9 sings.").replace("# Bells\n", "# Bells\n\nA word before.\n")
    second = stored(project, edited)
    assert Step.objects.count() == 51
    assert [step.content for step in second.steps()] == as_read(edited)
    assert [step.content for step in first.steps()] == as_read(text())
    assert sum(a.pk != b.pk for a, b in zip(first.steps(), second.steps(), strict=True)) == 1


def test_steps_that_moved_are_the_same_steps(project):
    plan = text(3)
    first = stored(project, plan)
    head, one, two, three = plan.replace("### Step", "\0### Step").split("\0")
    second = stored(project, head + three + one + two)
    assert Step.objects.count() == 3
    assert [step.key for step in second.steps()] == ["3", "1", "2"]
    assert {step.pk for step in first.steps()} == {step.pk for step in second.steps()}


@pytest.mark.parametrize("tag", ["", "#later"])
def test_a_revision_means_the_same_whether_its_text_was_read_before_or_not(tag):
    files = {"tasks.json": TASKMASTER.encode()}
    parsed = read_plan(files["tasks.json"], f"tasks.json{tag}")
    assert parsed.steps and intake.meaning(files, "", parsed) == intake.meaning(files)


def test_the_same_text_is_stored_once(project):
    assert stored(project, text()) == stored(project, text())


def test_how_many_statements_a_new_text_takes_does_not_depend_on_the_plan(project, django_assert_max_num_queries):
    stored(project, text(1000))
    edited = text(1000).replace("Bell 9 rings.", "Bell 9 sings.")
    with django_assert_max_num_queries(12):
        stored(project, edited)


@pytest.mark.django_db(transaction=True)
def test_plans_that_were_stored_before_are_taken_over_and_can_be_taken_back():
    executor = MigrationExecutor(connection)
    older = [("plans", "0001_first"), ("orchestrator", "0003_line_clone")]
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate(older)
    try:
        apps = executor.loader.project_state(older).apps
        project = apps.get_model("plans", "Project").objects.create(name="bells", location="/bells", branch="main")
        plan = apps.get_model("plans", "Plan").objects.create(project=project, path="PLAN.md")
        for number in ("a", "b"):
            revision = apps.get_model("plans", "Revision").objects.create(plan=plan, sha256=number, meaning=number)
            for position, content in enumerate(as_read(text(3))):
                apps.get_model("plans", "Step").objects.create(
                    revision=revision, key=content["key"], title=content["title"], position=position,
                    line=content["line"], content=content, leaf=content["key"],
                )  # fmt: skip
        forward()
        from plans.models import Revision

        for revision in Revision.objects.all():
            assert [step.content for step in revision.steps()] == as_read(text(3))
        executor = MigrationExecutor(connection)
        executor.migrate(older)
        rows = executor.loader.project_state(older).apps.get_model("plans", "Step").objects.order_by("id")
        assert [row.content for row in rows] == as_read(text(3)) * 2
    finally:
        MigrationExecutor(connection).migrate(newest)


def forward() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
