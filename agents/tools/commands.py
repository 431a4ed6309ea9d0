"""The tools that start a process: `shell` and `search`, both in the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from pydantic import BaseModel, Field

from agents import sandbox
from agents.redaction import redacted
from agents.tools.bench import Bench
from agents.tools.paths import parts_below

SHOWN_BYTES = 30_000
"""How much of a command's output the model reads; more would fill its context with noise."""


class ShellCall(BaseModel):
    command: str = Field(min_length=1, description="run by /bin/sh at the worktree's root, without network")


class SearchCall(BaseModel):
    pattern: str = Field(min_length=1, description="an extended regular expression, as grep -E reads it")
    path: str = Field(default=".", description="file or folder to search, relative to the worktree's root")


def shell(call: ShellCall, bench: Bench) -> str:
    """Run the command and say how it ended, with its output."""
    finished = _run(("/bin/sh", "-c", call.command), bench)
    return f"{_ending(finished)}\n{_text(finished.output)}"


def search(call: SearchCall, bench: Bench) -> str:
    """Lines that match, as path:line:text; what setup made is searched only where it is named."""
    path = "/".join(parts_below(call.path)) or "."
    grep = ("grep", "-rnIE", "--exclude-dir=.git", *_left_out(path, bench), "-m", "200", "-e", call.pattern, "--", path)
    finished = _run(grep, bench)
    return "No line matches." if finished.exit_code == 1 else _text(finished.output)


def _left_out(path: str, bench: Bench) -> list[str]:
    """Options that leave out what setup made, where the search is not for something in it."""
    made = [mount.path for mount in bench.kit.mounts]
    inside = any(f"{path}/".startswith(f"{one}/") for one in made)
    return [] if inside else [f"--exclude-dir={PurePosixPath(one).name}" for one in made]


def _run(argv: Sequence[str], bench: Bench) -> sandbox.Finished:
    return sandbox.run(argv, bench.jail(), cancelled=bench.cancelled)


def _ending(finished: sandbox.Finished) -> str:
    if finished.timed_out:
        return f"killed after {finished.seconds:.0f} s ({finished.timed_out} limit)"
    if finished.cancelled:
        return "cancelled"
    return f"exit {finished.exit_code}"


def _text(output: bytes) -> str:
    half = SHOWN_BYTES // 2
    if len(output) > SHOWN_BYTES:
        left_out = len(output) - 2 * half
        output = output[:half] + f"\n… {left_out} bytes left out …\n".encode() + output[-half:]
    return redacted(output.decode("utf-8", errors="replace"))
