"""The house keeps its walls: who may import whom, and the one owner of each dangerous thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("plans", "agents", "orchestrator")

# Inside orchestrator: a layer may import its own and those below it. What is in no layer (chain, events, exceptions,
# settings, wake and the like) is the ground they all stand on, and so are the tables: the database backs them.
TABLES = "orchestrator.engine.states"
LAYERS = (
    {"orchestrator.models"},
    {"orchestrator.engine"},
    {
        "orchestrator.actions",
        "orchestrator.queries",
        "orchestrator.reports",
        "orchestrator.stepreports",
        "orchestrator.markdown",
        "orchestrator.rules",
    },
    {"orchestrator.web", "orchestrator.api", "orchestrator.tasks", "orchestrator.management", "orchestrator.admin"},
)

CORE = (
    "states", "rows", "board", "guards", "changes", "fire", "couplings", "options", "schedule", "turn", "effects",
    "compile", "parts", "scope", "receipt", "policy",
)  # fmt: skip
PURE = tuple(f"orchestrator.engine.{name}" for name in CORE)
PURE_LIBRARY = {"__future__", "collections", "collections.abc", "dataclasses", "hashlib", "json", "re", "typing"}
GUARDS_LIBRARY = {
    "agents.guards", "agents.claims", "agents.redaction", "agents.workspaces.types", "agents.configuration.matching",
    "agents.configuration.linear", "agents.evidence.results.text", "agents.evidence.types", "ast", "bisect",
    "contextlib", "difflib", "functools", "itertools", "math", "pathlib", "posixpath", "shlex", "sys", "tomllib",
    "types",
}  # fmt: skip
"""What a guard, and the claims it looks at, may use beside the pure library: no git, process, database or clock.
`pathlib` for its pure half."""
READS_PROFILES = {"orchestrator.engine.policy": {"pathlib", "tomllib"}}

STARTS_PROCESSES = {
    "agents/sandbox/process.py": "the jail and its command",
    "agents/sandbox/probing.py": "asks bubblewrap whether it works here",
    "agents/sandbox/forward.py": "inside a setup jail: its command",
    "agents/sandbox/landlock_exec.py": "becomes the command that it has restricted",
    "agents/sandbox/environment.py": "asks the operator's python3 where it lives",
    "agents/workspaces/git.py": "git",
    "orchestrator/management/commands/demo.py": "starts over in a data folder of its own",
}
READS_ENVIRONMENT = {
    "orchestrator/celery.py": "Celery's own way in: names the settings before Django is loaded",
    "orchestrator/asgi.py": "the server's own way in: names the settings before Django is loaded",
    "orchestrator/management/commands/demo.py": "starts over with the environment it has, in another data folder",
}
MAKES_ROWS_WITH_A_STATUS = {
    "orchestrator/actions/runs.py": "an approval makes the steps; their first status is in the dispatch plan",
    "orchestrator/actions/drift.py": "a step that an edit adds is made like those of the approval",
}
SPAWN = {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp", "startfile"}


def files(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imports(path: Path) -> set[str]:
    """Dotted names that a file imports; `from a import b` counts as `a` and as `a.b`, as either may be the module."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def breaches(path: Path, forbidden: set[str]) -> list[str]:
    found = (name for name in imports(path) if any(inside(name, package) for package in forbidden))
    return sorted(name for name in found if not inside(name, TABLES))


@pytest.mark.parametrize("room", ["plans", "agents"])
def test_plans_and_agents_import_neither_the_orchestrator_nor_each_other(room):
    others = set(ROOMS) - {room}
    assert {str(path): found for path in files(room) if (found := breaches(path, others))} == {}


def test_agents_know_no_database():
    assert {str(path): found for path in files("agents") if (found := breaches(path, {"django"}))} == {}


@pytest.mark.parametrize("level", range(len(LAYERS)))
def test_a_layer_of_the_orchestrator_imports_nothing_above_it(level):
    above = set().union(*LAYERS[level + 1 :])
    here = [path for path in files("orchestrator") if any(inside(module(path), name) for name in LAYERS[level])]
    assert {str(path): found for path in here if (found := breaches(path, above))} == {}


@pytest.mark.parametrize("name", PURE)
def test_the_pure_core_has_no_django_no_clock_and_no_input_or_output(name):
    path = ROOT / f"{name.replace('.', '/')}.py"
    allowed = {*PURE, *PURE_LIBRARY, *READS_PROFILES.get(name, set()), "orchestrator.exceptions"}
    strange = [found for found in imports(path) if found not in allowed and found.rpartition(".")[0] not in allowed]
    assert strange == []
    assert not any(isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "print") for node in nodes(path))


@pytest.mark.parametrize(
    "path",
    sorted(path for room in ("guards", "claims") for path in (ROOT / "agents" / room).rglob("*.py")),
    ids=lambda path: f"{path.parent.stem}-{path.stem}",
)
def test_the_guards_look_at_values_alone(path):
    allowed = PURE_LIBRARY | GUARDS_LIBRARY
    assert {name for name in imports(path) if not any(inside(name, one) for one in allowed)} == set()
    assert "pathlib.Path" not in imports(path)
    assert not any(isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "print") for node in nodes(path))


def test_only_the_named_files_start_processes():
    found = {path.relative_to(ROOT).as_posix() for path in files(*ROOMS) if starts_processes(path)}
    assert found == set(STARTS_PROCESSES)


def starts_processes(path: Path) -> bool:
    named = imports(path) | {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}
    starts = {"subprocess", "multiprocessing", "pty", *(f"os.{name}" for name in SPAWN)}
    return any(name in starts or name.startswith(("os.exec", "os.spawn", "asyncio.create_subp")) for name in named)


def test_only_one_module_runs_git():
    """Nobody else looks for the program or imports GitPython, and nobody else of its folder starts a process."""
    found = {path.relative_to(ROOT).as_posix() for path in files(*ROOMS) if runs_git(path)}
    assert found == {"agents/workspaces/git.py"}


def runs_git(path: Path) -> bool:
    calls = [node for node in nodes(path) if isinstance(node, ast.Call) and node.args]
    finds = any(ast.unparse(call.func).endswith("which") and ast.unparse(call.args[0]) == "'git'" for call in calls)
    return finds or any(inside(name, "git") for name in imports(path))


def test_only_the_environment_module_and_the_named_files_read_the_environment():
    found = {path.relative_to(ROOT).as_posix() for path in files(*ROOMS) if reads_environment(path)}
    assert found == set(READS_ENVIRONMENT)
    readers = {module(path) for path in files(*ROOMS) if "environs" in imports(path)}
    assert readers == {"orchestrator.env"}


def reads_environment(path: Path) -> bool:
    names = imports(path) | {ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute)}
    return bool(names & {"os.environ", "os.getenv", "os.environb"})


def test_only_the_transitions_write_a_status():
    found = {path.relative_to(ROOT).as_posix() for path in files("orchestrator") if writes_status(path)}
    assert found - set(MAKES_ROWS_WITH_A_STATUS) <= {"orchestrator/engine/transitions.py"}


def writes_status(path: Path) -> bool:
    """A `status=` given to a row that is made or updated, or `row.status = …`."""
    return any(_assigns(node) or _passes(node) for node in nodes(path))


def _assigns(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)


WRITERS = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "set"}
MODELS = {"Run", "RunStep", "Dispatch", "Candidate", "Workspace", "Decision", "Finding", "Batch"}


def _passes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not any(keyword.arg == "status" for keyword in node.keywords):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    return called in WRITERS | MODELS
