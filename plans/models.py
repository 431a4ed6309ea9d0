"""What is to be done, as rows: a repository, its plans, and every text of them that was ever read."""

from __future__ import annotations

from django.db import models


class Project(models.Model):
    """A repository. `location` is an absolute path (kind local) or a git URL; `is_example` marks the one that this
    installation made itself, the only one a scripted model may publish into."""

    KINDS = (("local", "a folder on this host"), ("url", "a git URL"))

    name = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=KINDS, default="local")
    location = models.CharField(max_length=2000, unique=True)
    branch = models.CharField(max_length=255)
    author_name = models.CharField(max_length=200)
    author_email = models.CharField(max_length=200)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A plan file, or a folder of step files, by its path inside the repository."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="plans")
    path = models.CharField(max_length=1000)
    title = models.CharField(max_length=500, default="")
    dialect = models.CharField(max_length=40, default="")

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["project", "path"], name="plan_once_per_project")]

    def __str__(self) -> str:
        return self.title or self.path


class Revision(models.Model):
    """One text of a plan, never changed. `sha256` is over the text; `meaning` over it without completion marks.

    `parsed` holds what is not in the steps: goal, groups, tool chain, problems, reasons (JSON of ParsedPlan)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="revisions")
    sha256 = models.CharField(max_length=64)
    meaning = models.CharField(max_length=64)
    files = models.JSONField(default=dict)
    parsed = models.JSONField(default=dict)
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["plan", "sha256"], name="revision_once_per_text")]

    def __str__(self) -> str:
        return f"{self.plan} {self.sha256[:8]}"


class Step(models.Model):
    """One step of one revision; `content` is the ParsedStep as JSON, `leaf` its hash without done state."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="steps")
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=500)
    position = models.IntegerField()
    group = models.CharField(max_length=200, default="", blank=True)
    line = models.IntegerField()
    done = models.BooleanField(default=False)
    content = models.JSONField(default=dict)
    leaf = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["revision", "key"], name="step_key_once_per_revision")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class StepDependency(models.Model):
    """`step` depends on `on`, both of one revision."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="dependencies")
    on = models.ForeignKey(Step, models.CASCADE, related_name="dependents")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "on"], name="dependency_once")]

    def __str__(self) -> str:
        return f"{self.step_id} on {self.on_id}"
