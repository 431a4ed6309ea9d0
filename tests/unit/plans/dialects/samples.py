"""One small plan for each dialect, as a team would write it: name → (path, text)."""

from __future__ import annotations

MILESTONE = """# M2 — Lending

## Goal

Members borrow tools.

## Deliverables

- A table `loans` in `db/models.py`
  that remembers who has what.
- A route `POST /loans` in `api/loans.py`:
  - refuses a tool that is out
- A page that lists one's loans.

## Data model

One table.

## API surface (REST)

One route.

## Frontend deliverables

One page.

## User journeys

| Journey | Baseline |
|---|---|
| Borrow → see the tool in one's list | `loans.png` |

## Tests

Unit and browser.

## Acceptance criteria

- [ ] `pytest tests/loans` passes

## Dependencies on other milestones

- **M1 (hard).** Members exist.
- **No dependency on M3, M4.**
"""

BLUEPRINT = """# Loans

### Step 1: Lend

**Objective**: Lend a tool.

#### Phase 1 — Build

Write `loans.py`.

#### Phase 3 — Verification

- [ ] `pytest tests/loans` passes

### Step 2: Return

**Depends on**: Step 1

- [ ] It comes back
"""

SPEC = """---
mode: delegated
complexity: simple
playwright: false
created: 2026-03-10T12:00:00Z
---

# Plan: Loans

## Objective

Members borrow tools.

## Step by Step Tasks

### 1. Lend a tool

- **Task ID**: lend-tool
- **Depends On**: none
- **Description**:
  - Write the route. Show it so:
    ```
    - **Files**: not a field
    ## Cleanup
    ```
- **Files**: creates: `api/loans.py`, modifies: `db/models.py`
- **Tests**: `tests/test_loans.py`
- **Agent Type**: builder
- **Background**: true
- **Plan Approval**: false

### 1.5. Review

- **Task ID**: review-lend
- **Depends On**: lend-tool, #204 merged (the rename)
- **Agent Type**: reviewer
- **Parallel**: false (after lend-tool)

### N. Final Validation

- **Task ID**: validate-all
- **Depends On**: all above
- **Agent Type**: validator

## Acceptance Criteria

- [ ] A tool that is out is refused

## Validation Commands

```
pytest -q
# lint
ruff check .
```

## Documentation Requirements

- The README names the route.

## Review Policy

- **Max Retries**: 2
- **Skip Review For**: validator
"""

PHASES = """# Loans

**Status:** Reviewed - Ready for Implementation

## Phases

### Phase 0: Set up

**Principal Owner:** Toolsmith
**Dependencies:** None (uses what is there)
**Blast Radius:** `pytest tests/setup`

**Files to create:**
- `loans/__init__.py`

**Technical Details:**
- [ ] a note that is no criterion

**Acceptance Criteria:**
- [x] `test -f loans/__init__.py`

### Phase 1.5: Lend (NEW)
**Agent:** `builder` | **Skills:** sql | **Complexity:** Low
**Deps:** Phase 0 complete (so there is a package) | **Parallel:** No

**Pass when:**
- [ ] It lends

### ✅ Phase 2 – Say so

**Dependencies:** Phases 0-1.5 (✅ both)

## Parallelization Opportunities

| Parallel Group | Phases | Reason |
|---|---|---|
| Group A | Phase 0 | first |
| Group B | Phase 1.5, Phase 2 | beside each other |

## Implementation Notes

### Phase Completion

- Phase 0: waits
"""

