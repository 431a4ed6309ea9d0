"""Fences that hold fences: what the writer meant, with a warning; examples never become steps."""

from __future__ import annotations

import pytest

from plans.document import scan
from tests.unit.plans.samples import codes, plan_text, read, step_text

NESTED = """Write the guide:

```markdown
# Guide

### Step 1: Example

```bash
make
```

### Step 2: Example

```
plain
```
```

"""


def test_a_step_after_nested_fences_of_one_length_is_not_lost():
    plan = read(plan_text(step_text(fields=NESTED), step_text("### Step 2: Logout")))
    assert [(step.key, step.title) for step in plan.steps] == [("1", "Login"), ("2", "Logout")]
    assert codes(plan) == ["recovered-fence"]
    assert plan.problems[0].line == 9


def test_the_warning_says_where_the_fence_is_read_as_ending():
    (problem,) = scan(NESTED.encode()).problems
    assert "line 17" in problem.message and "longer" in problem.message


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
def test_an_example_plan_in_a_fence_has_no_steps_and_no_boxes(fence):
    example = f"{fence}markdown\n### Step 7: Example\n\n- [ ] no\n{fence}\n"
    (step,) = read(plan_text(step_text(fields=example))).steps
    assert step.key == "1" and len(step.checks) == 2


def test_a_longer_outer_fence_holds_shorter_ones_without_a_warning():
    document = scan(b"````md\n```sh\n# a\n```\n### Step 9: no\n````\n### Step 1: yes\n")
    assert [h.text for h in document.headings] == ["Step 1: yes"]
    assert document.problems == ()


def test_a_left_over_closing_fence_does_not_swallow_the_next_step():
    plan = read(plan_text(step_text(fields="```sh\nmake\n```\n```\n"), step_text("### Step 2: Logout")))
    assert [step.key for step in plan.steps] == ["1", "2"]
    assert codes(plan) == ["recovered-fence"] and len(plan.steps[0].instructions) == 3


def test_a_stray_fence_right_before_a_step_is_read_as_closing():
    plan = read("# P\n\n### Step 1: A\n\n- [ ] a\n\n```\n\n### Step 2: B\n\n- [ ] b\n")
    assert [step.key for step in plan.steps] == ["1", "2"]
    assert codes(plan) == ["recovered-fence"]


def test_an_unpaired_opening_line_inside_a_fence_changes_nothing_after_it():
    text = "```md\nStart with\n```python\n```\n\n### Step 1: A\n\n```sh\nmake\n```\n\n- [ ] a\n"
    document = scan(text.encode())
    assert [h.text for h in document.headings] == ["Step 1: A"]
    assert len(document.items) == 1


def test_code_that_is_not_indented_like_its_list_item_stays_code():
    text = "1. Run:\n   ```bash\n# comment\necho hi\n   ```\n\n### Step 1: A\n"
    document = scan(text.encode())
    assert [h.text for h in document.headings] == ["Step 1: A"]
    assert [p.code for p in document.problems] == ["recovered-fence"]
