"""Parsed plans into rows. A revision is immutable: the same text is stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from plans import collector
from plans.models import Plan, Project, Revision, Step
from plans.plain import plain
from plans.reading import content_hash
from plans.sorted_json import sorted_json
from plans.types import ParsedPlan, ParsedStep
from plans.writeback import without_marks

Files = Mapping[str, bytes]
"""The plan's files by their path in the repository: one, or those of a folder of step files."""


def store(
    project: Project, path: str, files: Files, parsed: ParsedPlan, chosen: str = "", made_by: str = ""
) -> Revision:
    """The revision of a plan with this text, made if it is new; `chosen` is the dialect that a person chose for it."""
    digest = _digest(files, chosen)
    with transaction.atomic():
        plan, _ = Plan.objects.update_or_create(
            project=project, path=path, defaults={"title": parsed.title[:500], "dialect": parsed.dialect}
        )
        found = Revision.objects.filter(plan=plan, sha256=digest).first()
        if found is None:
            same = meaning(files, chosen, parsed)
            values = {"sha256": digest, "meaning": same, "chosen": chosen, "made_by": made_by}
            found = _new(plan, files, parsed, values)
        Plan.objects.filter(pk=plan.pk).update(current=found)
        return found


def meaning(files: Files, chosen: str = "", parsed: ParsedPlan | None = None) -> str:
    """Hash of the plan's text without the marks that the engine writes, and of the dialect that a person chose.
    `parsed` is what was read from these files: one file that is all of the plan is not read a second time."""
    with collector.paused():
        bare = {name: without_marks(data, name, chosen, _of_file(parsed, name)) for name, data in files.items()}
    return _digest(bare, chosen)


def _of_file(parsed: ParsedPlan | None, name: str) -> ParsedPlan | None:
    return parsed if parsed and parsed.path == name else None


def _digest(files: Files, chosen: str) -> str:
    whole = hashlib.sha256(chosen.encode())
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def _new(plan: Plan, files: Files, parsed: ParsedPlan, values: Mapping[str, str]) -> Revision:
    """A revision that shares every step which the newest one has as well."""
    known = _known(plan)
    found = rows(plan, parsed)
    new = {step.digest: step for step in found if step.digest not in known}
    known |= {step.digest: step.pk for step in Step.objects.bulk_create(new.values(), batch_size=500)}
    places = zip(found, parsed.steps, strict=True)
    return Revision.objects.create(
        plan=plan,
        files={name: data.decode("utf-8", "surrogateescape") for name, data in files.items()},
        parsed=plan_as_json(parsed),
        layout=[[known[step.digest], read.line] for step, read in places],
        **values,
    )


def _known(plan: Plan) -> dict[str, int]:
    newest = plan.revisions.first()
    ids = {id for id, _ in newest.layout} if newest else set()
    return {digest: id for id, digest in plan.steps.values_list("id", "digest") if id in ids}


def rows(plan: Plan, parsed: ParsedPlan) -> list[Step]:
    """A row for each step, not stored yet."""
    with collector.paused():
        return [_step(plan, step) for step in parsed.steps]


def _step(plan: Plan, step: ParsedStep) -> Step:
    key, title, group, content = step.key, step.title[:500], step.group or "", plain(step, -step.line)
    digest = hashlib.sha256(sorted_json(step, -step.line).encode("utf-8", "surrogatepass")).hexdigest()
    # by place: with names it takes twice as long (and the type checker counts a foreign key as two places)
    return Step(None, plan.pk, key, title, group, content, content_hash(step), digest)  # type: ignore[misc]


def plan_as_json(parsed: ParsedPlan) -> dict[str, Any]:
    """Everything of a plan but its steps, JSON-serialisable."""
    values: dict[str, Any] = plain(replace(parsed, steps=()))
    values.pop("steps")
    return values
