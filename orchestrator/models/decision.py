"""Every question to a person, and its answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from orchestrator.models.constraints import known_status, open_rows
from orchestrator.models.run import Run
from orchestrator.models.runstep import RunStep


class Decision(models.Model):
    """`subjects` are run step ids (none: the run itself); `payload` holds reasons and the answer's arguments;
    `preview` the consequences as they were shown, with their hash."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=12, default="open")
    version = models.IntegerField(default=1)
    subjects = models.JSONField(default=list)
    options = models.JSONField(default=list)
    option = models.CharField(max_length=20, default="", blank=True)
    due = models.FloatField(default=0.0)
    payload = models.JSONField(default=dict)
    preview = models.JSONField(default=dict, blank=True)
    preview_sha256 = models.CharField(max_length=64, default="", blank=True)
    reason = models.TextField(default="", blank=True)
    instructions = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    via = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [open_rows("decision")]
        constraints = [known_status("decision")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DecisionSubject(models.Model):
    """One subject of a decision. `open_key` is unique while the decision is open or armed, then None."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="subject_rows")
    step = models.ForeignKey(RunStep, models.CASCADE, null=True, blank=True, related_name="+")
    open_key = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - only NULLs repeat

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.step_id or 'run'}"
