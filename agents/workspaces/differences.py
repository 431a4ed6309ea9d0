"""The difference of two trees as values, read from the hub's objects alone: no path of a worktree is opened, and no
attribute, filter or driver of a tree applies.

One `diff-tree` says which files differ and prints their lines in the same order, so no name has to be read from a
patch, where it could pretend to be something else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agents.workspaces.git import Answer
from agents.workspaces.hub import REGULAR_FILES, Hub
from agents.workspaces.types import FileDiff, Numbered, TreeDiff

MOST_BYTES = 16_000_000
LARGEST_TEXT = 1_000_000
LONGEST_LINE = 4_000
NO_BLOB = "0" * 40
_LINK, _MODULE = "120000", "160000"
_KINDS = {"A": "added", "D": "deleted", "R": "renamed", "M": "modified", "T": "modified"}
_RENAMES = ("-M", "-l200")
_PATCH = ("--raw", "-p", "-U0", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color")
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def differences(hub: Hub, older: str, newer: str) -> TreeDiff:
    """What differs between two commits or trees. Files larger than LARGEST_TEXT are told by their size alone."""
    shown = printed(hub, older, newer)
    return TreeDiff(tuple(_sized(hub, parsed(shown.out))), shown.truncated)


def printed(hub: Hub, older: str, newer: str) -> Answer:
    """What `diff-tree` says of two trees; git itself reads no file above the threshold."""
    threshold = ("-c", f"core.bigFileThreshold={LARGEST_TEXT}")
    return hub.git.read_up_to(MOST_BYTES, *threshold, "diff-tree", "-r", "-z", *_RENAMES, *_PATCH, older, newer)


def parsed(shown: bytes) -> list[FileDiff]:
    """What `diff-tree` printed as files, without their sizes."""
    raw, _, patch = shown.partition(b"\0\0")
    sections = _sections(patch)
    return [_with_lines(file, next(sections, None), _twice(file), sections) for file in _entries(raw)]


def _entries(raw: bytes) -> Iterator[FileDiff]:
    """The files of the raw half: `:modes oids status`, path, for a rename also the new path."""
    names = iter(os.fsdecode(part) for part in raw.split(b"\0"))
    for head in names:
        if not head.startswith(":"):
            return
        old_mode, new_mode, old_blob, new_blob, status = head[1:].split(" ")
        first = next(names, "")
        path = next(names, "") if status[0] in "RC" else first
        yield FileDiff(
            path, _kind(status[0], old_mode, new_mode, old_blob == new_blob), first if path != first else "",
            _mode(old_mode), _mode(new_mode), _blob(old_blob), _blob(new_blob),
        )  # fmt: skip


def _kind(status: str, old_mode: str, new_mode: str, same: bool) -> str:
    if new_mode == _LINK:
        return "symlink"
    if new_mode == _MODULE:
        return "submodule"
    return "mode" if status == "M" and same else _KINDS.get(status, "modified")


def _mode(mode: str) -> str:
    return "" if mode == "000000" else mode


def _blob(oid: str) -> str:
    return "" if oid == NO_BLOB else oid


def _twice(file: FileDiff) -> bool:
    """What changes between file, link and submodule stands in the patch as a deletion and an addition."""
    return bool(file.old_mode and file.new_mode) and file.old_mode[:2] != file.new_mode[:2]


def _sections(patch: bytes) -> Iterator[Sequence[bytes]]:
    """The lines of each file's part. A line of content never begins with `d`: its first byte is a sign."""
    part: list[bytes] = []
    for line in patch.split(b"\n"):
        if line.startswith(b"diff --git ") and part:
            yield part
            part = []
        part.append(line)
    if part and part[0].startswith(b"diff --git "):
        yield part


def _with_lines(
    file: FileDiff, section: Sequence[bytes] | None, twice: bool, sections: Iterator[Sequence[bytes]]
) -> FileDiff:
    if section is None:
        return replace(file, unread=True)
    removed, added, unread, cut = _lines(section)
    if twice:
        _, added, more, long = _lines(next(sections, ()))
        unread, cut = unread or more, cut or long
    return replace(file, removed=removed, added=added, unread=unread, cut=cut)


