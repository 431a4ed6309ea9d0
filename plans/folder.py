"""Plans on disk: a folder of numbered step files read as one plan, and the plans a working tree holds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plans.exceptions import MAX_STEPS, UnreadablePlan
from plans.naming import titled
from plans.reading import MAX_BYTES, read_plan, read_plan_file, too_many_steps
from plans.types import ParsedPlan, ParsedStep, Part, Problem

MAX_FOUND_BYTES = 2_000_000
MAX_FILES = 20_000
_TOOL_FOLDERS = """
    .git .hg .svn node_modules .venv venv .tox .nox __pycache__ .mypy_cache .pytest_cache .ruff_cache .cache
    site-packages dist build target vendor .next .terraform
"""
SKIPPED_FOLDERS = frozenset(_TOOL_FOLDERS.split())

TASKS = "tasks.md"
COMPANIONS = ("spec.md", "requirements.md", "plan.md", "design.md", "proposal.md")
_MASTER = re.compile(r"PLAN_.*\.md$")
_SUBTASK = re.compile(r"TASK_[0-9]+.*\.md$")
_PLAN_NAME = re.compile(r"plan|todo|task|checklist|roadmap|step", re.IGNORECASE)
_TAGGED = re.compile(r"(.*\.json)#[^/]*")
_STEP_FILE = re.compile(r"([0-9]{1,3})[a-z]?[-_. ].*\.(?:md|markdown)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan file or step folder; `path` is relative to the scanned root, `steps` and `done` are counts."""

    path: str
    title: str
    dialect: str
    steps: int
    done: int

    @property
    def name(self) -> str:
        return titled(self.title, self.path)


def read_path(path: Path, shown: str | None = None, dialect: str | None = None) -> ParsedPlan:
    """Read a plan file, one list of it (`tasks.json#tag`), or a folder that is a plan; `dialect` as in `read_plan`.
    Raises UnreadablePlan when it cannot be opened."""
    name = str(path) if shown is None else shown
    if path.is_dir():
        return _read_directory(path, name, dialect)
    return read_plan_file(path if path.exists() else Path(file_of(str(path))), name, dialect)


def file_of(path: str) -> str:
    """The file that a plan stands in: of one list of it (`tasks.json#tag`) the part in front of the tag."""
    tagged = _TAGGED.fullmatch(path)
    return tagged[1] if tagged else path


def _read_directory(path: Path, name: str, dialect: str | None) -> ParsedPlan:
    entries = {entry.name: entry for entry in _entries(path)}
    files = plan_files(entries)
    if not files:
        raise UnreadablePlan(name, "the folder holds no numbered step files such as 01_setup.md; name a plan file.")
    return read_folder({file: _bytes(entries[file], f"{name}/{file}") for file in files}, name, dialect)


def plan_files(names: Iterable[str]) -> list[str]:
    """Those of a folder's files that make it a plan: numbered step files, a tasks.md with what stands beside it, or a
    PLAN_x.md with its TASK_01_x.md. Empty when it is none."""
    known = list(names)
    if TASKS in known:
        return [TASKS, *(name for name in COMPANIONS if name in known)]
    masters = [name for name in known if _MASTER.match(name)]
    if len(masters) == 1:
        return [*masters, *sorted(name for name in known if _SUBTASK.match(name))]
    return step_names(known)


def read_folder(files: Mapping[str, bytes], path: str, dialect: str | None = None) -> ParsedPlan:
    """One plan from the step files of a folder (name → bytes), in the order of their numbers; other files are left out.

    Each step's `path` is its file; a problem's message starts with the file's name. A tasks.md, or a PLAN_x.md, is the
    plan; what stands beside it says more. `dialect` as in `read_plan`.
    """
    main = next((name for name in plan_files(files) if name == TASKS or _MASTER.match(name)), None)
    if main is not None:
        return _with_companions(files, path, main, dialect)
    names = sorted((name for name in files if _STEP_FILE.match(name)), key=_order)
    alone = [read_plan(files[name], f"{path}/{name}", dialect) for name in names]
    keys = [step.key for plan in alone for step in plan.steps]
    if len(keys) > MAX_STEPS:
        return too_many_steps(path)
    plans = [read_plan(files[name], f"{path}/{name}", dialect, keys) for name in names]
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


