"""Leased work and what it leaves: dispatches with their logs, candidates, workspaces, findings."""

from __future__ import annotations

from django.db import models

from orchestrator.models.constraints import known_status, one_open, open_rows
from orchestrator.models.run import Line, Run
from orchestrator.models.runstep import RunStep


class Leased(models.Model):
    """A row that one holder works on at a time. Every write of the holder is `WHERE epoch = mine`.

    `holder` is {host, boot, pid, started}; `beat` counts up while the holder lives; no clock is in a lease. `sandbox`
    says what held its commands, as `SandboxState.in_force` has it; empty before any could start."""

    epoch = models.IntegerField(default=0)
    beat = models.IntegerField(default=0)
    holder = models.JSONField(default=dict, blank=True)
    sandbox = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Dispatch(Leased):
    """One attempt of one role on one step. `messages` and `tree` are the saved pair a later try goes on from;
    `contains` are [key, commit] of the landed steps that it needs, each shown to be in its base. `claims` holds what
    its report says beside what was observed when it was judged, as `agents.claims.Row`."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="dispatches")
    step = models.ForeignKey(RunStep, models.CASCADE, related_name="dispatches")
    role = models.CharField(max_length=20)
    slot = models.IntegerField(default=0)
    runner = models.CharField(max_length=40)
    round = models.IntegerField(default=1)
    rechecks = models.IntegerField(default=0)
    attempt = models.IntegerField(default=1)
    status = models.CharField(max_length=16, default="queued")
    stop = models.CharField(max_length=8, default="", blank=True)
    noted = models.CharField(max_length=12, default="", blank=True)
    infra = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)
    asked_again = models.BooleanField(default=False)
    due = models.FloatField(default=0.0)
    model = models.CharField(max_length=80, default="", blank=True)
    base_oid = models.CharField(max_length=64, default="", blank=True)
    brief = models.TextField(default="", blank=True)
    brief_sha256 = models.CharField(max_length=64, default="", blank=True)
    report = models.JSONField(default=dict, blank=True)
    claims = models.JSONField(default=list, blank=True)
    usage = models.JSONField(default=dict, blank=True)
    detail = models.TextField(default="", blank=True)
    messages = models.JSONField(default=list, blank=True)
    tree = models.CharField(max_length=64, default="", blank=True)
    log_bytes = models.BigIntegerField(default=0)
    contains = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [open_rows("dispatch")]
        constraints = [known_status("dispatch"), one_open("dispatch", "step", "role", "slot")]

    def __str__(self) -> str:
        return f"{self.role} {self.attempt} of {self.step_id}"


class LogChunk(models.Model):
    """A piece of a dispatch's log: JSON lines, deflated; `offset` is the first byte's place in the whole log."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="chunks")
    offset = models.BigIntegerField()
    size = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["dispatch", "offset"], name="chunk_once_per_offset")]

    def __str__(self) -> str:
        return f"{self.dispatch_id}+{self.offset}"


class Candidate(Leased):
    """One try at landing: the tree of head and work with its marks, one commit, checked, then swapped in.

    `notes` are sentences about its evidence that belong to no single check."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="candidates")
    line = models.ForeignKey(Line, models.CASCADE, related_name="candidates")
    step = models.ForeignKey(RunStep, models.CASCADE, related_name="candidates")
    status = models.CharField(max_length=12, default="queued")
    stale = models.IntegerField(default=0)
    base_oid = models.CharField(max_length=64, default="", blank=True)
    work_oid = models.CharField(max_length=64, default="", blank=True)
    oid = models.CharField(max_length=64, default="", blank=True)
    tree = models.CharField(max_length=64, default="", blank=True)
    message = models.TextField(default="", blank=True)
    notes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [open_rows("candidate")]
        constraints = [known_status("candidate"), one_open("candidate", "line")]

    def __str__(self) -> str:
        return f"candidate {self.pk}"


class Workspace(models.Model):
    """A worktree's row. `path` is never used twice; `saved_oid` is its state in the vault. `port` is the first of its
    ports while it is live, `prepared` what it was made ready with: key, places, copies, notes, as far as it was."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="workspaces")
    step = models.ForeignKey(RunStep, models.CASCADE, related_name="workspaces")
    dispatch = models.ForeignKey(Dispatch, models.SET_NULL, null=True, blank=True, related_name="workspaces")
    status = models.CharField(max_length=12, default="preparing")
    host = models.CharField(max_length=200, default="")
    path = models.CharField(max_length=1000, unique=True, null=True, blank=True)
    base_oid = models.CharField(max_length=64, default="", blank=True)
    saved_oid = models.CharField(max_length=64, default="", blank=True)
    port = models.IntegerField(null=True, blank=True)
    prepared = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [open_rows("workspace")]
        constraints = [
            known_status("workspace"),
            models.UniqueConstraint(fields=["host", "port"], name="ports_once_per_host"),
        ]

    def __str__(self) -> str:
        return self.path or f"workspace {self.pk}"


class Finding(models.Model):
    """What a reviewer or a guard found, with its latest place. `guard` is "" where it was a reviewer. `identity`
    recognises the same finding in a later round: it was found first in `round`, last in `last_round`, `times` in all,
    and `closed_round` is the one that found it mended (0: none yet). `dispute` is what its builder says against it;
    `decision` the number of the one that waived it (0: none)."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="findings")
    step = models.ForeignKey(RunStep, models.CASCADE, related_name="findings")
    dispatch = models.ForeignKey(Dispatch, models.CASCADE, null=True, related_name="findings")
    round = models.IntegerField(default=1)
    severity = models.CharField(max_length=12, default="blocking")
    identity = models.CharField(max_length=64, default="")
    guard = models.CharField(max_length=20, default="", blank=True)
    status = models.CharField(max_length=12, default="open")
    path = models.CharField(max_length=1000, default="", blank=True)
    line = models.IntegerField(null=True, blank=True)
    title = models.CharField(max_length=500)
    detail = models.TextField(default="", blank=True)
    criterion = models.IntegerField(null=True, blank=True)
    oid = models.CharField(max_length=64, default="", blank=True)
    last_round = models.IntegerField(default=1)
    times = models.IntegerField(default=1)
    closed_round = models.IntegerField(default=0)
    dispute = models.TextField(default="", blank=True)
    decision = models.IntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [known_status("finding")]

    def __str__(self) -> str:
        return self.title
