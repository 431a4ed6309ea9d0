"""What a plan is called, and which plan is meant by a number ("m4"), a name ("channels") or a path, from the files' own
names alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from plans.sections import section_name
from plans.types import ParsedPlan

_NUMBER = re.compile(r"(?:m|milestone|phase|plan|spec)?[ \t._-]*0*(?P<number>[0-9]+)$", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[._-]+)?(?P<kind>m|milestone|phase|plan|spec|feature)?[._-]*0*(?P<number>[0-9]+)?[._-]+",
    re.IGNORECASE,
)
_ENDINGS = (".plan.md", ".story.md", ".markdown", ".md", ".json")


_COMMON = frozenset(["index", "plan", "plans", "prd", "readme", "roadmap", "spec", "task", "tasks", "todo"])
"""File names that many plans have, so that only their folder tells which one is meant."""


def short_name(path: str) -> str:
    """What a plan's file is called, in lower case for a branch: "003-albums-tasks" for specs/003-albums/tasks.md."""
    file, _, tag = path.partition("#")
    words = [folder_name(path), _stem(file), tag]
    return "-".join(word for word in words if word).lower()


def titled(title: str, path: str) -> str:
    """A plan's title; with the folder's name where neither it nor the file's name tells which plan it is."""
    folder = folder_name(path)
    return f"{title} ({folder})" if title and folder and folder not in title else title or path


def folder_name(path: str) -> str:
    """The name of the folder of a plan whose file is called as many are; "" where the file's own name tells."""
    above, _, file = path.partition("#")[0].rpartition("/")
    folder = above.rpartition("/")[2]
    return folder if _stem(file).lower() in _COMMON and folder.lower() not in _COMMON else ""


def matching_plans(wanted: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that `wanted` may mean: one when it is clear, several when a person has to choose, none when no file is
    named so. A number and a name that point to different plans give both."""
    known = sorted(set(paths))
    if wanted in known:
        return (wanted,)
    same_end = tuple(path for path in known if path.endswith(f"/{wanted}") or _stem(path) == wanted)
    if same_end:
        return same_end
    numbers, words = _said(wanted)
    by_number = {path for path in known if numbers and _number(path) in numbers}
    by_name = _named(words, known) if words else set()
    both = by_number & by_name
    return tuple(sorted(both or by_number | by_name))


def _said(wanted: str) -> tuple[set[int], list[str]]:
    """The plan numbers and the other words in what was asked for."""
    numbers, words = set(), []
    joined = re.sub(r"\b(m|milestone|phase|plan|spec)[ \t]+([0-9]+)\b", r"\1\2", wanted.strip(), flags=re.IGNORECASE)
    for word in re.split(r"[\s,/]+", joined):
        match = _NUMBER.match(word)
        if match:
            numbers.add(int(match["number"]))
        elif word and word.lower() not in ("the", "plan", "milestone", "feature", "spec"):
            words.append(word.lower())
    return numbers, words


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return next((name.removesuffix(end) for end in _ENDINGS if name.lower().endswith(end)), name)


def _number(path: str) -> int | None:
    match = _LEAD.match(_stem(path) + "-")
    return int(match["number"]) if match and match["number"] else None


def _name(path: str) -> str:
    stem = _stem(path)
    match = _LEAD.match(stem)
    rest = stem[match.end() :] if match else stem
    return re.sub(r"[\s._-]+", " ", rest or stem).lower().strip()


def _named(words: Sequence[str], paths: Sequence[str]) -> set[str]:
    """The plans with exactly this name, else those whose name holds every word."""
    whole = re.sub(r"[\s._-]+", " ", " ".join(words))
    exact = {path for path in paths if _name(path) == whole}
    return exact or {path for path in paths if all(word in _name(path) for word in whole.split())}


def steps_in_section(plan: ParsedPlan, name: str) -> tuple[str, ...]:
    """The keys of the steps in a part of the plan: its group, else those whose title speaks of it."""
    wanted = section_name(name)
    titles = {group.key: section_name(group.title) for group in plan.groups}
    grouped = [step.key for step in plan.steps if step.group and wanted in (step.group.lower(), titles.get(step.group))]
    return tuple(
        grouped or [step.key for step in plan.steps if all(word in step.title.lower() for word in wanted.split())]
    )
