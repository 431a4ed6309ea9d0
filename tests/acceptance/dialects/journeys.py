"""One small plan for each dialect, in the shape and at the place that its teams use, and what one passed step of it
changes in the file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Journey:
    """`marks` are (before, after): every place of the plan's text that changes when step `key` passes. `{day}` and
    `{minute}` stand for the time."""

    dialect: str
    path: str
    text: str
    key: str
    marks: tuple[tuple[str, str], ...] = ()
    beside: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return self.path.partition("#")[0]


BLUEPRINT = """# Seed library

## Steps

### Step 1: Lend a packet

**Objective**: Members take a packet home.

**Acceptance criteria**:
- There is a module for it.

#### Phase 1 — Build

Write `lending.py`.

#### Phase 2 — Adversarial Review

1. Is it there?

#### Phase 3 — Verification

- [ ] It is there — `test -f lending.py`.

### Step 2: Bring seeds back

**Objective**: Members return what they grew.

**Acceptance criteria**:
- There is a module for it.

#### Phase 3 — Verification

- [ ] It is there — `test -f returning.py`.
"""

MILESTONE = """# M4 — Lending seeds

## Goal

Members take packets home.

## Deliverables

- A module `lending.py` that remembers who took which packet.
- A page that lists the packets at home.

## User journeys

| Journey | Visual baseline |
|---|---|
| Take a packet → see it in one's list | `packets.png` |

## Acceptance criteria

- [ ] `test -f lending.py` passes
"""

SPEC = """---
mode: delegated
---

# Plan: Seed library

## Objective

Members take packets home.

## Step by Step Tasks

### 1. Lend a packet

- **Task ID**: lend-packet
- **Depends On**: none
- **Description**: Write `lending.py`.
- **Files**: creates: `lending.py`

### 2. Bring seeds back

- **Task ID**: bring-back
- **Depends On**: lend-packet
- **Description**: Write `returning.py`.

## Acceptance Criteria

- [ ] A packet has one taker

## Validation Commands

- `test -f lending.py`
"""

PHASES = """# Seed library

**Status:** Reviewed - Ready for Implementation

## Phases

### Phase 1: Lend a packet

**Principal Owner:** Gardener
**Dependencies:** None
**Blast Radius:** `test -f lending.py`

**Files to create:**
- `lending.py`

**Acceptance Criteria:**
- [ ] `test -f lending.py` passes

### Phase 2: Bring seeds back

**Principal Owner:** Gardener
**Dependencies:** Phase 1
**Blast Radius:** `test -f returning.py`

**Acceptance Criteria:**
- [ ] `test -f returning.py` passes
"""

TASKBOARD = """# Execution Plan

## Current State

| Field | Value |
|---|---|
| **Active task** | T1.1 |
| **Tasks completed** | 0 / 2 |
| **Last updated** | 2026-01-01 |

## Phase 1: Packets

#### M1: Lending

| # | Task | Type | Status | Spec Source | Depends On | Data Deps |
|---|------|------|--------|-------------|------------|-----------|
| T1.1 | Write `lending.py` | Code | pending | spec §1 | — | — |
| T1.2 | Write `returning.py` | Code | pending | spec §2 | T1.1 | — |

## Task Tracking

| Task | Milestone | Phase | Type | Status | Blocked By | Data Deps | Completed |
|------|-----------|-------|------|--------|------------|-----------|-----------|
| T1.1 | M1 | 1 | Code | pending | — | — | — |
| T1.2 | M1 | 1 | Code | pending | T1.1 | — | — |
"""

SPECKIT = """# Tasks: Seed library

**Input**: plan.md and spec.md of this folder

## Phase 1: Setup

- [ ] T001 Write `lending.py`
- [ ] T002 [P] [US1] Write `returning.py` (depends on T001)
"""

KIRO = """# Implementation Plan

- [ ] 1. Lend packets
  - [ ] 1.1 Write the module
    - Remember who took which packet in `lending.py`
    - _Requirements: 1.1_
- [ ] 2. Bring seeds back
  - _Requirements: 1.2_
"""

TASKMASTER = """{
  "master": {
    "tasks": [
      {"id": 1, "title": "Water", "status": "pending", "dependencies": []}
    ]
  },
  "seeds": {
    "tasks": [
      {
        "id": 1,
        "title": "Lend packets",
        "description": "Members take packets home.",
        "status": "pending",
        "dependencies": [],
        "subtasks": [
          {"id": 1, "title": "Write lending.py", "status": "pending", "dependencies": []}
        ]
      },
      {
        "id": 2,
        "title": "Bring seeds back",
        "status": "pending",
        "dependencies": [1]
      }
    ]
  }
}
"""

SUPERPOWERS = """# Seed library Implementation Plan

> **For agentic workers:** work through this plan task by task. Steps use checkbox (`- [ ]`) syntax for tracking.

**Goal:** Members take packets home.

### Task 1: Lend a packet

**Files:**
- Create: `lending.py`

