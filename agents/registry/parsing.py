"""One definition's file → a definition, and what a reader should know about the file. A file of a repository raises
nothing: whatever is wrong with it is a Problem with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import get_args

from agents.registry.frontmatter import Field, FrontmatterUnreadable, read, split
from agents.registry.models import MODELS, model_id
from agents.registry.types import AgentDefinition, Level, Problem
from agents.tools import ASK, REPORT, TOOLS
from agents.types import Role

LARGEST_BYTES = 256_000
ROLES: tuple[Role, ...] = get_args(Role)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
"""Marks that turn the direction of text, or are not shown at all: what is read would not be what is sent."""
READ = {"name", "role", "description", "model", "tools", "disallowedTools", "readonly"}

TOOL_NAMES: Mapping[str, str] = {
    **{name: name for name in (*TOOLS, ASK, REPORT)},
    "bash": "shell",
    "read": "read_file",
    "write": "write_file",
    "edit": "edit_file",
    "multiedit": "edit_file",
    "strreplace": "edit_file",
    "glob": "list_files",
    "ls": "list_files",
    "grep": "search",
    "askquestion": ASK,
    "askuserquestion": ASK,
}
"""What other programs call our tools, in lower case."""

_NO_BLOCK = "begin with a block of `key: value` lines (name, description) between two `---` lines."


@dataclass(frozen=True, slots=True)
class Parsed:
    """`name` is known even where nothing else could be read; `definition` is None then."""

    name: str
    definition: AgentDefinition | None
    problems: tuple[Problem, ...]


def agent_key(name: str) -> str:
    """The name as it is compared: "Rust Developer" and `rust-developer` are one."""
    return re.sub(r"[\s_-]+", "-", name.strip().strip("`*@").lower())


def parse(path: str, data: bytes | None, builtin: Mapping[str, AgentDefinition]) -> Parsed:
    """Read one definition. `data` None: the file is a link, or too large. Role and tools of a name that `builtin`
    knows are narrowed to what is said there."""
    stem = agent_key(PurePosixPath(path).stem)
    text, problem = _text(path, data)
    if problem:
        return Parsed(stem, None, (problem,))
    lines = text.splitlines()
    parts = split(lines)
    if parts is None:
        return Parsed(stem, None, (Problem(path, 1, "error", "no-frontmatter", _NO_BLOCK),))
    try:
        fields = read(parts[0])
    except FrontmatterUnreadable as error:
        return Parsed(stem, None, (Problem(path, error.line, "error", "frontmatter", str(error)),))
    return _Reading(path, stem, fields, lines, parts[1], builtin).parsed()


def _text(path: str, data: bytes | None) -> tuple[str, Problem | None]:
    if data is None or len(data) > LARGEST_BYTES:
        words = f"make it a regular file of at most {LARGEST_BYTES} bytes; links are not followed."
        return "", Problem(path, 1, "error", "not-readable", words)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", Problem(path, line, "error", "not-text", "save the file as UTF-8 text.")
    if "\0" in text:
        return "", Problem(path, 1, "error", "not-text", "save the file as UTF-8 text, without NUL characters.")
    return text, None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One file whose block could be read. Each part is a value and, from `problems`, what is wrong with it."""

    path: str
    stem: str
    fields: Mapping[str, Field]
    lines: Sequence[str]
    below: Sequence[str]
    builtin: Mapping[str, AgentDefinition]

    def parsed(self) -> Parsed:
        problems = tuple(sorted(self.problems(), key=lambda problem: problem.line))
        broken = any(problem.level == "error" for problem in problems)
        return Parsed(self.name(), None if broken else self.definition(), problems)

    def definition(self) -> AgentDefinition:
        return AgentDefinition(
            name=self.name(),
            role=self.role(),
            description=self.text("description"),
            model=model_id(self.text("model")) or "",
            tools=self.tools(),
            body="\n".join(self.below).strip(),
            path=self.path,
            line=self.line("name"),
            others={key: field.text for key, field in self.fields.items() if key not in READ},
        )

    def text(self, key: str) -> str:
        return self.fields[key].text if key in self.fields else ""

    def line(self, key: str) -> int:
        return self.fields[key].line if key in self.fields else 1

    def name(self) -> str:
        return agent_key(self.text("name")) or self.stem

    def role(self) -> Role:
        stated = next((role for role in ROLES if role == self.text("role")), None)
        known = self.builtin.get(self.name())
        return known.role if known else stated or "builder"

    def tools(self) -> tuple[str, ...]:
        """Of the role's tools those that the file leaves; asking a person is always left."""
        role = self.builtin.get(self.role())
        given = {TOOL_NAMES.get(name.lower()) for name in self.names("tools")}
        taken = {TOOL_NAMES.get(name.lower()) for name in self.names("disallowedTools")}
        if self.text("readonly") in ("true", "yes"):
            taken |= {name for name, tool in TOOLS.items() if tool.writes}
        if role is None:
            return tuple(name for name in TOOL_NAMES if name in given)
        everything = not given or "*" in self.names("tools")
        return tuple(
            name for name in role.tools if name == ASK or ((everything or name in given) and name not in taken)
        )

    def names(self, key: str) -> list[str]:
        return self.fields[key].names if key in self.fields else []

    def problems(self) -> Iterator[Problem]:
        if not self.text("name"):
            yield self._problem("name", "note", "no-name", f"add `name:`; until then it is called “{self.stem}”.")
        if not NAME.fullmatch(self.name()):
            yield self._problem("name", "error", "name", "name it with letters a-z, digits and hyphens, at most 64.")
        if not self.text("description"):
            yield self._problem(
                "description", "warning", "no-description", "add `description:`, one line on what it does."
            )
        if not "".join(self.below).strip():
            yield self._problem("name", "warning", "no-orders", "write its orders below the block; it has none.")
        if model_id(self.text("model")) is None:
            known = ", ".join(MODELS)
            words = f"“{self.text('model')}” is no model here; its role's is used. Known: {known}, claude-…."
            yield self._problem("model", "warning", "unknown-model", words)
        yield from self._tool_problems()
        yield from self._hidden()

    def _tool_problems(self) -> Iterator[Problem]:
        unknown = [name for name in self.names("tools") if name != "*" and name.lower() not in TOOL_NAMES]
        if unknown:
            words = f"not a tool here, so not given: {', '.join(unknown)}."
            yield self._problem("tools", "note", "unknown-tool", words)

    def _hidden(self) -> Iterator[Problem]:
        for number, line in enumerate(self.lines, start=1):
            if found := HIDDEN.search(line.removeprefix("\ufeff") if number == 1 else line):
                words = f"remove U+{ord(found[0]):04X}: it hides or turns text, so what you read is not what is sent."
                yield Problem(self.path, number, "warning", "hidden-character", words)

    def _problem(self, key: str, level: Level, code: str, message: str) -> Problem:
        return Problem(self.path, self.line(key), level, code, message)
