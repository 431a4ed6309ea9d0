"""What happened, in order, chained by hashes."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """`body` is canonical JSON as text. `hash` covers the one before, seq, time, actor, kind and the body's own
    hash, so a body with a leaked secret can be erased and the chain still holds."""

    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=200)
    via = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    step = models.CharField(max_length=80, default="", blank=True)
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="event_number_once")]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.kind}"
