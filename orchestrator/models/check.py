"""What checks came to: one row for each command or item, with its proof, and the files that it left."""

from __future__ import annotations

from functools import cached_property

from django.db import models

from agents.evidence.stored import unpack
from agents.evidence.types import Results
from orchestrator.models.work import Candidate

BESIDE = ("baseline", "rerun")
"""Sources of rows that judge nothing by themselves: what the base did, and what a failing test did once more."""


class CheckRun(models.Model):
    """What one check came to on one candidate. source: plan · project · gate · toolchain · verifier · person ·
    red-first, and those of BESIDE.

    verdict: passed · failed · not_new (it failed, and no test or finding of it is new) · timed_out · not_run · waived
    · not_applicable · unmeasured. `tree` is what it ran on, `expect` what its command had to do. `output` is stdout and
    stderr, capped; `output_sha256` is over all of it. `data` holds what it reported, see `results`; `compared` how that
    differs from the base; `changed_lines` maps a file to {"covered": count, "missed": lines} among the lines that the
    candidate adds. A row that was not run anew has `reused_from`, one that repeats a failed row has `rerun_of`."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="checks")
    position = models.IntegerField()
    item = models.TextField()
    source = models.CharField(max_length=12, default="plan")
    command = models.TextField(default="", blank=True)
    expect = models.CharField(max_length=40, default="exit_zero")
    tree = models.CharField(max_length=64, default="", blank=True)
    cwd = models.CharField(max_length=1000, default="", blank=True)
    verdict = models.CharField(max_length=16)
    reason = models.TextField(default="", blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    seconds = models.FloatField(default=0.0)
    output = models.TextField(default="", blank=True)
    output_sha256 = models.CharField(max_length=64, default="", blank=True)
    truncated = models.BooleanField(default=False)
    environment_sha256 = models.CharField(max_length=64, default="", blank=True)
    data = models.BinaryField(default=b"", blank=True)
    compared = models.JSONField(default=dict, blank=True)
    changed_lines = models.JSONField(default=dict, blank=True)
    reused_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reuses")
    rerun_of = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="reruns")

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["tree"], name="check_by_tree")]
        constraints = [models.UniqueConstraint(fields=["candidate", "position"], name="check_once_per_item")]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.item[:60]}"

    @property
    def decides(self) -> bool:
        """Whether it is one of the candidate's checks, not what stands beside one."""
        return self.source not in BESIDE

    @property
    def counts(self) -> bool:
        """Whether it is one of the checks that figures count: what does not apply is neither passed nor failed."""
        return self.decides and self.verdict != "not_applicable"

    @cached_property
    def results(self) -> Results:
        """What the command reported, as it was read."""
        return unpack(bytes(self.data))


class Artifact(models.Model):
    """A file that a check left. Its bytes are in the data folder, by run and hash. kind: report · image."""

    check_run = models.ForeignKey(CheckRun, models.CASCADE, related_name="artifacts")
    path = models.CharField(max_length=1000)
    kind = models.CharField(max_length=8)
    bytes = models.IntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.path
