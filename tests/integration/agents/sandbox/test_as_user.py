"""The sandbox's own tests once more as an ordinary user, where these run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from orchestrator.env import ROOT

pytestmark = pytest.mark.ledger("X16", "X6")

NOBODY = "65534"
HERE = Path(__file__).parent
FILES = (*sorted(HERE.glob("test_*.py")), HERE.parent / "evidence" / "test_hostile_checks.py")
WORKSPACES = HERE.parent / "workspaces"


def _python() -> str:
    """An interpreter that an ordinary user may run, with the libraries of this one."""
    for found in (str(Path(sys.executable).resolve()), f"/usr/bin/python3.{sys.version_info.minor}"):
        asked = subprocess.run([*_as_nobody(), "test", "-x", found], capture_output=True, check=False)
        if asked.returncode == 0:
            return found
    pytest.skip("No Python of this version can be run by an ordinary user here: install one below /usr.")


def _as_nobody() -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--"]


@pytest.mark.parametrize("what", ["sandbox", "workspaces"])
def test_all_of_it_holds_for_an_ordinary_user(what, tmp_path):
    if os.getuid() != 0:
        pytest.skip("These tests run as an ordinary user already.")
    home = Path("/tmp") / f"signalbox-user-{os.getpid()}-{what}"  # its parents must be open to that user
    home.mkdir(mode=0o700)
    os.chown(home, int(NOBODY), int(NOBODY))
    files = [*map(str, WORKSPACES.glob("test_*.py"))] if what == "workspaces" else [*map(str, FILES)]
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home), "USER": "nobody",
        "PYTHONPATH": f"{ROOT}:{sysconfig.get_paths()['purelib']}", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    argv = [*_as_nobody(), _python(), "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={home}/t",
            "--deselect", f"{Path(__file__)}", *files]  # fmt: skip
    try:
        done = subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-6000:] + done.stderr[-2000:]
