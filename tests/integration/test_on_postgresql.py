"""All integration tests again, on PostgreSQL: what served mode rests on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import postgresql


@pytest.mark.soak
def test_every_integration_test_holds_on_postgresql():
    with postgresql() as url:
        argv = [sys.executable, "-m", "pytest", str(Path(__file__).parent), "-p", "no:cacheprovider"]
        done = subprocess.run(argv, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-20_000:] + done.stderr[-5_000:]
