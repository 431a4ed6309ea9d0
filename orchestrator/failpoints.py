"""Named places where a test may kill, stop or delay a process. Without SIGNALBOX_FAILPOINT nothing happens here."""

from __future__ import annotations

import signal
import threading
import time

from orchestrator.env import env

TRANSACTIONS = ("before_commit", "after_commit", "before_publish")
DISPATCHES = (
    "after_claim", "before_worktree", "after_worktree", "while_running", "after_save",
    "before_snapshot", "after_snapshot", "after_kept", "before_result", "after_result", "after_person_worktree",
)  # fmt: skip
LANDINGS = (
    "after_candidate_claim", "after_commit_object", "after_built", "after_checkout", "after_check", "before_discard",
    "after_checks", "after_standing", "before_swap", "after_swap", "after_landed", "before_retire", "after_keep",
    "after_remove", "before_publish_branch", "after_publish_branch", "after_published",
)  # fmt: skip
HANDOVERS = ("after_taken_commit", "after_taken_swap", "before_hand_over", "after_hand_over")
"""Passed in user-managed mode alone."""
SETUPS = ("in_setup", "before_setup_kept", "after_setup_kept")
"""Passed where a repository has setup commands alone."""
RECOVERY = ("after_take", "before_settle", "after_settle")
NAMES = TRANSACTIONS + DISPATCHES + LANDINGS + HANDOVERS + SETUPS + RECOVERY

_armed = ""
_left = 0
_how = ""


def arm(place: str) -> None:
    """Choose where this process dies: `name`, or `name:n` for its n-th passing; `name:n:STOP` stops it there instead,
    `name:n:4` holds up that one thread for four seconds. "" is nowhere."""
    global _armed, _left, _how
    _armed, nth, _how, *_ = *place.split(":"), "", ""
    _left = int(nth or 1)
    assert not _armed or _armed in NAMES, f"There is no failpoint {_armed!r}. Choose one of {', '.join(NAMES)}."


def failpoint(name: str) -> None:
    """Signal this process, or wait, if this is the armed passing of the armed place."""
    assert name in NAMES, f"Add {name!r} to the failpoints' NAMES."
    if name != _armed:
        return
    global _left
    _left -= 1
    if _left == 0 and _how.isdecimal():
        time.sleep(int(_how))
    elif _left == 0:
        # To this thread: a stop that is sent to the process waits for its main thread, and this one runs on till then.
        signal.pthread_kill(threading.get_ident(), signal.Signals[f"SIG{_how or 'KILL'}"])


arm(env.str("SIGNALBOX_FAILPOINT", ""))
