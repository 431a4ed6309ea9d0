"""The pages of plans: source beside steps, problems, order, versions, the dialect that a person chose."""

from __future__ import annotations

import json
import re
import time

import pytest

from orchestrator.actions import drift, runs
from orchestrator.actions import plans as acts
from orchestrator.models import Event
from plans.models import Plan, Revision
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, git, repository

pytestmark = pytest.mark.django_db(transaction=True)

BOXES = "# Chores\n\n## Phase 1: Sweep\n\n- [ ] Sweep the tower\n- [ ] Sweep the stairs\n"
TITLED = "# Chores\n\n## Tasks\n\n- [ ] Rename `bell` to **gong** ([why](https://example.org))\n- [ ] Ring\n"
CIRCLE = """# Round

## Steps

### Step 1: First

**Objective**: One.

**Depends on**: Step 2

### Step 2: Second

**Objective**: Two.

**Depends on**: Step 1, Step 9
"""
STEP_FILE = """# Step {n}: Ring {n}

**Owner**: Ringer {n}

**Objective**: Ring.

## Phase 1 — Build

Ring.

## Phase 3 — Verification

- [ ] Rung — `test -f r{n}`.
"""
FILES = {"TODO.md": BOXES, "TASKS.md": TITLED, "ROUND.md": CIRCLE, "NOTES.md": "# Notes\n\nNothing to do here.\n"}


@pytest.fixture
def hand(tmp_path, data):
    return Hand(repository(tmp_path / "bells", FILES))


def read(hand, path: str) -> Plan:
    return acts.read(hand.project, path, hand.actor)