TASKBOARD = """# Execution Plan

## Current State

| Field | Value |
|---|---|
| **Active task** | T1.1 |
| **Tasks completed** | 0 / 4 |
| **Last updated** | 2026-01-01 |

## Phase 1: Foundation

#### M1: Lending

| # | Task | Type | Status | Spec Source | Depends On | Data Deps |
|---|------|------|--------|-------------|------------|-----------|
| T1.1 | Test: `tests/test_loans.py` \\| red | Test | pending | spec §2 | — | D1 |
| T1.2 | Write `api/loans.py` | Code | pending | spec §2 | T1.1 | — |

#### M2: Saying so

| Task | Description | Type | Status | Spec Source | Depends On | Completed | Session |
|------|-------------|------|--------|-------------|------------|-----------|---------|
| T2.1 | Tell | Docs | pending | README | T1.1–T1.2 | — | S1 |
| T2.1b | Tell again | Docs | completed | README | T2.1 | 2026-01-01 | S1 | surplus |

| Tier | When | Tasks |
|------|------|-------|
| T0 | Unit | all |

#### Phase 1 Gate Check

- [ ] All tasks are completed

### PR Plan

| PR | Type | Milestone/Phase | Branch | Target | Status |
|----|------|-----------------|--------|--------|--------|
| PR-1 | Minor | M1 | feat/M1-lending | phase/1 | pending |

## Task Tracking

| Task | Milestone | Phase | Type | Status | Blocked By | Data Deps | Completed |
|------|-----------|-------|------|--------|------------|-----------|-----------|
| T1.1 | M1 | 1 | Test | pending | — | D1 | — |
| T1.2 | M1 | 1 | Code | pending | T1.1 | — | — |
| T2.1 | M2 | 1 | Docs | pending | T1.2 | — | — |
| T2.1b | M2 | 1 | Docs | completed | T2.1 | — | 2026-01-01 |

## Phase Gate Log

| Phase | Gate Check Date | Result | Notes |
|-------|-----------------|--------|-------|
| 1 | — | — | — |
"""

SPECKIT = """# Tasks: Loans

## Format: `[ID] [P?] [Story] Description`

- **[P]**: can run in parallel

## Phase 1: Setup

- [x] T001 Make `loans/` with an
      `__init__.py`
- [ ] T002 [P] Configure pytest

## Phase 5.5: User Story 1

### Tests

- [ ] T003a [P] [US1] Test in tests/test_loans.py (depends on T001, T002)
- [ ] T004 [US1] Implement in `loans/lend.py`

## Notes

- [P] tasks = different files
"""

KIRO = """# Implementation Plan

- [-] 1. Lend tools

  - _Requirements: 1.1_

- [x] 1.1 Write the model


  - Remember who has what in `loans/model.py`
  - _Requirements: 1.1, 1.2_

- [ ]* 1.2 Write property tests
- [ ] 2. Say so
  - [ ] 2.1 Write the page
  - [x] 2.2a Link it
    - [ ] from the menu
"""

TASKMASTER = """{
  "master": {
    "tasks": [
      {
        "id": "1",
        "title": "Lend",
        "description": "Members borrow tools.",
        "details": "Write api/loans.py",
        "testStrategy": "pytest tests/loans",
        "priority": "high",
        "dependencies": [],
        "status": "done",
        "subtasks": [
          {"id": 1, "title": "Model", "status": "done", "dependencies": []},
          {"id": 2, "title": "Route", "status": "pending", "dependencies": [1, "1.1"]}
        ]
      },
      {
        "id": 2,
        "title": "Return",
        "dependencies": [1, "1.2", 9]
      }
    ],
    "metadata": {"version": "1.0.0"}
  },
  "later": {"tasks": [{"id": 1, "title": "Reserve", "status": "in-progress"}]}
}
"""

SUPERPOWERS = """# Loans Implementation Plan

> **For agentic workers:** REQUIRED SUB-SKILL: Use superpowers:executing-plans. Steps use checkbox (`- [ ]`) syntax.

**Goal:** Members borrow tools.

## Chunk 1: Lending

### Task 1: Model

**Files:**
- Create: `loans/model.py`
- Modify: `db/models.py:10-20`

- [ ] **Step 1: Write the failing test**

```markdown
### Task 9: not a task
- [ ] **Step 1:** not a step

```python
assert True
```

More.
```

- [ ] **Step 2: Run it:** `pytest tests/loans`

### Task 2: Route

**Step 1: Write it**

**Step 2: Commit**

## Success Criteria

- [ ] No box of a task
"""

