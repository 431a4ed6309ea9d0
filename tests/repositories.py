"""Real repositories for tests, made with the git program as a person would."""

from __future__ import annotations

import subprocess
from pathlib import Path

PLAN = """# Bells

## Tool Chain

| Category | Tool | Command |
|---|---|---|
| Test | unittest | `python3 -m unittest -q` |

## Steps

### ✅ Step 1: Begin

**Objective**: A package.

**Acceptance criteria**:
- There is a file.

#### Phase 1 — Build

Make it.

#### Phase 2 — Adversarial Review

1. Is it there?

#### Phase 3 — Verification

- [x] It is there — `test -f bells.py`.

---

### Step 2: Add the small bell

**Objective**: A small bell that says ting.

**Acceptance criteria**:
- `bells.small()` returns "ting".

#### Phase 1 — Build

Add `small` to `bells.py`. Keep `{{this}}` and ``` as they are.

#### Phase 2 — Adversarial Review

1. Does it say ting?

#### Phase 3 — Verification

- [ ] It says ting — `python3 -c "import bells; assert bells.small() == 'ting'"`.
- [ ] There is no TODO — `grep -n TODO bells.py` returns zero hits.

---

### Step 3: Add the big bell

**Objective**: A big bell that says bong.

**Acceptance criteria**:
- `bells.big()` returns "bong".

**Depends on**: Step 2

#### Phase 1 — Build

Add `big` to `bells.py`.

#### Phase 2 — Adversarial Review

1. Does it say bong?

#### Phase 3 — Verification

- [ ] It says bong — `python3 -c "import bells; assert bells.big() == 'bong'"`.

---

### Step 4: Describe the bells

**Objective**: A README.

**Acceptance criteria**:
- The README names both bells.

#### Phase 1 — Build

Write `README.md`.

#### Phase 2 — Adversarial Review

1. Are both named?

#### Phase 3 — Verification

- [ ] Both are named — `grep -c bell README.md` prints at least 2.
- [ ] It reads well.
"""


def plan_of(*steps: list[str]) -> str:
    """A blueprint plan whose steps have these verification items."""
    text = "# Bells\n\n## Steps\n"
    for number, items in enumerate(steps, start=1):
        boxes = "\n".join(f"- [ ] {item}." for item in items)
        text += (
            f"\n### Step {number}: Do {number}\n\n**Objective**: It.\n\n**Acceptance criteria**:\n- It is.\n\n"
            f"#### Phase 1 — Build\n\nDo.\n\n#### Phase 2 — Adversarial Review\n\n1. Is it?\n\n"
            f"#### Phase 3 — Verification\n\n{boxes}\n\n---\n"
        )
    return text


def git(path: Path, *arguments: str) -> str:
    """Run git as a person in `path`; returns what it printed."""
    done = subprocess.run(["git", "-C", str(path), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def repository(path: Path, files: dict[str, str] | None = None, *, plan: str | None = PLAN) -> Path:
    """A repository with one commit on main, by Ada."""
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "-q", "-b", "main")
    with (path / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write("[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n")
    contents = {"bells.py": '"""Bells."""\n', **(files or {})}
    if plan is not None:
        contents["PLAN.md"] = plan
    for name, text in contents.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(path, "add", "-A")
    git(path, "commit", "-qm", "Begin")
    return path
