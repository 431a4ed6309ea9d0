"""The command line as a person uses it: a process of its own, its text and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


OURS = ("SIGNALBOX", "DJANGO", "ANTHROPIC", "DATABASE", "REDIS")


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """A person's terminal with a data folder of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "SIGNALBOX_DATA": str(data),
            "SIGNALBOX_REHEARSAL_DELAY": "0",
            **environment,
        }  # fmt: skip
        self.data = data

    def __call__(self, *words: str, cwd: Path | None = None) -> Said:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            capture_output=True, text=True, env=self.environment, cwd=cwd or ROOT, timeout=120,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    def ok(self, *words: str) -> Said:
        said = self(*words)
        assert said.code == 0, (words, said)
        return said

    def refused(self, *words: str) -> str:
        """What stderr says to a person; exit 2 and never a stack trace."""
        said = self(*words)
        assert said.code == 2, (words, said)
        assert "Traceback" not in said.err and said.out == ""
        return said.err