def _lines(section: Sequence[bytes]) -> tuple[tuple[Numbered, ...], tuple[Numbered, ...], bool, bool]:
    """Removed and added lines of a part of the patch, whether git showed none, and whether one was cut."""
    sides: dict[bytes, list[Numbered]] = {b"-": [], b"+": []}
    numbers, cut, unread = {b"-": 0, b"+": 0}, False, False
    for line in section:
        sign = line[:1]
        if sign == b"@" and (hunk := _HUNK.match(line)):
            numbers = {b"-": int(hunk[1]), b"+": int(hunk[3])}
        elif sign in sides and numbers[sign]:
            cut = cut or len(line) > LONGEST_LINE
            text = line[1 : LONGEST_LINE + 1].decode(errors="replace").removesuffix("\r")
            sides[sign].append((numbers[sign], text))
            numbers[sign] += 1
        elif line.startswith(b"Binary files "):
            unread = True
    return tuple(sides[b"-"]), tuple(sides[b"+"]), unread, cut


def _sized(hub: Hub, files: Sequence[FileDiff]) -> Iterator[FileDiff]:
    """The files with their sizes, without reading any of them."""
    wanted = [file.new_blob or file.old_blob for file in files]
    asked = "".join(f"{oid}\n" for oid in wanted).encode()
    said = hub.git.run("cat-file", "--batch-check=%(objectsize)", stdin=asked).text.split("\n") if wanted else []
    for file, size in zip(files, said, strict=True):
        yield replace(file, size=int(size) if size.isdigit() else 0)


@dataclass(slots=True)
class Texts(Mapping[str, str]):
    """The text files of one commit or tree by path, read when first asked for: what changed, in one go; another file,
    by itself. A file that is no text, a link, or larger than LARGEST_TEXT, is not among them."""

    hub: Hub
    oid: str
    changed: Mapping[str, str]
    known: dict[str, str | None] = field(default_factory=dict)

    def __getitem__(self, path: str) -> str:
        if not self.known:
            self.known.update(_texts(self.hub, self.changed))
        if path not in self.known:
            self.known[path] = self._alone(path)
        found = self.known[path]
        if found is None:
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        """Whether there is such a file or folder, text or not."""
        return isinstance(path, str) and (path in self.changed or self.hub.entry(self.oid, path) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.hub.list_files(self.oid))

    def __len__(self) -> int:
        return len(self.hub.list_files(self.oid))

    def _alone(self, path: str) -> str | None:
        entry = self.hub.entry(self.oid, path) if "\0" not in path else None
        return _texts(self.hub, {path: entry[1]}).get(path) if entry and entry[0] in REGULAR_FILES else None


def sides(hub: Hub, older: str, newer: str, diff: TreeDiff) -> tuple[Texts, Texts]:
    """The texts on both sides of a difference."""
    old = {file.before: file.old_blob for file in diff.files if file.old_mode in REGULAR_FILES and not file.unread}
    new = {file.path: file.new_blob for file in diff.files if file.new_mode in REGULAR_FILES and not file.unread}
    return Texts(hub, older, old), Texts(hub, newer, new)


def _texts(hub: Hub, blobs: Mapping[str, str]) -> dict[str, str]:
    """The texts among these blobs, up to MOST_BYTES of them together."""
    said = hub.git.run(
        "cat-file", "--batch-check=%(objectsize)", stdin="".join(f"{b}\n" for b in blobs.values()).encode()
    )
    room, wanted = MOST_BYTES, {}
    for (path, blob), size in zip(blobs.items(), said.text.split("\n"), strict=False):
        if size.isdigit() and int(size) <= min(LARGEST_TEXT, room):
            room -= int(size)
            wanted[path] = blob
    contents = hub.read_blobs(list(dict.fromkeys(wanted.values())))
    return {
        path: contents[blob].decode(errors="replace") for path, blob in wanted.items() if b"\0" not in contents[blob]
    }
