"""Checks really run: a command in its jail becomes a verdict with its proof."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from agents.evidence import collecting
from agents.evidence.expectations import BY_EXIT, Ended, judge, weigh
from agents.evidence.fingerprint import environment_sha256
from agents.evidence.results import text
from agents.evidence.types import Gathered, Results, merged
from agents.exceptions import SandboxFailed, SandboxUnavailable
from agents.redaction import redacted
from agents.sandbox import JAILS, REPO, Finished, Jail, Remains, SandboxState, asked_for_network, probe, run
from agents.sandbox.scratch import private_folder
from agents.texts import storable
from agents.types import CheckResult, CheckSpec

STARVED = {"pids": "processes (SIGNALBOX_JAIL_PROCESSES)", "memory": "memory (SIGNALBOX_JAIL_MEMORY_MB)"}
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
        seen = _Seen()
        inside = replace(jail, reports=reports, environment={**reporting(spec, reports), **jail.environment})
        try:
            finished = run(argv, inside, on_output=on_output, cancelled=cancelled, sandbox=state, on_end=seen.look)
        except (SandboxUnavailable, SandboxFailed) as error:
            return _result(spec, argv, jail, state, None, ("not_run", str(error)), _Seen())
    seen.hear(_text(finished.output))
    return _result(spec, argv, jail, state, finished, _verdict(spec, finished, jail, seen.gathered.results), seen)


def reporting(spec: CheckSpec, folder: Path) -> dict[str, str]:
    """Variables that let known runners write their results into `folder`, and change nothing that the item looks at:
    pytest also prints where it wrote them."""
    if spec.expect not in BY_EXIT:
        return {}
    return {"PYTEST_ADDOPTS": f"--junitxml={shlex.quote(str(folder / 'pytest.xml'))}"}


class _Seen:
    """What one command wrote, and how it knew its folder."""

    def __init__(self) -> None:
        self.cwd = str(REPO)
        self.gathered = Gathered(Results(told=("What it wrote could not be looked at.",)))

    def look(self, remains: Remains) -> None:
        self.cwd = remains.known_as
        self.gathered = collecting.gather(remains)

    def hear(self, output: str) -> None:
        """Where no report names a test, the output says what became of them."""
        results = self.gathered.results
        if results.collected is None:
            self.gathered = replace(self.gathered, results=merged((results, text.read(output))))


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
    if judgement.passed:
        return "passed", judgement.reason
    return "failed", "; ".join([judgement.reason, *_explained(finished, jail)])


def _explained(finished: Finished, jail: Jail) -> Iterator[str]:
    """What of its jail a command seems to have failed at, and what to do."""
    if not jail.unsafe and JAILS[jail.kind].network == "loopback" and asked_for_network(finished.output):
        yield "no network: move the install to setup"
    if finished.starved:
        yield f"it met the cap on {STARVED[finished.starved]}"


def _result(
    spec: CheckSpec,
    argv: tuple[str, ...],
    jail: Jail,
    state: SandboxState,
    finished: Finished | None,
    verdict: tuple[str, str],
    seen: _Seen,
) -> CheckResult:
    return CheckResult(
        spec=spec,
        argv=argv,
        cwd=seen.cwd,
        exit_code=finished.exit_code if finished else None,
        seconds=finished.seconds if finished else 0.0,
        output=_text(finished.output) if finished else "",
        output_sha256=finished.sha256 if finished else NOTHING,
        truncated=finished.truncated if finished else False,
        verdict=verdict[0],
        reason=verdict[1],
        environment_sha256=environment_sha256(jail, state),
        gathered=seen.gathered if finished else Gathered(),
    )


def _text(output: bytes) -> str:
    """Readable and storable, and a secret is nobody's to read."""
    return redacted(storable(output.decode(errors="replace")))