- [ ] **Step 1: See that it is there:** `test -f lending.py`

### Task 2: Bring seeds back

- [ ] **Step 1: See that it is there:** `test -f returning.py`
"""

BMAD = """# Story 3.1: Lending seeds

## Status

Approved

## Story

**As a** member, **I want** to take a packet home, **so that** it grows.

## Acceptance Criteria

1. A packet has one taker

## Tasks / Subtasks

- [ ] Lend a packet (AC: 1)
  - [ ] It is there: `test -f lending.py`
- [ ] Bring seeds back

## Dev Notes

## Dev Agent Record
"""

OPENSPEC = """## 1. Packets

- [ ] 1.1 Write `lending.py`
- [ ] 1.2 Write `returning.py`
"""

CURSOR = """---
name: Seed library
overview: Members take packets home.
todos:
  - id: lend
    content: "Lend a packet: write lending.py"
    status: pending
  - id: bring-back
    content: Bring seeds back
    status: pending
    dependencies:
      - lend
isProject: false
---

# Seed library

Two modules.
"""

EXECPLAN = """# Lend seeds

This ExecPlan is a living document.

## Purpose / Big Picture

Members take packets home.

## Progress

- [ ] Write lending.py
- [ ] Write returning.py

## Surprises & Discoveries

## Decision Log

## Outcomes & Retrospective
"""

CHECKLIST = """# Plan

## Packets

- [ ] Lend a packet
  - [ ] `test -f lending.py`
- [ ] Bring seeds back
"""

JOURNEYS = [
    Journey("blueprint", "PLAN.md", BLUEPRINT, "1", (("### Step 1", "### ✅ Step 1"), ("[ ]", "[x]"))),
    Journey("milestone", "docs/plans/m4-lending.md", MILESTONE, "D1"),
    Journey("spec", "specs/2026-05-01-seeds.md", SPEC, "lend-packet"),
    Journey("phases", ".ai/plans/2026-05-01.seeds.md", PHASES, "1", (("[ ]", "[x]"),)),
    Journey(
        "taskboard",
        "docs/execution-plan.md",
        TASKBOARD,
        "T1.1",
        (
            ("| T1.1 | Write `lending.py` | Code | pending |", "| T1.1 | Write `lending.py` | Code | completed |"),
            ("| T1.1 | M1 | 1 | Code | pending | — | — | — |", "| T1.1 | M1 | 1 | Code | completed | — | — | {day} |"),
            ("| **Active task** | T1.1 |", "| **Active task** | T1.2 |"),
            ("| 0 / 2 |", "| 1 / 2 |"),
            ("| 2026-01-01 |", "| {day} |"),
        ),
    ),
    Journey(
        "speckit",
        "specs/001-seeds/tasks.md",
        SPECKIT,
        "T001",
        (("- [ ] T001", "- [x] T001"),),
        {"specs/001-seeds/plan.md": "# Plan\n\nPython.\n", "specs/001-seeds/spec.md": "# Seeds\n\nPackets go home.\n"},
    ),
    Journey(
        "kiro",
        ".kiro/specs/seeds/tasks.md",
        KIRO,
        "1.1",
        (("- [ ] 1. ", "- [x] 1. "), ("- [ ] 1.1", "- [x] 1.1")),
        {".kiro/specs/seeds/requirements.md": "# Requirements\n\nPackets go home.\n"},
    ),
    Journey(
        "taskmaster",
        ".taskmaster/tasks/tasks.json#seeds",
        TASKMASTER,
        "1.1",
        (
            (
                'home.",\n        "status": "pending"',
                'home.",\n        "status": "done"',
            ),
            ('lending.py", "status": "pending"', 'lending.py", "status": "done"'),
        ),
    ),
    Journey("superpowers", "docs/superpowers/plans/2026-05-01-seeds.md", SUPERPOWERS, "1", (("- [ ] **", "- [x] **"),)),
    Journey(
        "bmad",
        "docs/stories/3.1.lending.story.md",
        BMAD,
        "1",
        (("- [ ] Lend", "- [x] Lend"), ("- [ ] It is", "- [x] It is")),
    ),
    Journey(
        "openspec",
        "openspec/changes/lend-seeds/tasks.md",
        OPENSPEC,
        "1.1",
        (("- [ ] 1.1", "- [x] 1.1"),),
        {"openspec/changes/lend-seeds/proposal.md": "## Why\n\nPackets go home.\n"},
    ),
    Journey("cursor", ".cursor/plans/seeds.plan.md", CURSOR, "lend", (("status: pending", "status: completed"),)),
    Journey("execplan", "plans/lend-seeds.md", EXECPLAN, "1", (("- [ ] Write", "- [x] ({minute}) Write"),)),
    Journey(
        "checklist", "PLAN.md", CHECKLIST, "1", (("- [ ] Lend", "- [x] Lend"), ("- [ ] `test", "- [x] `test"))
    ),
]  # fmt: skip
