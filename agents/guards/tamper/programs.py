"""What a check starts, and what of the tree would start in its place (X5)."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator

from agents.guards.asked import beyond_commands, mentions
from agents.guards.types import Case, Hit, present

_TOOLS = {"pytest", "mypy", "ruff", "flake8", "coverage", "tox", "nox", "black", "pylint", "pyright", "isort", "bandit"}
_MODULE = re.compile(r"\bpython[\d.]*\s+(?:-\w+\s+)*?-m\s+(\w+)")
_PYTHON = re.compile(r"\bpython[\d.]*\s")
_SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "source", "."}
_PARTS = re.compile(r"&&|\|\||[;|\n&]")
_CHECKS = re.compile(r"(?:check|test|lint|verif|valid)", re.IGNORECASE)
_FIRST_MAKEFILES = ("GNUmakefile", "makefile")


def hits(case: Case) -> Iterator[Hit]:
    commands = case.scope.commands
    yield from _shadows(case, commands)
    yield from _scripts(case, commands)


def _shadows(case: Case, commands: tuple[str, ...]) -> Iterator[Hit]:
    """A new module at the top that Python finds before its own, and a new makefile that make reads first."""
    started = {name for command in commands for name in _MODULE.findall(command)}
    python = any(_PYTHON.search(command) for command in commands)
    make = any(_programs(command) & {"make"} for command in commands)
    told = set()
    for file in present(case):
        top, _, rest = file.path.partition("/")
        name = top if rest else top.removesuffix(".py")
        if file.kind == "deleted" or name in told or not file.path.endswith(".py") or not _is_tool(name):
            if make and file.path in _FIRST_MAKEFILES and file.kind == "added" and "Makefile" in case.old:
                text = f"{file.path} is read in place of the Makefile, by which the step is checked. Change that one."
                yield Hit("shadowed", file.path, None, text)
            continue
        told.add(name)
        if name in started:
            text = f"{file.path} would run in place of {name}, with which the step is checked. Take another name."
            yield Hit("shadowed", file.path, None, text, name)
        elif python and name not in case.old and f"{name}.py" not in case.old:
            text = f"{file.path} stands before Python's own {name}. See that this is meant."
            yield Hit("shadows", file.path, None, text, name)


def _is_tool(name: str) -> bool:
    return name in _TOOLS or name in sys.stdlib_module_names


def _scripts(case: Case, commands: tuple[str, ...]) -> Iterator[Hit]:
    """A script that was there before, that checks the step, and that the step changes."""
    changed = {file.before for file in case.diff.files if file.old_mode}
    words = beyond_commands(case.scope)
    for path in sorted({path for command in commands for path in _script(command)} & changed):
        if mentions(words, path) or mentions(words, path.rsplit("/", 1)[-1]):
            text = f"{path} checks the step, and the step asks to change it. See that it checks as much as before."
            yield Hit("check-script-asked", path, None, text)
        else:
            text = f"{path} checks the step, and was changed by it. Leave it as it was; a person changes what checks."
            yield Hit("check-script", path, None, text)


def _parts(command: str) -> Iterator[list[str]]:
    for part in _PARTS.split(command):
        try:
            words = shlex.split(part)
        except ValueError:
            words = part.split()
        while words and re.fullmatch(r"\w+=.*", words[0]):
            words.pop(0)
        if words:
            yield words


def _programs(command: str) -> set[str]:
    return {words[0] for words in _parts(command)}


def _script(command: str) -> Iterator[str]:
    """The files of the tree that a command runs."""
    for program, *rest in _parts(command):
        named = next((word for word in rest if not word.startswith("-")), "")
        checks = _PYTHON.match(f"{program} ") and named.endswith(".py") and _CHECKS.search(named)
        if program in _SHELLS or checks:
            yield named.removeprefix("./")
        elif "/" in program or program.endswith(".sh"):
            yield program.removeprefix("./")
