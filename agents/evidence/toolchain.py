"""The tool chain that a project's own files name, for plans without a table of their own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

CATEGORIES = {
    "test": ("test", "tests", "unittest"),
    "lint": ("lint", "check-lint"),
    "types": ("typecheck", "type-check", "types", "mypy", "tsc"),
    "format": ("format-check", "fmt-check"),
    "build": ("build", "compile"),
}
TARGET = re.compile(r"^([A-Za-z][\w-]*)\s*:(?!=)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tool:
    """One command of the tool chain, in the plan table's columns."""

    category: str
    tool: str
    command: str


def detect(files: Mapping[str, bytes]) -> tuple[Tool, ...]:
    """Commands by the manifests in `files` (name at the project's top to content; others are ignored), one for each
    category: the first manifest of `READERS` that has one decides. A manifest that does not parse names none."""
    found: dict[str, Tool] = {}
    for name, read in READERS.items():
        for tool in read(files[name].decode(errors="replace")) if name in files else ():
            found.setdefault(tool.category, tool)
    return tuple(found.values())


def _makefile(text: str) -> Iterator[Tool]:
    targets = TARGET.findall(text)
    return (Tool(category, "make", f"make {name}") for category, name in _known(targets))


def _package_json(text: str) -> Iterator[Tool]:
    try:
        package = json.loads(text)
    except json.JSONDecodeError:
        return iter(())
    scripts = package.get("scripts") if isinstance(package, dict) else None
    names = list(scripts) if isinstance(scripts, dict) else []
    return (Tool(category, "npm", f"npm run {name}") for category, name in _known(names))


def _known(names: list[str]) -> Iterator[tuple[str, str]]:
    for category, words in CATEGORIES.items():
        if name := next((word for word in words if word in names), None):
            yield category, name


def _pyproject(text: str) -> Iterator[Tool]:
    try:
        tools = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return
    for key, tool in PYTHON_TOOLS.items():
        if key in tools:
            yield tool
    if "pytest" not in tools:
        yield Tool("test", "unittest", "python3 -m unittest")


def _always(*tools: Tool) -> Callable[[str], Iterator[Tool]]:
    return lambda _: iter(tools)


PYTHON_TOOLS: dict[str, Tool] = {
    "pytest": Tool("test", "pytest", "python3 -m pytest"),
    "ruff": Tool("lint", "ruff", "ruff check ."),
    "flake8": Tool("lint", "flake8", "flake8"),
    "mypy": Tool("types", "mypy", "mypy ."),
    "pyright": Tool("types", "pyright", "pyright"),
    "black": Tool("format", "black", "black --check ."),
}

READERS: dict[str, Callable[[str], Iterator[Tool]]] = {
    "Makefile": _makefile,
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "Cargo.toml": _always(
        Tool("test", "cargo", "cargo test"),
        Tool("lint", "clippy", "cargo clippy -- -D warnings"),
        Tool("build", "cargo", "cargo build"),
    ),
    "go.mod": _always(
        Tool("test", "go", "go test ./..."),
        Tool("lint", "go vet", "go vet ./..."),
        Tool("build", "go", "go build ./..."),
    ),
}