def page(client, plan: Plan, **query) -> str:
    answer = client.get(f"/plans/{plan.pk}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def rewrite(hand, old: str, new: str) -> None:
    file = hand.source / "PLAN.md"
    file.write_text(file.read_text().replace(old, new))


def test_all_plans_of_a_project_are_listed_and_reading_one_opens_its_page(client, hand):
    html = client.get("/plans/").content.decode()
    assert "PLAN.md" in html and "TODO.md" in html and "NOTES.md" not in html
    assert Plan.objects.count() == 0, "a visit stores nothing"
    answer = client.post("/plans/read/", {"project": "bells", "path": "PLAN.md"})
    plan = Plan.objects.get()
    assert answer["Location"] == f"/plans/{plan.pk}/"
    html = client.get("/plans/", {"project": "bells"}).content.decode()
    assert f'href="/plans/{plan.pk}/"' in html
    row = html[html.index(f'href="/plans/{plan.pk}/"') :]
    assert 'data-label="Steps">4<' in row and 'data-label="Complete">1<' in row


def test_the_list_shows_at_once_what_has_changed_in_the_working_tree(client, hand):
    def titles():
        return re.findall(r'class="cell-main">.*?<b>(.*?)</b>', client.get("/plans/").content.decode())

    assert titles() == ["Bells", "Chores", "Chores"] == titles()
    (hand.source / "TODO.md").write_text(BOXES.replace("Chores", "Duties"))
    (hand.source / "MORE.plan.md").write_text(PLAN.replace("# Bells", "# More bells"))
    assert titles() == ["More bells", "Bells", "Chores", "Duties"]


def test_two_plans_with_one_file_name_are_told_apart_wherever_they_are_named(client, hand):
    for folder in ("001-albums", "002-lending"):
        file = hand.source / "specs" / folder / "tasks.md"
        file.parent.mkdir(parents=True)
        file.write_text("# Tasks\n\n## Phase 1: Setup\n\n- [ ] T001 Make the model in src/model.py\n")
    git(hand.source, "add", "-A")
    git(hand.source, "commit", "-qm", "docs: two specifications")
    for folder in ("001-albums", "002-lending"):
        run = hand.start(plan=f"specs/{folder}/tasks.md")
        assert run.branch == f"signalbox/{folder}-tasks-{run.pk}"
        run_page = client.get(f"/runs/{run.pk}/dispatch/").content.decode()
        assert f"<h1>Tasks ({folder})</h1>" in run_page
        for address in ("/", "/runs/", "/plans/"):
            assert f"Tasks ({folder})" in client.get(address).content.decode(), address


def test_a_step_highlights_its_lines_and_a_line_its_step(client, hand):
    plan = read(hand, "PLAN.md")
    html = page(client, plan, step="2")
    line = PLAN.split("\n").index("### Step 2: Add the small bell") + 1
    own = [int(n) for n in re.findall(r'<tr id="L(\d+)" class="[^"]*is-own', html)]
    assert own[0] == line and own == list(range(own[0], own[-1] + 1))
    assert f'href="?step=2#L{line}"' in html
    assert re.search(r'<li id="s2" class="is-own" aria-current="true"', html)
    assert f'href="?tab=steps&amp;step=2#s2" aria-label="Line {line}: step 2"' in html
    assert re.search(r'<li id="s2" class="is-own"', page(client, plan, line=str(line + 3)))


def test_a_title_is_read_as_markdown_but_brings_no_link_of_its_own(client, hand):
    seen = page(client, read(hand, "TASKS.md"))
    assert "Rename <code>bell</code> to gong (why)" in seen
    assert 'href="https://example.org' not in seen


def test_problems_stand_at_their_lines_with_a_way_to_the_next(client, hand):
    plan = read(hand, "ROUND.md")
    html = page(client, plan)
    assert "steps wait for each other" in html and 'data-key="]"' in html and 'data-key="["' not in html
    last = page(client, plan, line="15")
    assert 'data-key="["' in last and 'data-key="]"' not in last


def test_problems_are_counted_and_filtered(client, hand):
    plan = read(hand, "ROUND.md")
    html = page(client, plan, tab="problems")
    assert "1 error" in html and "missing-section" in html
    errors = page(client, plan, tab="problems", level="error")
    assert "steps wait for each other" in errors and "has no section" not in errors
    assert "has no section" in page(client, plan, tab="problems", code="missing-section")


def test_the_order_is_a_picture_and_the_same_in_words(client, hand):
    html = page(client, read(hand, "PLAN.md"), tab="graph")
    assert html.count('class="node') == 4 and html.count('class="edge"') == 1
    assert "2 waves" in html and "at most 3 side by side" in html
    assert re.search(r'data-label="Before">3<', html) and re.search(r'data-label="After">2<', html)
    filtered = page(client, read(hand, "PLAN.md"), tab="graph", q="BIG")
    assert filtered.count("<tr data-row>") == 1 and "1 of 4" in filtered


def test_circles_and_what_stands_outside_are_shown(client, hand):
    html = page(client, read(hand, "ROUND.md"), tab="graph")
    assert "These steps wait for each other:" in html and 'class="edge is-cycle"' in html
    assert 'class="node is-outside"' in html and "Step 9: no step of this plan" in html


def test_what_a_plan_states_is_shown_and_what_it_does_not_is_absent(client, hand):
    html = page(client, read(hand, "PLAN.md"), tab="states")
    assert "Tool chain" in html and "python3 -m unittest -q" in html and "Locked decisions" not in html
    assert "Nothing beside its steps." in page(client, read(hand, "ROUND.md"), tab="states")


def test_versions_say_what_read_them_and_what_changed_in_steps_and_in_lines(client, hand):
    plan = read(hand, "PLAN.md")
    assert "nothing to compare yet" in page(client, plan, tab="versions")
    rewrite(hand, 'returns "ting"', 'returns "tang"')
    assert "has changed since this was read" in page(client, plan)
    client.post("/plans/read/", {"project": "bells", "path": "PLAN.md"})
    html = page(client, plan, tab="versions")
    assert "a reading, by ada" in html and html.count("a reading") == 2
    assert "1 edited" in html and "<h3>criteria</h3>" in html
    assert re.search(r"before</span><pre>[^<]*ting.*?now</span><pre>[^<]*tang", html, re.DOTALL)
    assert '<td class="glyph">+</td>' in html and '<td class="glyph">-</td>' in html
    first = plan.revisions.last()
    old = page(client, plan, revision=str(first.pk))
    assert "as it was read on" in old and "tang" not in old
    assert client.get(f"/plans/{plan.pk}/", {"revision": "999"}).status_code == 404


def test_a_text_that_comes_back_is_the_current_one_again(client, hand):
    plan = read(hand, "PLAN.md")
    rewrite(hand, "ting", "tang")
    read(hand, "PLAN.md")
    rewrite(hand, "tang", "ting")
    plan = read(hand, "PLAN.md")
    plan.refresh_from_db()
    assert plan.current == plan.revisions.last()
    assert "has changed" not in page(client, plan)


def test_a_chosen_dialect_holds_for_every_later_reading_and_is_on_the_record(client, hand):
    plan = read(hand, "TODO.md")
    detected = Plan.objects.get(pk=plan.pk).dialect
    client.post(f"/plans/{plan.pk}/dialect/", {"dialect": "checklist"})
    plan.refresh_from_db()
    assert (plan.chosen, plan.dialect) == ("checklist", "checklist")
    assert "as a person chose" in page(client, plan) and "checklist was chosen" in page(client, plan)
    (hand.source / "TODO.md").write_text(BOXES + "- [ ] Ring\n")
    read(hand, "TODO.md")
    plan.refresh_from_db()
    assert plan.dialect == plan.current.chosen == "checklist"
    client.post(f"/plans/{plan.pk}/dialect/", {"dialect": ""})
    plan.refresh_from_db()
    assert (plan.chosen, plan.dialect) == ("", detected) and plan.current.chosen == ""
    bodies = [json.loads(e.body) for e in Event.objects.filter(chain=0, kind="plan.dialect_chosen").order_by("seq")]
    assert [(b["before"], b["now"]) for b in bodies] == [("", "checklist"), ("checklist", "")]


def test_an_unknown_dialect_is_refused_and_one_that_finds_no_step_says_so(client, hand):
    plan = read(hand, "PLAN.md")
    answer = client.post(f"/plans/{plan.pk}/dialect/", {"dialect": "runes"})
    assert answer.status_code == 422 and "There is no dialect" in answer.content.decode()
    client.post(f"/plans/{plan.pk}/dialect/", {"dialect": "taskmaster"})
    assert "holds no step when it is read as taskmaster" in page(client, plan)


def test_a_run_meets_a_dialect_chosen_meanwhile_as_an_edit(client, hand):
    hand.start(plan="PLAN.md")
    hand.approve()
    assert drift.find(hand.run) is None
    runs.pause(hand.run, hand.actor)
    client.post(f"/plans/{hand.run.plan_id}/dialect/", {"dialect": "blueprint"})
    found = drift.find(hand.run)
    assert found is not None and (found.steps.added, found.steps.edited, found.steps.removed) == ((), (), ())


def test_a_file_that_is_no_plan_says_why_and_what_to_do(client, hand):
    answer = client.post("/plans/read/", {"project": "bells", "path": "NOTES.md"}, follow=True)
    html = answer.content.decode()
    assert "This is no plan that can be run" in html and "NOTES.md:1: no steps were found" in html
    assert "Nothing to do here." in html and Revision.objects.count() == 0
    assert "Start a run</a>" not in html
    (hand.source / "NOTES.md").write_text(PLAN)
    client.post("/plans/read/", {"project": "bells", "path": "NOTES.md"})
    assert "This is no plan" not in page(client, Plan.objects.get(path="NOTES.md"))


def test_a_missing_file_is_refused_and_not_kept(client, hand):
    answer = client.post("/plans/read/", {"project": "bells", "path": "nowhere.md"})
    assert answer.status_code == 422 and Plan.objects.count() == 0


def test_a_folder_of_step_files_shows_one_file_at_a_time(client, hand):
    folder = hand.source / "steps"
    folder.mkdir()
    for n in (1, 2):
        (folder / f"0{n}_ring.md").write_text(STEP_FILE.format(n=n))
    git(hand.source, "add", "-A")
    plan = read(hand, "steps")
    html = page(client, plan, step="2")
    assert 'aria-current="true">steps/02_ring.md' in html and "Step 1: Ring 1" not in html
    assert "tab=steps&amp;step=2#s2" in html
    assert "file=steps/01_ring.md&amp;line=" in page(client, plan, tab="problems")


def test_the_line_of_a_step_in_a_folder_leads_to_its_own_file(client, hand):
    folder = hand.source / "steps"
    folder.mkdir()
    for n, name in ((1, "first"), (2, "second")):
        (folder / f"0{n}_{name}.md").write_text(STEP_FILE.format(n=n))
    git(hand.source, "add", "-A")
    git(hand.source, "commit", "-qm", "docs: two steps")
    hand.start(plan="steps", runner="anthropic_api")
    found = [(p["path"], p["line"]) for p in hand.run.compiled["problems"] if p["code"] == "unknown-agent"]
    assert found == [("steps/01_first.md", 1), ("steps/02_second.md", 1)]
    html = client.get(f"/runs/{hand.run.pk}/dispatch/").content.decode()
    assert f"/plans/{hand.run.plan_id}/?file=steps/02_second.md&amp;line=1#L1" in html
    opened = page(client, hand.run.plan, file="steps/02_second.md", line="1")
    assert 'aria-current="true">steps/02_second.md' in opened


def test_looking_at_any_part_of_a_plan_writes_nothing(client, hand):
    plan = read(hand, "PLAN.md")
    rewrite(hand, "ting", "tang")
    before = (Revision.objects.count(), Event.objects.count())
    for tab in ("source", "steps", "problems", "graph", "states", "versions", "nonsense"):
        page(client, plan, tab=tab, line="9", step="x", page="0")
    assert (Revision.objects.count(), Event.objects.count()) == before


def test_strangers_see_no_plan(stranger, hand):
    plan = read(hand, "PLAN.md")
    assert stranger.get("/plans/").status_code == stranger.get(f"/plans/{plan.pk}/").status_code == 302


def big_plan(count: int = 10_000) -> str:
    step = (
        "### Step {n}: Ring bell {n}\n\n**Objective**: Bell {n} rings. {more}\n\n"
        "**Acceptance criteria**:\n- It rings.\n\n**Depends on**: Step {before}\n\n"
        "#### Phase 3 — Verification\n\n- [ ] It rings — `test -f bell{n}`.\n\n"
    )
    more = "It is loud and clear in all weathers. " * 8
    return "# Bells\n\n## Steps\n\n" + "".join(
        step.format(n=n, before=max(1, n - 3), more=more) for n in range(1, count + 1)
    )


def test_ten_thousand_steps_open_as_a_window_at_little_cost(client, hand):
    (hand.source / "BIG.md").write_text(big_plan())
    assert (hand.source / "BIG.md").stat().st_size > 4_500_000
    plan = read(hand, "BIG.md")
    for query in ({}, {"step": "7000"}, {"line": "90000"}, {"tab": "problems"}, {"tab": "graph"}):
        began = time.process_time()
        html = page(client, plan, **query)
        assert len(html) < 600_000, query
        assert time.process_time() - began < 5, query
    html = page(client, plan, step="7000")
    assert 'id="s7000" class="is-own"' in html and "Step 7000: Ring bell 7000" in html and "page 35 of 50" in html
