"""What is to be done, as rows: a repository, its plans, and every text of them that was ever read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from plans.dialects import DIALECTS
from plans.naming import titled
from plans.plain import plain


class Project(models.Model):
    """A repository. `location` is an absolute path (kind local) or a git URL; `is_example` marks the one that this
    installation made itself, the only one a scripted model may publish into."""

    KINDS = (("local", "a folder on this host"), ("url", "a git URL"))

    name = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=KINDS, default="local")
    location = models.CharField(max_length=2000, unique=True)
    branch = models.TextField()
    author_name = models.TextField()
    author_email = models.TextField()
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A plan file, or a folder of step files, by its path inside the repository. `current` is the text that was read
    last and `dialect` the one it was read in; `chosen` is the one that a person has set for every reading, "" where the
    text decides."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="plans")
    path = models.CharField(max_length=1000)
    title = models.CharField(max_length=500, default="")
    dialect = models.CharField(max_length=40, default="")
    chosen = models.CharField(max_length=40, default="", blank=True)

    current = models.ForeignKey("Revision", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["project", "path"], name="plan_once_per_project")]

    def __str__(self) -> str:
        return titled(self.title, self.path)

    @property
    def mark(self) -> str:
        """What is written into the plan when a step passes, in words; "" where its dialect has no marks."""
        return DIALECTS[self.dialect].mark if self.dialect in DIALECTS else ""

    def has_place_for_mark(self, content: Mapping[str, Any]) -> bool:
        """Whether a step, a ParsedStep as JSON, can be marked in this plan."""
        has_box = bool(content["claims"] or content["checks"])
        return bool(self.mark) and (has_box or not DIALECTS[self.dialect].needs_box)

    @classmethod
    def chosen_for(cls, project: Project, path: str) -> str:
        """The dialect that a person has set for a plan; "" where its text decides."""
        return cls._default_manager.filter(project=project, path=path).values_list("chosen", flat=True).first() or ""


class Revision(models.Model):
    """One text of a plan, never changed. `sha256` is over the text and the dialect `chosen` for it by a person, if any;
    `meaning` the same without completion marks. `made_by` says in words what read it first.

    `parsed` holds what is not in the steps: goal, groups, tool chain, problems, reasons (JSON of ParsedPlan). `layout`
    says which steps stand where: [step's id, its line] in plan order. Steps that a new text leaves as they are are
    shared with it, so that storing it costs what has changed."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="revisions")
    sha256 = models.CharField(max_length=64)
    meaning = models.CharField(max_length=64)
    files = models.JSONField(default=dict)
    parsed = models.JSONField(default=dict)
    layout = models.JSONField(default=list)
    chosen = models.CharField(max_length=40, default="", blank=True)
    made_by = models.CharField(max_length=80, default="", blank=True)
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["plan", "sha256"], name="revision_once_per_text")]

    def __str__(self) -> str:
        return f"{self.plan} {self.sha256[:8]}"

    def steps(self, key: str | None = None) -> list[PlacedStep]:
        """The steps of this text in plan order, or the one with this key (an empty list when there is none)."""
        stored = Step.objects.filter(plan=self.plan_id)
        if key is not None:
            stored = stored.filter(key=key)
        by_id = {step.pk: step for step in stored}
        places = enumerate(self.layout)
        return [PlacedStep(by_id[id], at, line) for at, (id, line) in places if id in by_id]


class Step(models.Model):
    """One step's text, never changed. `content` is the ParsedStep as JSON with its lines counted from the step's own
    (which is 0), so that it is the same wherever the step stands; `digest` is over it, `leaf` over what it says
    without done state."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="steps")
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=500)
    group = models.CharField(max_length=200, default="", blank=True)
    content = models.JSONField(default=dict)
    leaf = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["plan", "key"], name="step_by_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step where it stands in one revision: `position` from 0 in plan order, `line` of its heading."""

    step: Step
    position: int
    line: int

    @property
    def content(self) -> dict[str, Any]:
        """The ParsedStep as JSON, with the lines of the revision."""
        placed: dict[str, Any] = plain(self.step.content, self.line)
        return placed

    @property
    def pk(self) -> int:
        return int(self.step.pk)

    @property
    def key(self) -> str:
        return self.step.key

    @property
    def title(self) -> str:
        return self.step.title

    @property
    def group(self) -> str:
        return self.step.group

    @property
    def leaf(self) -> str:
        return self.step.leaf

    @property
    def done(self) -> bool:
        return bool(self.step.content["done"])
