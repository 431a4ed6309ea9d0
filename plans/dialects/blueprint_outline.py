"""The outline of a blueprint plan: its steps, the milestones above them, and the phases inside them."""

from __future__ import annotations

import re
from functools import lru_cache

from plans.dialects.outline import Grammar, Outline, StepHead, group_pattern, read_outline, step_pattern
from plans.document import Document
from plans.marks import CHECK, split_suffix
from plans.sections import LONGEST_NAME

_ROLES = (
    (re.compile(r"(?:re-?)?verif(?:y|ication)\b", re.IGNORECASE), "verify"),
    (re.compile(r"(?:adversarial |code |peer )?review\b", re.IGNORECASE), "review"),
    (re.compile(r"(?:build|implement(?:ation)?)\b", re.IGNORECASE), "build"),
)
_PHASE = re.compile(r"Phase[ \t]+(?P<number>[0-9]+)\b[ \t]*[:—–.-]*[ \t]*(?P<name>.*)$", re.IGNORECASE)
_STEP_FILE = re.compile(r"0{0,2}([0-9]{1,3}[a-z]?)[-_. ]")
_FIRST_CHECK = re.compile(rf"{CHECK}[ \t]*")
_BY_NUMBER = {"1": "build", "2": "review", "3": "verify"}


def role_of(name: str) -> str | None:
    """The role whose instructions stand under a section name: `Phase 1 — Build`, `Phase 3`, `Verification`."""
    return _role_of(name[:LONGEST_NAME])


@lru_cache(maxsize=1024)
def _role_of(name: str) -> str | None:
    phase = _PHASE.match(name)
    text = phase["name"] if phase else name
    found = next(
        (role for pattern, role in _ROLES if (match := pattern.match(text)) and (phase or match[0] == text)), None
    )
    if found or not phase:
        return found
    inside = next((role for pattern, role in _ROLES if pattern.search(text)), None)
    return inside or _BY_NUMBER.get(phase["number"])


def _is_section(name: str) -> bool:
    """Whether a heading on the step's own level is one of its phases all the same."""
    phase = _PHASE.match(name)
    return role_of(name) is not None and any(pattern.match(phase["name"] if phase else name) for pattern, _ in _ROLES)


GRAMMAR = Grammar("Step", step_pattern("Step"), group_pattern("Milestone|Phase"), "step", _is_section)


def read_blueprint(document: Document) -> Outline:
    """The steps of a plan, or the one step that a step file is."""
    outline = read_outline(document, GRAMMAR)
    return outline if outline.heads else Outline(_whole_file(document))


def _has_phases(names: list[str]) -> bool:
    """A numbered phase with a role, or sections for two of the roles: one alone occurs in any document."""
    roles = {name: role_of(name) for name in names if role_of(name)}
    return any(_PHASE.match(name) for name in roles) or len(set(roles.values())) > 1


def _whole_file(document: Document) -> tuple[StepHead, ...]:
    """The one step of a step file (`02_login.md`) whose title is the step's title and whose sections are its phases."""
    number = _STEP_FILE.match(document.name)
    title = next((heading for heading in document.headings if heading.level == 1), None)
    if number is None or title is None or not _has_phases([heading.text for heading in document.headings]):
        return ()
    mark = _FIRST_CHECK.match(title.text)
    rest, suffix = split_suffix(title.text[mark.end() :] if mark else title.text)
    head = StepHead(
        heading=title,
        key=number[1],
        title=rest.strip(" \t*_"),
        marked=bool(mark or suffix),
        word_column=title.column + (mark.end() if mark else 0),
        mark_column=title.column if mark else None,
        end=len(document.lines),
    )
    return (head,)
