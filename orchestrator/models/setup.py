"""How worktrees were made ready: one row for each time that setup commands really ran."""

from __future__ import annotations

from django.db import models

from orchestrator.models.run import Run
from orchestrator.models.runstep import RunStep


class Setup(models.Model):
    """One making of what the run's `[setup]` asks for, for whichever step wanted it first.

    outcome: "" while it is under way · made · failed · stopped. `oid` is the commit in whose checkout it ran, `key`
    that of its result; `log` is what the commands printed, without its middle where that is long; `asked` maps each
    host that they asked for to why it was refused ("" where it was not); `places` are [path, kind, bytes];
    `configuration` is a hash of what the operator allows and has installed; `holder` is the process that makes it, as
    in a lease."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="setups")
    step = models.ForeignKey(RunStep, models.CASCADE, related_name="setups")
    key = models.CharField(max_length=64)
    oid = models.CharField(max_length=64)
    commands = models.JSONField(default=list)
    configuration = models.CharField(max_length=64, default="")
    holder = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, default="", blank=True)
    reason = models.TextField(default="", blank=True)
    log = models.TextField(default="", blank=True)
    asked = models.JSONField(default=dict, blank=True)
    places = models.JSONField(default=list, blank=True)
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"setup {self.key[:10]}"
