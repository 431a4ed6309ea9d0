"""Paths that a step may not write, and names that no tree of ours may hold (X6)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from agents.guards.paths import covered
from agents.guards.types import Case, Hit
from agents.workspaces.types import FileDiff

_GIT = re.compile(r"\.git[ .]*\Z|git~[0-9]+\Z|\.git:", re.IGNORECASE)
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_ODD = re.compile("[\x00-\x1f\x7f\\\\\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def guard(case: Case) -> Iterator[Hit]:
    for file in case.diff.files:
        for path in dict.fromkeys(filter(None, (file.path, file.before))):
            yield from _place(case, path)
        yield from _kind(file)


def _place(case: Case, path: str) -> Iterator[Hit]:
    shown = ascii(path)[1:-1] if _ODD.search(path) else path
    if case.scope.read_only:
        text = f"{shown} was changed by a role that only reads. Report it as a finding and change nothing."
        yield Hit("read-only", path, None, text)
    elif case.scope.fences and not covered(path, case.scope.fences):
        text = f"{shown} lies outside what this step may change ({', '.join(case.scope.fences)}). Leave it as it was."
        yield Hit("outside", path, None, text)
    yield from _name(path, shown)


def _name(path: str, shown: str) -> Iterator[Hit]:
    parts = path.split("/")
    if any(_GIT.match(_IGNORED.sub("", part)) for part in parts):
        text = f"{shown} is, or can pass for, a folder of git's own. Choose another name; nobody writes there."
        yield Hit("git-path", path, None, text)
    elif path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        yield Hit("bad-name", path, None, f"{shown} leads out of the tree. Use a path below the repository's top.")
    elif _ODD.search(path):
        text = f"{shown} has control, invisible or direction characters in its name. Rename it to what it shows."
        yield Hit("bad-name", path, None, text)


def _kind(file: FileDiff) -> Iterator[Hit]:
    if file.kind == "submodule":
        text = f"{file.path} is a submodule: its files are not in this repository and nobody reviews them. Remove it."
        yield Hit("submodule", file.path, None, text)
    elif file.kind == "symlink":
        yield from _link(file)


def _link(file: FileDiff) -> Iterator[Hit]:
    target = file.added[0][1] if file.added else ""
    end = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target))
    if file.unread or not target or target.startswith(("/", "~")) or end == ".." or end.startswith("../"):
        text = (
            f"{file.path} is a link that leads out of the tree ({target[:80]!r}). Link inside the tree, or use a file."
        )
        yield Hit("link-outside", file.path, None, text, target)
    elif any(_GIT.match(part) for part in end.split("/")):
        yield Hit("git-path", file.path, None, f"{file.path} is a link into git's own folder. Remove it.", target)
    elif file.added:
        yield Hit("link", file.path, None, f"{file.path} is a link to {target[:80]}. See that this is meant.", target)
