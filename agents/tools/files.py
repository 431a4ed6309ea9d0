"""The tools that read and write files, never outside the worktree."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pydantic import BaseModel, Field

from agents.exceptions import ToolRefused
from agents.tools.bench import Bench
from agents.tools.paths import open_folder, parts_below, read_bytes, write_bytes

READ_BYTES = 5_000_000
READ_LINES = 2_000
LISTED = 2_000

_PATH = "relative to the worktree's root"


class ReadCall(BaseModel):
    path: str = Field(description=_PATH)
    first_line: int = Field(default=1, ge=1)
    lines: int = Field(default=READ_LINES, ge=1, le=READ_LINES)


class WriteCall(BaseModel):
    path: str = Field(description=_PATH)
    content: str = Field(description="the file's whole new content")


class EditCall(BaseModel):
    path: str = Field(description=_PATH)
    old: str = Field(min_length=1, description="text to replace, exactly as it stands; must occur once")
    new: str = Field(description="text to put in its place")


class ListCall(BaseModel):
    path: str = Field(default=".", description=f"folder, {_PATH}")


def read_file(call: ReadCall, bench: Bench) -> str:
    """The file's lines, each led by its number and a tab."""
    text = read_bytes(*bench.shown(call.path), READ_BYTES).decode("utf-8", errors="replace")
    lines = text.split("\n")
    shown = lines[call.first_line - 1 : call.first_line - 1 + call.lines]
    numbered = "\n".join(f"{number}\t{line}" for number, line in enumerate(shown, start=call.first_line))
    rest = len(lines) - (call.first_line - 1) - len(shown)
    return f"{numbered}\n… {rest} more lines …" if rest > 0 else numbered


def write_file(call: WriteCall, bench: Bench) -> str:
    """Write the whole file, with the folders it needs."""
    _assert_open(call.path, bench)
    data = call.content.encode()
    write_bytes(bench.worktree, call.path, data)
    return f"Wrote {len(data)} bytes to {call.path}."


def edit_file(call: EditCall, bench: Bench) -> str:
    """Replace one exact piece of the file; all other bytes stay."""
    _assert_open(call.path, bench)
    data = read_bytes(bench.worktree, call.path, READ_BYTES + 1)
    if len(data) > READ_BYTES:
        raise ToolRefused(f"{call.path!r} is larger than {READ_BYTES} bytes. Edit it with a shell command.")
    found = data.count(call.old.encode())
    if found != 1:
        raise ToolRefused(f"The old text occurs {found} times in {call.path!r}; give a piece that occurs once.")
    write_bytes(bench.worktree, call.path, data.replace(call.old.encode(), call.new.encode()))
    return f"Replaced one piece of {call.path}."


def _assert_open(path: str, bench: Bench) -> None:
    """The fence holds here by name, as it holds for commands by mount."""
    if bench.fence.refuses("/".join(parts_below(path))):
        raise ToolRefused(f"{path!r} may not be changed in this step. Say in your report what should change there.")


def list_files(call: ListCall, bench: Bench) -> str:
    """All files below a folder, sorted, one a line; links are shown, not followed."""
    parts = parts_below(call.path)
    root, path = bench.shown(call.path)
    with open_folder(root, parts_below(path)) as folder:
        names = sorted("/".join((*parts, name)) for name in _below(folder))
    more = f"\n… {len(names) - LISTED} more …" if len(names) > LISTED else ""
    return "\n".join(names[:LISTED]) + more if names else "The folder is empty."


def _below(folder: int) -> Iterator[str]:
    for place, folders, files, _ in os.fwalk(".", dir_fd=folder):
        folders[:] = [name for name in folders if name != ".git"]
        yield from (os.path.normpath(f"{place}/{name}") for name in files if name != ".git")