BMAD = """# Story 2.1: Lending

## Status

Approved

## Story

**As a** member, **I want** to borrow.

## Acceptance Criteria

1. A tool that is out is refused

## Tasks / Subtasks

### Sprint 1

- [x] **Model** (AC: 1, 2)
  - [x] Table `loans`
  - [x] Index
- [ ] Task 2: Route (AC: 1)
  - [ ] Refuse
- [ ] Say so

## Dev Notes

- [ ] no task

## Dev Agent Record
"""

OPENSPEC = """# Tasks: lend tools

## 1. Model
- [x] 1.1 Add the table
- [ ] 1.2 Add the index

## 2) Route
- [ ] Refuse what is out
  - `409` says why
  - [ ] and the body too

Acceptance:
- plain bullets are none
"""

CURSOR = """---
name: Loans
overview: >
  Members borrow
  tools.
todos:
  - id: lend
    content: "Lend: who has what"
    status: completed
  - id: give-back
    content: Return at 12:30 or later
    status: pending
    dependencies:
      - lend
  - content: Say so
    id: tell
isProject: false
---

# Loans

- [ ] no todo
"""

CURSOR_OLD = """<!-- 42c2b8cc-ac4c-411c-8f71-c12da9ae6e37 05d2d18e-2131-4929-9a78-ccf2c516683d -->
# Loans

1) Write it

### To-dos

- [x] Lend
- [ ] Return
"""

EXECPLAN = """# Loans

## Purpose / Big Picture

Members borrow tools.

## Progress

- [x] (2026-03-01 09:30Z) Model
- [ ] Route
[ ] Page (completed: list; remaining: form)

## Surprises & Discoveries

- [ ] no step

## Decision Log
"""

EXECPLAN_TASK = """---
task_id: 02
plan_id: PLAN_loans
title: Lend
---

- [ ] Model
- [X] Route
"""

CHECKLIST = """# To do

## Now (2)

- [ ] **Lend**
  - Assignee: ada
  - Description: who has what
- [x] ~~Return~~

## Later

* [~] Reserve
  * [ ] by phone
"""

CHECKLIST_PHASES = """# Loans Implementation Plan

## Overview

Text.

## Phase 1: Model

### Changes Required:

#### 1. Table
**File**: `loans/model.py`

### Success Criteria:

#### Automated Verification:
- [ ] Tests pass: `pytest tests/loans`

#### Manual Verification:
- [ ] It reads well

---

## Phase 2: Route

### Success Criteria:

- [ ] It answers
"""

CHECKLIST_NUMBERS = """# Loans

## Design

### Phase 1: thoughts

### Phase 2: more thoughts

## Implementation Steps

### 1. Model
- a table

### 2. Route
- a path

## Testing Scenarios

### 1. A tool is out
"""

SAMPLES: dict[str, list[tuple[str, str]]] = {
    "milestone": [("docs/plans/m2-lending.md", MILESTONE)],
    "blueprint": [("PLAN.md", BLUEPRINT)],
    "spec": [("specs/2026-02-07-loans.md", SPEC)],
    "phases": [(".ai/plans/2026-01-03.loans.md", PHASES)],
    "taskboard": [("docs/execution-plan.md", TASKBOARD)],
    "speckit": [("specs/001-loans/tasks.md", SPECKIT)],
    "kiro": [(".kiro/specs/loans/tasks.md", KIRO)],
    "taskmaster": [(".taskmaster/tasks/tasks.json", TASKMASTER), ("tasks.json#later", TASKMASTER)],
    "superpowers": [("docs/plans/loans.md", SUPERPOWERS)],
    "bmad": [("docs/stories/2.1.story.md", BMAD)],
    "openspec": [("openspec/changes/add-loans/tasks.md", OPENSPEC)],
    "cursor": [("loans.plan.md", CURSOR), (".cursor/plans/loans.plan.md", CURSOR_OLD)],
    "execplan": [("PLAN_loans.md", EXECPLAN), ("TASK_02_loans.md", EXECPLAN_TASK)],
    "checklist": [("TODO.md", CHECKLIST), ("plan.md", CHECKLIST_PHASES), ("notes/plan.md", CHECKLIST_NUMBERS)],
}

ALL = [(dialect, path, text) for dialect, plans in SAMPLES.items() for path, text in plans]
