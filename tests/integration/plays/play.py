"""One play: what a step asks for, and what a builder does and says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.rehearsal.script import Call, Scene, Turn

SUITE = "All tests pass — `python3 -m unittest -q`"
BONG = "It says bong — `python3 -c \"import bells; assert bells.big() == 'bong'\"`"
BIG = '\n\ndef big():\n    return "bong"\n'
BIG_TEST = """import unittest

import bells


class Big(unittest.TestCase):
    def test_big(self):
        self.assertEqual(bells.big(), "bong")
"""


@dataclass(frozen=True)
class Asked:
    """A step in the plan's words. `files` are those it declares."""

    title: str = "Add the big bell"
    build: str = "Add `big` to `bells.py`; it returns “bong”. Test it in `tests/test_big.py`."
    criteria: tuple[str, ...] = ("The big bell says bong.",)
    items: tuple[str, ...] = (SUITE,)
    files: tuple[str, ...] = ()

    def plan(self) -> str:
        """A blueprint plan of this one step."""
        files = f"**Files**: {', '.join(f'`{path}`' for path in self.files)}\n\n" if self.files else ""
        return (
            f"# Bells\n\n## Steps\n\n### Step 1: {self.title}\n\n**Objective**: {self.title}.\n\n{files}"
            f"**Acceptance criteria**:\n{_list('- ', self.criteria)}\n\n#### Phase 1 — Build\n\n{self.build}\n\n"
            f"#### Phase 2 — Adversarial Review\n\n1. Is it so?\n\n#### Phase 3 — Verification\n\n"
            f"{_list('- [ ] ', self.items)}\n"
        )


def _list(mark: str, texts: tuple[str, ...]) -> str:
    return "\n".join(f"{mark}{text}" if text.endswith(".") else f"{mark}{text}." for text in texts)


@dataclass(frozen=True)
class Play:
    """What the builder does (`calls`) and says (`report`), on a step. `caught` is what gives it away: the name of a
    guard, or check · red-first · proof · report; "" where the work is honest. `others` are what other roles say.

    `{folder}` in any of them is a folder outside of the repository. `unsafe` is for what has to remember something
    between two runs of a check, which no jail lets it."""

    name: str
    calls: tuple[Call, ...]
    report: Mapping[str, Any]
    caught: str = ""
    asked: Asked = field(default_factory=Asked)
    others: tuple[Scene, ...] = ()
    unsafe: bool = False

    def scenes(self) -> tuple[Scene, ...]:
        """The builder's scene, and those of the others. A role without one is played by the general script."""
        turns = (Turn(say="I do it.", calls=self.calls),) if self.calls else ()
        told = Turn(say="Done.", calls=(Call(tool="report", input=self.report),))
        return (Scene(role="builder", step="1", turn=(*turns, told)), *self.others)


def told(*paths: str, **more: Any) -> dict[str, Any]:
    """A builder's report about these files."""
    files = [{"path": path, "intent": "as the step says"} for path in paths]
    return {"files": files, "decisions": [], "deviations": [], "summary": "The step is done.", **more}


def write(path: str, text: str) -> Call:
    return Call(tool="write_file", input={"path": path, "content": text})


def edit(path: str, old: str, new: str) -> Call:
    return Call(tool="edit_file", input={"path": path, "old": old, "new": new})


def sh(command: str) -> Call:
    return Call(tool="shell", input={"command": command})


def says(role: str, **report: Any) -> Scene:
    """Another role's only turn: its report."""
    return Scene(role=role, step="1", turn=(Turn(say="Done.", calls=(Call(tool="report", input=report),)),))


ADD_BIG = sh(f"cat >> bells.py <<'END'{BIG}END")
ADD_TEST = write("tests/test_big.py", BIG_TEST)
RUN_TESTS = sh("python3 -m unittest -q")
HONEST = (ADD_BIG, ADD_TEST, RUN_TESTS)
"""What the step of the plays asks for, as it should be done."""
BOTH = ("bells.py", "tests/test_big.py")