def _with_companions(files: Mapping[str, bytes], path: str, main: str, dialect: str | None) -> ParsedPlan:
    """The plan of one file; the text of a sub-task's file becomes its step's, a specification's purpose the goal."""
    plan = read_plan(files[main], f"{path}/{main}", dialect)
    texts = {name: data.decode("utf-8", "replace") for name, data in files.items() if name != main}
    steps = tuple(replace(_with_own_file(step, texts), path=plan.path) for step in plan.steps)
    goal = plan.goal or next((_purpose(texts[name]) for name in COMPANIONS if name in texts), None)
    beside = ", ".join(sorted(texts))
    reasons = (*plan.reasons, *([f"with {beside}"] if beside else []))
    return replace(plan, path=path, steps=steps, goal=goal, reasons=reasons)


def _with_own_file(step: ParsedStep, texts: Mapping[str, str]) -> ParsedStep:
    name = next((name for name in texts if _SUBTASK.match(name) and name in step.title), None)
    if name is None:
        return step
    return replace(step, instructions={"build": Part(texts[name], step.span)}, details={**step.details, "file": name})


def _purpose(text: str) -> str | None:
    """The first paragraph that is neither heading, label nor list."""
    blocks = (block.strip() for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))
    return next((block for block in blocks if block and block[0] not in "#*-|>`<["), None)


def step_files(folder: Path) -> list[str]:
    """Names of the files of a folder that make it a plan, as `plan_files`."""
    return plan_files(entry.name for entry in _entries(folder))


def file_of_problem(problem: Problem, files: Sequence[str], steps: Iterable[ParsedStep]) -> str:
    """The file of a plan that a problem stands in; "" where a folder's problem names none. In a folder of step files a
    message starts with the name of its file or with its step."""
    if len(files) < 2:
        return files[0] if files else ""
    named = problem.message.partition(":")[0]
    by_name = next((name for name in files if name.rpartition("/")[2] == named), "")
    own = [step for step in steps if step.line == problem.line and problem.message.startswith(f"Step {step.key} ")]
    return by_name or next((step.path or "" for step in own), "")


def step_names(names: Iterable[str]) -> list[str]:
    """Those of these file names that are numbered step files, in the order of their numbers."""
    return sorted((name for name in names if _STEP_FILE.match(name)), key=_order)


def find_plans(root: Path) -> list[FoundPlan]:
    """The plans below `root`, by path. Links, big files and folders of tools are left out; unreadable ones too."""
    places = ((Path(folder), names) for folder, names in _candidates(root))
    found = [plan for folder, names in places for plan in _plans_in(folder, [folder / name for name in names], root)]
    return sorted(found, key=lambda plan: plan.path)


def fingerprint(root: Path) -> str:
    """A word that stays the same as long as `find_plans` would read the same; it opens no file."""
    whole = hashlib.sha256()
    for folder, names in _candidates(root):
        states = [(name, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for name, s in names.items()]
        whole.update(f"{folder}\0{states}\n".encode("utf-8", "surrogateescape") if states else b"")
    return whole.hexdigest()


def _candidates(root: Path) -> Iterator[tuple[str, Mapping[str, os.stat_result]]]:
    """Each folder with the names of those of its files that may hold a plan. In strings: a repository may have
    thousands."""
    seen = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        found = dict(_regular(folder, (name for name in sorted(names) if _may_hold_a_plan(name))))
        seen += len(found)
        yield folder, found
        if seen > MAX_FILES:
            break


def _regular(folder: str, names: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for name in names:
        with contextlib.suppress(OSError):
            state = os.lstat(f"{folder}/{name}")
            if stat.S_ISREG(state.st_mode):
                yield name, state


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
    """The plan in a file, None when it has no steps or they ask for nothing (a how-to, a tutorial)."""
    try:
        if entry.stat().st_size > MAX_FOUND_BYTES:
            return None
        plan = read_plan_file(entry, _relative(entry, root))
    except (OSError, UnreadablePlan):
        return None
    return plan if _asks(plan, entry.name) else None


def _asks(plan: ParsedPlan, name: str) -> bool:
    """Whether a file's steps are work: they state what has to hold. Loose boxes are, in a file that is named so."""
    if plan.dialect == "checklist" and not _PLAN_NAME.search(name):
        return False
    told = any(step.checks or step.criteria or step.claims or step.tests for step in plan.steps)
    return bool(
        told or plan.criteria or (plan.dialect == "blueprint" and any(step.instructions for step in plan.steps))
    )


def _may_hold_a_plan(name: str) -> bool:
    return name.lower().endswith((".md", ".markdown", "tasks.json"))


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
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
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
