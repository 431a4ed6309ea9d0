"""Plans on disk: a folder of numbered step files read as one plan, and the plans a working tree holds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plans.exceptions import UnreadablePlan
from plans.reading import read_plan, read_plan_file
from plans.types import ParsedPlan, ParsedStep, Problem

MAX_FOUND_BYTES = 2_000_000
MAX_FILES = 20_000
_TOOL_FOLDERS = """
    .git .hg .svn node_modules .venv venv .tox .nox __pycache__ .mypy_cache .pytest_cache .ruff_cache .cache
    site-packages dist build target vendor .next .terraform
"""
SKIPPED_FOLDERS = frozenset(_TOOL_FOLDERS.split())

_STEP_FILE = re.compile(r"([0-9]{1,3})[a-z]?[-_. ].*\.(?:md|markdown)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan file or step folder; `path` is relative to the scanned root, `steps` and `done` are counts."""

    path: str
    title: str
    dialect: str
    steps: int
    done: int


def read_path(path: Path, shown: str | None = None) -> ParsedPlan:
    """Read a plan file or a folder of step files. Raises UnreadablePlan when it cannot be opened."""
    name = str(path) if shown is None else shown
    if not path.is_dir():
        return read_plan_file(path, name)
    files = {entry.name: entry for entry in _entries(path) if _STEP_FILE.match(entry.name)}
    if not files:
        raise UnreadablePlan(name, "the folder holds no numbered step files such as 01_setup.md; name a plan file.")
    return read_folder({file: _bytes(entry, f"{name}/{file}") for file, entry in files.items()}, name)


def read_folder(files: Mapping[str, bytes], path: str) -> ParsedPlan:
    """One plan from the step files of a folder (name → bytes), in the order of their numbers; other files are left out.

    Each step's `path` is its file; a problem's message starts with the file's name.
    """
    names = sorted((name for name in files if _STEP_FILE.match(name)), key=_order)
    alone = [read_plan(files[name], f"{path}/{name}") for name in names]
    keys = [step.key for plan in alone for step in plan.steps]
    plans = [read_plan(files[name], f"{path}/{name}", keys=keys) for name in names]
    steps = tuple(replace(step, path=plan.path) for plan in plans for step in plan.steps)
    problems = [_named(problem, plan) for plan in plans for problem in plan.problems]
    used = [plan for plan in plans if plan.steps]
    return ParsedPlan(
        path=path,
        dialect=(used or plans)[0].dialect if plans else "unknown",
        title=path.rstrip("/").rpartition("/")[2],
        goal=next((plan.goal for plan in used if plan.goal), None),
        groups=tuple(group for plan in used for group in plan.groups),
        steps=steps,
        tool_chain=next((plan.tool_chain for plan in used if plan.tool_chain), ()),
        problems=(*problems, *_shared_keys(steps)),
        reasons=(f"{len(used)} numbered step files",),
    )


def step_files(folder: Path) -> list[str]:
    """Names of the numbered step files in a folder, in the order of their numbers."""
    return step_names(entry.name for entry in _entries(folder))


def step_names(names: Iterable[str]) -> list[str]:
    """Those of these file names that are numbered step files, in the order of their numbers."""
    return sorted((name for name in names if _STEP_FILE.match(name)), key=_order)


def first_open(plan: ParsedPlan) -> ParsedStep | None:
    """The step to start from: the first that is not done; None when all are."""
    return next((step for step in plan.steps if not step.done), None)


def find_plans(root: Path) -> list[FoundPlan]:
    """The plans below `root`, by path. Links, big files and folders of tools are left out; unreadable ones too."""
    found: list[FoundPlan] = []
    seen = 0
    for folder, folders, _ in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        entries = [entry for entry in _entries(Path(folder)) if entry.suffix.lower() in (".md", ".markdown")]
        seen += len(entries)
        found += _plans_in(Path(folder), entries, root)
        if seen > MAX_FILES:
            break
    return sorted(found, key=lambda plan: plan.path)


def _plans_in(folder: Path, entries: Sequence[Path], root: Path) -> Iterator[FoundPlan]:
    plans = {entry.name: plan for entry in entries if (plan := _runnable(entry, root))}
    numbered = [name for name in plans if _STEP_FILE.match(name)]
    keys = [step.key for name in numbered for step in plans[name].steps]
    if len(numbered) > 1 and len(keys) == len(set(keys)):
        joined = replace(plans[numbered[0]], path=_relative(folder, root), title=folder.resolve().name)
        yield _found(joined, [step for name in numbered for step in plans.pop(name).steps])
    for plan in plans.values():
        yield _found(plan, plan.steps)


def _runnable(entry: Path, root: Path) -> ParsedPlan | None:
    """The plan in a file, None when it has no steps or its steps ask for nothing (a how-to, a tutorial)."""
    try:
        if entry.stat().st_size > MAX_FOUND_BYTES:
            return None
        plan = read_plan_file(entry, _relative(entry, root))
    except (OSError, UnreadablePlan):
        return None
    asks = any(step.instructions or step.criteria or step.checks for step in plan.steps)
    return plan if asks else None


def _found(plan: ParsedPlan, steps: Sequence[ParsedStep]) -> FoundPlan:
    return FoundPlan(plan.path, plan.title, plan.dialect, len(steps), sum(step.done for step in steps))


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.is_symlink())
    except OSError:
        return []


def _bytes(file: Path, shown: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadablePlan(shown, f"{error.strerror or error}; check its permissions.") from error


def _order(name: str) -> tuple[int, str]:
    match = _STEP_FILE.match(name)
    return (int(match[1]) if match else 0, name)


def _named(problem: Problem, plan: ParsedPlan) -> Problem:
    return replace(problem, message=f"{plan.path.rpartition('/')[2]}: {problem.message}")


def _shared_keys(steps: Sequence[ParsedStep]) -> Iterator[Problem]:
    """Keys that two files share; those within one file are found when it is read."""
    first: dict[str, ParsedStep] = {}
    for step in steps:
        earlier = first.setdefault(step.key, step)
        if earlier.path != step.path:
            names = [(path or "").rpartition("/")[2] for path in (step.path, earlier.path)]
            message = f"{names[0]}: Step {step.key} already stands in {names[1]}; give each step its own number"
            yield Problem(step.line, "error", "duplicate-key", message)
