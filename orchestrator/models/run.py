"""A run of a plan, its branch, its batches, and the one narrow row that orders everything that happens in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from orchestrator.engine.states import RUN_OVER
from orchestrator.models.constraints import known_status, open_rows
from plans.models import Plan, Project, Revision


class Run(models.Model):
    """`policy`, `compiled` (the dispatch plan) and `toolchain` are frozen at approval and hashed in the receipt.

    `base_branch` is where the run began, at `start_oid`; `branch` is where it publishes."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="runs")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="runs")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    profile = models.CharField(max_length=40)
    policy = models.JSONField(default=dict)
    compiled = models.JSONField(default=dict)
    scope = models.TextField(default="", blank=True)
    base_branch = models.TextField()
    start_oid = models.CharField(max_length=64)
    branch = models.TextField()
    status = models.CharField(max_length=24, default="draft")
    pause_reason = models.TextField(default="", blank=True)
    pause_after = models.CharField(max_length=8, default="", blank=True)
    unsettled = models.IntegerField(default=0)
    gaps = models.IntegerField(default=0)
    batches = models.IntegerField(default=0)
    engine_version = models.IntegerField(default=1)
    scripted = models.BooleanField(default=False)
    unsafe = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_status("run"),
            models.UniqueConstraint(
                fields=["project", "plan", "branch"],
                condition=~models.Q(status__in=sorted(RUN_OVER)),
                name="one_live_run_per_plan_and_branch",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.status in RUN_OVER


class RunHead(models.Model):
    """Lock, event number and hash of a chain in one row; chain 0 is the installation's own."""

    chain = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.chain}@{self.seq}"


class Receipt(models.Model):
    """An approval: the digest that a person saw and the leaves under it. The newest of a run is in force."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="receipts")
    digest = models.CharField(max_length=64)
    leaves = models.JSONField(default=dict)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(auto_now_add=True)
    via = models.CharField(max_length=20)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.digest[:12]


class Line(models.Model):
    """A head that only the engine moves. Landed is in the hub; published is in the person's repository.

    publish_state: none · behind · published · refused. `clone` is the person's own clone in user-managed mode."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="lines")
    name = models.CharField(max_length=80, default="main")
    ref = models.CharField(max_length=255)
    head_oid = models.CharField(max_length=64)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    forked_at = models.CharField(max_length=64)
    published_oid = models.CharField(max_length=64, default="", blank=True)
    publish_state = models.CharField(max_length=12, default="none")
    publish_detail = models.TextField(default="", blank=True)
    clone = models.CharField(max_length=1000, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="line_name_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.name}"


class Batch(models.Model):
    """Up to three steps that run before a person is asked again; `steps` are fixed when it opens."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="batch_rows")
    number = models.IntegerField()
    steps = models.JSONField(default=list)
    status = models.CharField(max_length=8, default="open")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        indexes = [open_rows("batch")]
        constraints = [
            known_status("batch"),
            models.UniqueConstraint(fields=["run", "number"], name="batch_number_once_per_run"),
        ]

    def __str__(self) -> str:
        return f"batch {self.number}"
