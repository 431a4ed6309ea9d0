"""Which packages a manifest names, for each kind of manifest. A manifest that cannot be read names none."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from agents.guards.types import Case

_NAME = re.compile(r"\s*([A-Za-z0-9@][\w.@/-]*)")
_GO_REQUIRE = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w./~-]+)\s+v\d", re.MULTILINE)
_TOP = ("pyproject.toml", "requirements.txt", "package.json", "Cargo.toml", "go.mod")


def known(case: Case) -> list[str]:
    """The manifests to look in: those at the top and those of the diff."""
    return list(dict.fromkeys([*_TOP, *(file.path for file in case.diff.files if reader(file.path))]))


def key(name: str) -> str:
    """A package's name as all its spellings have it."""
    return name.strip().lower().replace("_", "-")


def names(path: str, text: str) -> dict[str, str]:
    """Key to name as written of each package that a manifest asks for."""
    read = reader(path)
    try:
        found = list(read(text)) if read and text else []
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return {key(name): name for name in found}


def reader(path: str) -> Callable[[str], Iterator[str]] | None:
    """How a manifest of this name is read; None for any other file."""
    name = PurePosixPath(path).name
    if name.endswith((".txt", ".in")) and (name.startswith("requirements") or "/requirements/" in f"/{path}"):
        return _requirements
    return _READERS.get(name)


def _requirements(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if line[:1] not in ("#", "-", " ", "\t") and (found := _NAME.match(line)):
            yield found[1]


def _named(specifiers: Any) -> Iterator[str]:
    """Names of a list such as `["httpx>=0.27"]`; what includes another list is left out."""
    for one in specifiers or ():
        if isinstance(one, str) and (found := _NAME.match(one)):
            yield found[1]


def _pyproject(text: str) -> Iterator[str]:
    table = tomllib.loads(text)
    project, poetry = table.get("project", {}), table.get("tool", {}).get("poetry", {})
    lists = [project.get("dependencies"), *project.get("optional-dependencies", {}).values()]
    lists += [*table.get("dependency-groups", {}).values(), table.get("build-system", {}).get("requires")]
    for specifiers in lists:
        yield from _named(specifiers)
    groups = [poetry, *poetry.get("group", {}).values()]
    for group in groups:
        yield from (
            name for part in ("dependencies", "dev-dependencies") for name in group.get(part, {}) if name != "python"
        )


def _package_json(text: str) -> Iterator[str]:
    table = json.loads(text)
    for part in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        yield from table.get(part, {})


def _cargo(text: str) -> Iterator[str]:
    table = tomllib.loads(text)
    for place in (table, table.get("workspace", {}), *table.get("target", {}).values()):
        for part in ("dependencies", "dev-dependencies", "build-dependencies"):
            yield from place.get(part, {})


def _go_mod(text: str) -> Iterator[str]:
    yield from _GO_REQUIRE.findall(text)


_READERS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "go.mod": _go_mod,
}
LOCKS = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "uv.lock", "poetry.lock",
    "Pipfile.lock", "pdm.lock", "Cargo.lock", "go.sum",
)  # fmt: skip
