"""The difference of two trees as values: what git has, whatever a name, an attribute or a file's size would hide."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.workspaces.differences import LARGEST_TEXT, LONGEST_LINE, differences, sides
from agents.workspaces.hub import Hub
from agents.workspaces.types import FileDiff
from tests.repositories import git

TEXT = "one\ntwo\nthree\nfour\n"


@pytest.fixture
def place(tmp_path) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    git(place, "config", "user.name", "Ada")
    git(place, "config", "user.email", "ada@example.org")
    return place


def commit(place: Path) -> str:
    git(place, "add", "-A", "-f")
    git(place, "commit", "-q", "--allow-empty", "-m", "a")
    return git(place, "rev-parse", "HEAD")


def between(place: Path, older: str, newer: str) -> dict[str, FileDiff]:
    return {file.path: file for file in differences(Hub(place / ".git"), older, newer).files}


def write(place: Path, **files: str | bytes) -> None:
    for name, text in files.items():
        (place / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_every_kind_of_change_is_told_with_its_lines(place):
    write(place, kept=TEXT, gone=TEXT, moved=TEXT * 3, tool="#!/bin/sh\n", mixed="a\n")
    older = commit(place)
    write(place, kept=TEXT.replace("two", "2"), new="hello\n")
    (place / "gone").unlink()
    (place / "moved").rename(place / "moved-here")
    (place / "tool").chmod(0o755)
    (place / "mixed").unlink()
    (place / "mixed").symlink_to("kept")
    found = between(place, older, commit(place))
    assert {path: file.kind for path, file in found.items()} == {
        "kept": "modified", "new": "added", "gone": "deleted", "moved-here": "renamed", "tool": "mode",
        "mixed": "symlink",
    }  # fmt: skip
    assert (found["kept"].removed, found["kept"].added) == (((2, "two"),), ((2, "2"),))
    assert found["gone"].removed == tuple(enumerate(TEXT.split(), start=1)) and found["gone"].added == ()
    assert (found["moved-here"].before, found["moved-here"].added) == ("moved", ())
    assert (found["tool"].old_mode, found["tool"].new_mode) == ("100644", "100755")
    assert (found["mixed"].removed, found["mixed"].added) == (((1, "a"),), ((1, "kept"),))
    assert (found["new"].size, found["new"].before) == (6, "")


def test_a_submodule_is_told_as_one_and_what_comes_after_it_keeps_its_lines(place):
    write(place, lib="a\n", z="a\n")
    older = commit(place)
    (place / "lib").unlink()
    write(place, z="b\n")
    git(place, "add", "-A")
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{older},lib")
    git(place, "commit", "-qm", "b")
    found = between(place, older, git(place, "rev-parse", "HEAD"))
    assert found["lib"].kind == "submodule" and found["z"].added == ((1, "b"),)


@pytest.mark.parametrize(
    "name", ["a\nb", "-rf", 'quo"te', "tab\tend", "größe", "a b", "\ndiff --git a/x b/x", b"\xff\xfe"]
)
def test_a_name_never_passes_for_something_else(place, name):
    older = commit(place)
    write(place, zlast="z\n")
    Path(os.fsdecode(os.fsencode(place) + b"/" + os.fsencode(name).replace(b"/", b"_"))).write_text("inside\n")
    found = between(place, older, commit(place))
    assert {os.fsencode(path) for path in found} == {os.fsencode(name).replace(b"/", b"_"), b"zlast"}
    assert sorted(file.added for file in found.values()) == [((1, "inside"),), ((1, "z"),)]


def test_lines_that_look_like_a_patch_are_lines(place):
    write(place, a="x\n")
    older = commit(place)
    lines = (
        "diff --git a/b b/b",
        "--- a/b",
        "+++ b/b",
        "@@ -1 +1 @@",
        "Binary files a/b and b/b differ",
        "\\ No newline",
    )
    write(place, a="\n".join(lines), b="after\n")
    found = between(place, older, commit(place))
    assert tuple(text for _, text in found["a"].added) == lines and found["a"].unread is False
    assert found["b"].added == ((1, "after"),)


def test_what_is_large_or_no_text_is_told_by_its_size_and_a_long_line_is_cut(place):
    older = commit(place)
    write(place, big="x\n" * LARGEST_TEXT, binary=b"a\0b", long="y" * (LONGEST_LINE + 1) + "\n", windows="a\r\nb\r\n")
    found = between(place, older, commit(place))
    assert (found["big"].unread, found["big"].size, found["big"].added) == (True, 2 * LARGEST_TEXT, ())
    assert (found["binary"].unread, found["binary"].size) == (True, 3)
    assert found["long"].cut and len(found["long"].added[0][1]) == LONGEST_LINE
    assert found["windows"].added == ((1, "a"), (2, "b"))


@pytest.mark.ledger("X6")
def test_no_attribute_or_driver_of_the_tree_hides_a_line(place):
    write(place, secret="a\n")
    (place / ".gitattributes").write_text("secret -diff\n* diff=hide\n")
    git(place, "config", "diff.hide.textconv", "true")
    git(place, "config", "diff.external", "true")
    older = commit(place)
    write(place, secret="token\n")
    hub = Hub(place.parent / "hub.git").ensure()
    hub.fetch_source(place, "main")
    newer = commit(place)
    hub.fetch_source(place, "main")
    assert differences(hub, older, newer).files[0].added == ((1, "token"),)


def test_texts_are_read_when_asked_for_from_either_side(place):
    write(place, same="s\n", changed="old\n", binary=b"\0")
    (place / "sub").mkdir()
    (place / "sub" / "file").write_text("f\n")
    older = commit(place)
    write(place, changed="new\n", big="x\n" * LARGEST_TEXT)
    newer, hub = commit(place), Hub(place / ".git")
    old, new = sides(hub, older, newer, differences(hub, older, newer))
    assert (old["changed"], new["changed"], new["same"], new.get("binary"), new.get("big")) == (
        "old\n",
        "new\n",
        "s\n",
        None,
        None,
    )
    assert "binary" in new and "sub" in new and "sub/file" in new and "big" not in old and "absent" not in new
