"""One text of a plan as its page opens it: a stored revision, or the file itself where none was ever stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from orchestrator.actions.reading import parse_files, plan_files
from orchestrator.exceptions import PersonError
from plans import lint
from plans.folder import plan_files as plan_file_names
from plans.intake import plan_as_json
from plans.models import Plan, Revision, Step
from plans.types import ParsedStep, Problem, Span

KEPT = 16
"""Revisions whose problems are remembered: a text never changes, and finding them means reading it."""


@dataclass(frozen=True)
class Text:
    """`files` by path. `revision` is None for what was never stored, because no step was found in it; then `parsed`
    says why. `drift` is a sentence where the file is no longer this text, or cannot be read."""

    plan: Plan
    revision: Revision | None
    files: Mapping[str, str]
    parsed: Mapping[str, Any]
    drift: str = ""

    @property
    def in_folder(self) -> bool:
        return len(self.files) > 1

    @cached_property
    def main(self) -> str:
        """The file that all steps stand in; "" where they stand in several."""
        if not self.in_folder:
            return next(iter(self.files), "")
        own = {step.path for step in self.outline}
        return (own.pop() or "") if len(own) == 1 else ""

    @property
    def layout(self) -> Sequence[tuple[int, int]]:
        """(step's id, its line) in plan order."""
        return self.revision.layout if self.revision else ()

    @cached_property
    def done(self) -> int:
        """How many of the steps are complete."""
        done = set(Step.objects.filter(plan=self.plan, content__done=True).values_list("id", flat=True))
        return sum(id in done for id, _ in self.layout)

    @cached_property
    def outline(self) -> list[ParsedStep]:
        """Every step with what orders it: key, title, group, dependencies, done state, its line and file."""
        columns = ("id", "key", "title", "group", *(f"content__{name}" for name in _ORDERING))
        rows = {row[0]: row[1:] for row in Step.objects.filter(plan=self.plan).values_list(*columns)}
        return [_outlined(rows[id], line) for id, line in self.layout]

    @cached_property
    def problems(self) -> Sequence[Problem]:
        if self.revision:
            return problems_of(self.revision)
        return tuple(Problem(**problem) for problem in self.parsed.get("problems", []))


_ORDERING = ("depends_on", "outside_dependencies", "done", "path")


def _outlined(row: Sequence[Any], line: int) -> ParsedStep:
    key, title, group, depends_on, outside, done, path = row
    return ParsedStep(
        key, title, line, Span(line, line), group or None, depends_on=tuple(depends_on),
        outside_dependencies=tuple(outside), done=bool(done), path=path,
    )  # fmt: skip


def open_text(plan: Plan, revision_id: int | None = None) -> Text:
    """A stored text, the current one unless another is named; else the file as it is now. Raises
    Revision.DoesNotExist."""
    if revision_id:
        revision = plan.revisions.get(pk=revision_id)
        return Text(plan, revision, _in_order(revision.files), revision.parsed)
    return _stored(plan, plan.current) if plan.current else _unread(plan)


def _stored(plan: Plan, revision: Revision) -> Text:
    try:
        now = _decoded(plan_files(plan.project, plan.path))
    except PersonError as error:
        return Text(plan, revision, _in_order(revision.files), revision.parsed, str(error))
    drift = ""
    if now != revision.files:
        drift = "The file on disk has changed since this was read."
    elif revision.chosen != plan.chosen:
        drift = _undecided(plan)
    return Text(plan, revision, _in_order(revision.files), revision.parsed, drift)


def _in_order(files: Mapping[str, str]) -> dict[str, str]:
    """A plan's files as its folder reads them: a database keeps no order of names."""
    names = {name.rpartition("/")[2]: name for name in files}
    return {names[name]: files[names[name]] for name in plan_file_names(names)} or dict(files)


def _undecided(plan: Plan) -> str:
    """Why the shown text is not in the dialect that holds from now on."""
    wanted = f"as {plan.chosen}" if plan.chosen else "in the detected dialect"
    return f"This file holds no step when it is read {wanted}. What follows is the last reading that found steps."


def _unread(plan: Plan) -> Text:
    try:
        files = plan_files(plan.project, plan.path)
    except PersonError as error:
        return Text(plan, None, {}, {}, str(error))
    return Text(plan, None, _decoded(files), plan_as_json(parse_files(files, plan.path, plan.chosen)))


def _decoded(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: data.decode("utf-8", "surrogateescape") for name, data in files.items()}


def problems_of(revision: Revision) -> Sequence[Problem]:
    """What reading and the rules find in a stored text, by line."""
    return _problems(revision.pk, revision.sha256)


@lru_cache(KEPT)
def _problems(pk: int, sha256: str) -> Sequence[Problem]:
    revision = Revision.objects.select_related("plan").get(pk=pk, sha256=sha256)
    files = {name: text.encode("utf-8", "surrogateescape") for name, text in revision.files.items()}
    return lint.lint(parse_files(files, revision.plan.path, revision.chosen))
