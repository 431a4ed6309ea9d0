"""Agent definitions: who does which work, with which model, tools and standing orders.

A definition is a Markdown file: a YAML block between two `---` lines, then the orders. Some come with the program; a
repository's own win over those of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from agents.exceptions import DefinitionUnreadable
from agents.registry.models import MODELS, model_id
from agents.registry.parsing import LARGEST_BYTES, Parsed, agent_key, parse
from agents.registry.types import AgentDefinition, Problem

FOLDERS = (".claude/agents", ".cursor/agents", "agents")
"""Where a repository's definitions are, in the order in which they win."""
MOST_FILES = 200
_BUILTIN = Path(__file__).parent.parent / "definitions"


@dataclass(frozen=True, slots=True)
class Registry:
    """All definitions by name, the repository's over the built-in; `broken` are names whose file cannot be used."""

    definitions: Mapping[str, AgentDefinition]
    broken: Mapping[str, Problem]
    problems: tuple[Problem, ...]

    def find(self, name: str) -> AgentDefinition | None:
        """The definition that a plan or a rule means by this name; None where there is none, or a broken one."""
        key = agent_key(name)
        return None if key in self.broken else self.definitions.get(key)


def load(files: Mapping[str, bytes | None]) -> Registry:
    """The registry of a repository: path to content, None for what is no regular file or is too large. Pure."""
    found: dict[str, Parsed] = {}
    problems: list[Problem] = []
    for path in _in_order(files)[:MOST_FILES]:
        parsed = parse(path, files[path], builtin())
        first = found.setdefault(parsed.name, parsed)
        problems += parsed.problems if first is parsed else [_double(path, parsed.name, first)]
    if len(_in_order(files)) > MOST_FILES:
        words = f"keep at most {MOST_FILES} definitions; this one and those after it are not read."
        problems.append(Problem(_in_order(files)[MOST_FILES], 1, "warning", "too-many", words))
    own = {name: one.definition for name, one in found.items() if one.definition}
    broken = {name: _first_error(one) for name, one in found.items() if not one.definition}
    return Registry({**builtin(), **own}, broken, tuple(problems))


def definition(name: str) -> AgentDefinition:
    """The built-in definition of this name (each role has one named like it); unknown: DefinitionUnreadable."""
    try:
        return builtin()[name]
    except KeyError:
        known = ", ".join(sorted(builtin()))
        raise DefinitionUnreadable(f"There is no agent “{name}”. Choose one of: {known}.") from None


@cache
def builtin() -> Mapping[str, AgentDefinition]:
    """All definitions that come with the program, by name."""
    return {one.name: one for one in _read_builtin()}


def _read_builtin() -> Iterator[AgentDefinition]:
    for path in sorted(_BUILTIN.glob("*.md")):
        parsed = parse(path.name, path.read_bytes(), {})
        if parsed.definition is None or parsed.problems:
            raise DefinitionUnreadable("; ".join(map(str, parsed.problems)))
        yield replace(parsed.definition, path="")


def _in_order(files: Mapping[str, bytes | None]) -> list[str]:
    """The definitions among the files, those that win first."""
    places = {path: place for path in files if (place := _place(path, files[path])) is not None}
    return sorted(places, key=lambda path: (places[path], path))


def _place(path: str, data: bytes | None) -> int | None:
    """Which folder a definition is in; None for what is none. `agents/` is a usual name for other things, so there a
    file counts only directly in it, and with a block."""
    if not path.endswith(".md"):
        return None
    parents = [str(parent) for parent in PurePosixPath(path).parents]
    place = next((place for place, folder in enumerate(FOLDERS) if folder in parents), None)
    plain = place == len(FOLDERS) - 1
    return None if plain and (parents[0] != FOLDERS[-1] or not (data or b"").startswith(b"---")) else place


def _double(path: str, name: str, first: Parsed) -> Problem:
    where = first.definition.path if first.definition else first.problems[0].path
    return Problem(path, 1, "warning", "duplicate-name", f"“{name}” is {where}; remove one of the two.")


def _first_error(parsed: Parsed) -> Problem:
    return next(problem for problem in parsed.problems if problem.level == "error")


__all__ = [
    "FOLDERS", "LARGEST_BYTES", "MODELS", "AgentDefinition", "Problem", "Registry", "agent_key", "builtin",
    "definition", "load", "model_id",
]  # fmt: skip
