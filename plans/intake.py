"""Parsed plans into rows. A revision is immutable: the same text is stored once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from plans.models import Plan, Project, Revision, Step, StepDependency
from plans.reading import content_hash
from plans.types import ParsedPlan
from plans.writeback import without_marks

Files = Mapping[str, bytes]
"""The plan's files by their path in the repository: one, or those of a folder of step files."""


def store(project: Project, path: str, files: Files, parsed: ParsedPlan) -> Revision:
    """The revision of a plan with this text, made if it is new."""
    digest = _digest(files)
    with transaction.atomic():
        plan, _ = Plan.objects.update_or_create(
            project=project, path=path, defaults={"title": parsed.title[:500], "dialect": parsed.dialect}
        )
        found = Revision.objects.filter(plan=plan, sha256=digest).first()
        return found or _new(plan, digest, files, parsed)


def meaning(files: Files) -> str:
    """Hash of the plan's text without the marks that the engine writes."""
    return _digest({name: without_marks(data, name) for name, data in files.items()})


def _digest(files: Files) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def _new(plan: Plan, digest: str, files: Files, parsed: ParsedPlan) -> Revision:
    revision = Revision.objects.create(
        plan=plan,
        sha256=digest,
        meaning=meaning(files),
        files={name: data.decode("utf-8", "surrogateescape") for name, data in files.items()},
        parsed=plan_as_json(parsed),
    )
    steps = Step.objects.bulk_create(
        Step(
            revision=revision, key=step.key, title=step.title[:500], position=position, group=step.group or "",
            line=step.line, done=step.done, content=json.loads(json.dumps(asdict(step))), leaf=content_hash(step),
        )
        for position, step in enumerate(parsed.steps)
    )  # fmt: skip
    by_key = {step.key: step for step in steps}
    StepDependency.objects.bulk_create(
        StepDependency(step=by_key[step.key], on=by_key[key]) for step in parsed.steps for key in step.depends_on
    )
    return revision


def plan_as_json(parsed: ParsedPlan) -> dict[str, Any]:
    """Everything of a plan but its steps, JSON-serialisable."""
    values = asdict(parsed)
    values.pop("steps")
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain
