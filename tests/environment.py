"""What settings and processes read from the environment, for all tests: a data folder of their own, and folders that
are quick. A plugin (`-p`), because pytest-django reads the settings before any conftest; with the usual folder two test
runs would share one database. Each process of a parallel run (`-n`) loads it for itself."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 2_000_000_000


def _in_memory() -> bool:
    """Whether there is a folder in memory that takes programs, with room for what all tests write at a time. A quarter
    of the time went into waiting for the disk; no test looks at what a power cut would leave."""
    if not os.access(MEMORY, os.W_OK):
        return False
    about = os.statvfs(MEMORY)
    return not about.f_flag & os.ST_NOEXEC and about.f_bavail * about.f_frsize > ROOM_BYTES


if "TMPDIR" not in os.environ and _in_memory():
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None
# Compiled once: a command that compiles all it imports starts three times as slowly.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_DATA = tempfile.TemporaryDirectory(prefix="signalbox-tests-")
os.environ["SIGNALBOX_DATA"] = _DATA.name
os.environ.pop("ANTHROPIC_API_KEY", None)
os.environ.setdefault("SIGNALBOX_REHEARSAL_DELAY", "0")
