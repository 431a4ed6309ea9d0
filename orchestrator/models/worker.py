"""Which workers are there."""

from __future__ import annotations

from django.db import models


class Worker(models.Model):
    """A process that takes work. `seen` is when it last said so, in seconds since the epoch; only pages use it, no
    lease does. `holder` also says what its host `lacks`, as a sentence."""

    name = models.CharField(max_length=200, unique=True)
    holder = models.JSONField(default=dict)
    seen = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return self.name
