"""A process that is to stand still at a place stands still there, whichever thread passes it and however busy it is."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time

import psutil

from tests.integration.faults.stage import until

PASSES = """
import os, threading
from orchestrator.failpoints import failpoint

def go():
    failpoint("before_result")
    os.write(1, b"%d" % sum(range(20_000)))

thread = threading.Thread(target=go)
thread.start()
thread.join()
"""
TRIES = 8


def test_nothing_behind_the_place_runs_before_the_process_stands_still():
    with contextlib.ExitStack() as busy:
        for _ in range(3 * (os.cpu_count() or 1)):
            hog = busy.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            busy.callback(hog.kill)
        assert [_went_on() for _ in range(TRIES)] == [b""] * TRIES


def _went_on() -> bytes:
    """What a process that was stopped has written behind the place where it was to stop."""
    env = os.environ | {"SIGNALBOX_FAILPOINT": "before_result:1:STOP"}
    with subprocess.Popen([sys.executable, "-c", PASSES], env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout
        until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
        time.sleep(0.02)
        os.set_blocking(process.stdout.fileno(), False)
        told = process.stdout.read() or b""
        process.kill()
    return told
