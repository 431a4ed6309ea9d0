"""What happens to a step in one run. The plan's own step is text and never changes."""

from __future__ import annotations

from django.db import models

from orchestrator.models.constraints import known_status
from orchestrator.models.run import Batch, Line, Run
from plans.models import Step


class RunStep(models.Model):
    """`work_oid` is the commit that holds the present work, `landed_oid` the one on the line that holds it for good.

    `proofs` maps an item's index to what proves it when the plan names no command: a command, a file and line that
    the verifier named, or the person who confirmed it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=500)
    position = models.IntegerField()
    group = models.CharField(max_length=200, default="", blank=True)
    stages = models.JSONField(default=list)
    status = models.CharField(max_length=16, default="waiting")
    stage = models.CharField(max_length=12, default="", blank=True)
    round = models.IntegerField(default=1)
    items = models.IntegerField(default=0)
    unproven = models.IntegerField(default=0)
    rechecks = models.IntegerField(default=0)
    unmet = models.IntegerField(default=0)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, blank=True, related_name="+")
    waived = models.JSONField(default=list)
    blocked_by = models.CharField(max_length=80, default="", blank=True)
    work_oid = models.CharField(max_length=64, default="", blank=True)
    landed_oid = models.CharField(max_length=64, default="", blank=True)
    summary = models.JSONField(default=dict, blank=True)
    proofs = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["run", "status", "position"], name="runstep_frontier"),
        ]
        constraints = [
            known_status("step"),
            models.UniqueConstraint(fields=["run", "key"], name="runstep_key_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(stage="") | models.Q(status__in=["active", "needs_decision"]),
                name="stage_only_while_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.key}"


class RunStepDependency(models.Model):
    """`step` waits for `on`; a waived edge counts for nothing and keeps its reason."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="edges")
    step = models.ForeignKey(RunStep, models.CASCADE, related_name="dependencies")
    on = models.ForeignKey(RunStep, models.CASCADE, related_name="dependents")
    waived = models.BooleanField(default=False)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "on"], name="run_dependency_once")]

    def __str__(self) -> str:
        return f"{self.step_id} on {self.on_id}"
