"""Checks really run: a command in its jail becomes a verdict with its proof."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from agents.evidence import collecting
from agents.evidence.expectations import BY_EXIT, Ended, judge, weigh
from agents.evidence.fingerprint import environment_sha256
from agents.evidence.results import text
from agents.evidence.types import Gathered, Results, merged
from agents.exceptions import PlanOutsideRepository, SandboxFailed, SandboxUnavailable
from agents.sandbox import Finished, Jail, SandboxState, probe, run
from agents.sandbox.scratch import private_folder
from agents.types import CheckResult, CheckSpec
from agents.workspaces.confined import read_confined

NOTHING = hashlib.sha256(b"").hexdigest()


def run_check(
    spec: CheckSpec,
    jail: Jail,
    *,
    cancelled: Callable[[], bool] | None = None,
    on_output: Callable[[bytes], None] | None = None,
    sandbox: SandboxState | None = None,
) -> CheckResult:
    """Run one item's command in `jail.worktree`, a clean checkout. Never raises for what the command does, nor for a
    missing sandbox: that is `not_run`, which is never a pass."""
    argv = ("/bin/sh", "-c", spec.command)
    state = sandbox or probe()
    with private_folder() as reports:
        began = collecting.now(reports)
        inside = replace(jail, reports=reports, environment={**reporting(spec, reports), **jail.environment})
        try:
            finished = run(argv, inside, on_output=on_output, cancelled=cancelled, sandbox=state)
        except (SandboxUnavailable, SandboxFailed) as error:
            return _result(spec, argv, jail, state, None, ("not_run", str(error)), Gathered())
        gathered = _gathered(jail, reports, began, finished)
    return _result(spec, argv, jail, state, finished, _verdict(spec, finished, jail, gathered.results), gathered)


def reporting(spec: CheckSpec, folder: Path) -> dict[str, str]:
    """Variables that let known runners write their results into `folder`, and change nothing that the item looks at:
    pytest also prints where it wrote them."""
    if spec.expect not in BY_EXIT:
        return {}
    return {"PYTEST_ADDOPTS": f"--junitxml={shlex.quote(str(folder / 'pytest.xml'))}"}


def _gathered(jail: Jail, reports: Path, began: int, finished: Finished) -> Gathered:
    """What was written, and, where no report names a test, what the output says of them."""
    found = collecting.gather(jail.worktree, reports, began)
    if found.results.collected is not None:
        return found
    return replace(found, results=merged((found.results, text.read(_text(finished.output)))))


def _verdict(spec: CheckSpec, finished: Finished, jail: Jail, found: Results) -> tuple[str, str]:
    """(verdict, reason in words)."""
    if finished.timed_out == "total":
        return "timed_out", f"stopped after {jail.total_seconds:g} s, its limit"
    if finished.timed_out == "idle":
        return "timed_out", f"stopped after {jail.idle_seconds:g} s without output"
    if finished.cancelled:
        return "not_run", "cancelled before it ended"
    judgement = judge(spec.expect, Ended(finished.exit_code, finished.signal, _text(finished.output)), spec.value)
    if spec.expect in BY_EXIT:
        judgement = weigh(spec.expect, judgement, found)
    return "passed" if judgement.passed else "failed", judgement.reason


def _result(
    spec: CheckSpec,
    argv: tuple[str, ...],
    jail: Jail,
    state: SandboxState,
    finished: Finished | None,
    verdict: tuple[str, str],
    gathered: Gathered,
) -> CheckResult:
    return CheckResult(
        spec=spec,
        argv=argv,
        cwd=str(jail.worktree),
        exit_code=finished.exit_code if finished else None,
        seconds=finished.seconds if finished else 0.0,
        output=_text(finished.output) if finished else "",
        output_sha256=finished.sha256 if finished else NOTHING,
        truncated=finished.truncated if finished else False,
        verdict=verdict[0],
        reason=verdict[1],
        environment_sha256=environment_sha256(jail, state),
        gathered=gathered,
    )


def _text(output: bytes) -> str:
    """Readable and storable: PostgreSQL takes no NUL in text."""
    return output.decode(errors="replace").replace("\0", "\ufffd")


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether the place that a report names exists; `text` is that line, or the file's first."""

    exists: bool
    reason: str
    text: str = ""


def read_claim(checkout: Path, path: str, line: int | None = None) -> Claim:
    """Look up a `file:line` proof (1-based) in a checkout."""
    try:
        lines = read_confined(checkout, path).decode(errors="replace").split("\n")
    except FileNotFoundError:
        return Claim(False, f"{path} does not exist")
    except PlanOutsideRepository as error:
        return Claim(False, str(error))
    count = len(lines) - (lines[-1] == "")
    if line is not None and not 1 <= line <= count:
        return Claim(False, f"{path} has {count} lines, not {line}")
    return Claim(True, f"{path}:{line} exists" if line else f"{path} exists", lines[(line or 1) - 1])
