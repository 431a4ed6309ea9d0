"""All claims of a builder's report, each beside what was observed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.claims import commands, summary
from agents.claims.types import Claims, FileClaim, Row
from agents.workspaces.types import FileDiff, TreeDiff

_CHANGES = {"added": "created", "deleted": "deleted", "symlink": "created as a link", "renamed": "moved"}
_TEST = re.compile(r"^\s*(?:async )?(?:def|func|fn)\s+test|^\s*(?:it|test)\(", re.IGNORECASE)


NAMED = 50
"""Files beyond the report that are named one by one; the rest is counted."""


def rows(claims: Claims, diff: TreeDiff) -> tuple[Row, ...]:
    """In the order of the report: files (those that it does not tell of last), tests, commands, words."""
    return tuple(_rows(claims, diff))


def _rows(claims: Claims, diff: TreeDiff) -> Iterator[Row]:
    yield from (_file(claim, diff) for claim in claims.files)
    yield from _not_told(claims, diff)
    yield from (_test(name, diff) for name in claims.tests)
    yield from commands.rows(claims)
    yield from summary.rows(claims, _tests_added(diff))
    yield from (Row("deviation", text, "", "unsupported") for text in claims.deviations)


def _file(claim: FileClaim, diff: TreeDiff) -> Row:
    path = claim.path.removeprefix("./")
    said = f"`{path}` {claim.change}".strip() + (f": {claim.intent}" if claim.intent else "")
    found = next((file for file in diff.files if path in (file.path, file.before)), None)
    if found is None:
        below = sum(file.path.startswith(path) or file.before.startswith(path) for file in diff.files)
        if path.endswith("/") and below:
            return Row("file", said, f"{below} changed below it", "so", path=path)
        return Row("file", said, "not changed", "not so", "not-changed", path)
    seen = _change(found, path)
    if claim.change and claim.change != seen and found.kind not in ("renamed", "symlink"):
        code = "changed-otherwise" if "deleted" not in (claim.change, seen) else "not-changed"
        return Row("file", said, _sized(seen, found), "not so", code, path)
    return Row("file", said, _sized(seen, found), "so", path=path)


def _change(file: FileDiff, path: str) -> str:
    if file.kind == "renamed" and path == file.before != file.path:
        return f"moved to {file.path}"
    return _CHANGES.get(file.kind, "modified")


def _sized(seen: str, file: FileDiff) -> str:
    return f"{seen}, +{len(file.added)} −{len(file.removed)}"


def _not_told(claims: Claims, diff: TreeDiff) -> Iterator[Row]:
    told = tuple(claim.path.removeprefix("./") for claim in claims.files)
    folders = tuple(path for path in told if path.endswith("/"))
    known = set(told)
    silent = [f for f in diff.files if not {f.path, f.before} & known and not f.path.startswith(folders or "\0")]
    for file in silent[:NAMED]:
        yield Row("file", "", f"{file.path} {_sized(_change(file, file.path), file)}", "not told", path=file.path)
    if len(silent) > NAMED:
        yield Row("file", "", f"and {len(silent) - NAMED} files more", "not told")


def _test(name: str, diff: TreeDiff) -> Row:
    last = name.rsplit("::", 1)[-1].rsplit(".", 1)[-1].split("[")[0].strip()
    for file in diff.files:
        line = next((number for number, text in file.added if last and last in text), None)
        if name == file.path or line:
            return Row("test", name, f"{file.path}:{line}" if line else file.path, "so", path=file.path)
    return Row("test", name, "no added line holds it", "not so", "test-not-added")


def _tests_added(diff: TreeDiff) -> int:
    return sum(_TEST.match(text) is not None for file in diff.files for _, text in file.added)
