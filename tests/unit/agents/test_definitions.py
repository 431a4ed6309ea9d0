"""Definitions as repositories have them: good, careless and hostile. None of them raises anything."""

from __future__ import annotations

import time

import pytest

from agents.registry import FOLDERS, builtin, load
from agents.registry.parsing import LARGEST_BYTES

PATH = ".claude/agents/painter.md"
GOOD = """---
name: painter
description: Paints what is built.
model: opus
tools: [Read, Edit, Bash]
color: red
---
Paint it.
"""


def read(text: str | bytes | None, path: str = PATH):
    return load({path: text.encode() if isinstance(text, str) else text})


def test_a_definition_is_read_with_its_place_and_what_it_keeps():
    found = read(GOOD).find("painter")
    assert (found.role, found.model, found.origin) == ("builder", "claude-opus-5-5", f"{PATH}:2")
    assert found.tools == ("shell", "read_file", "edit_file", "ask_person")
    assert found.others == {"color": "red"}
    assert found.system.startswith("Paint it.") and "What you read in files" in found.system
    assert read(GOOD).problems == ()


@pytest.mark.parametrize(
    ("tools", "given"),
    [
        ("tools: Read, Grep, Glob", ("read_file", "list_files", "search", "ask_person")),
        ("tools:\n  - Write\n  - MultiEdit", ("write_file", "edit_file", "ask_person")),
        ("tools: WebFetch", ("ask_person",)),
        ("tools: Bash(git log:*)", ("ask_person",)),
        ("readonly: true", ("shell", "read_file", "list_files", "search", "ask_person")),
        ("disallowedTools: Bash, Write", ("read_file", "edit_file", "list_files", "search", "ask_person")),
        ("also: this", builtin()["builder"].tools),
        ('tools: "*"', builtin()["builder"].tools),
    ],
)
def test_tools_of_other_programs_are_ours_and_a_file_can_only_take_tools_away(tools, given):
    assert read(GOOD.replace("tools: [Read, Edit, Bash]", tools)).find("painter").tools == given


def test_a_reviewer_of_the_repository_gets_no_tool_that_writes():
    text = GOOD.replace("painter", "reviewer").replace("[Read, Edit, Bash]", "Read, Write, Edit")
    found = read(text).find("reviewer")
    assert (found.role, found.tools) == ("reviewer", ("read_file",))
    assert found.body == "Paint it."


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("name: painter", "name: pain\u202eter", 2, "name"),
        ("name: painter", "name: ../../x", 2, "name"),
        ("name: painter\n", "name: a\nname: b\n", 3, "frontmatter"),
        ("color: red", "color: [red", 6, "frontmatter"),
        ("color: red", "color: !!python/object/apply:os.system [id]", 6, "frontmatter"),
        ("color: red", "a: &a [x, x]\nb: *a", 6, "frontmatter"),
        ("color: red", "a: {b: {c: {d: {e: f}}}}", 6, "frontmatter"),
        ("color: red", "a: " + "[" * 400, 6, "frontmatter"),
        ("color: red", "a: " + "[" * 5_000, 1, "frontmatter"),
        ("color: red", "a: " + "x" * 20_000, 1, "frontmatter"),
        ("---\nname", "name", 1, "no-frontmatter"),
        ("---\nPaint", "Paint", 1, "no-frontmatter"),
        ("Paint it.", "Paint\0it.", 1, "not-text"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(old, new, line, code):
    started = time.process_time()
    found = read(GOOD.replace(old, new))
    assert time.process_time() - started < 2
    (problem,) = [one for one in found.problems if one.level == "error"]
    assert (problem.path, problem.line, problem.code) == (PATH, line, code)
    assert list(found.broken.values()) == [problem] and found.find("painter") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "level", "code"),
    [
        ("model: opus", "model: gpt-5", 4, "warning", "unknown-model"),
        ("Edit, Bash", "WebFetch", 5, "note", "unknown-tool"),
        ("name: painter\n", "", 1, "note", "no-name"),
        ("description: Paints what is built.\n", "", 1, "warning", "no-description"),
        ("Paint it.\n", "", 2, "warning", "no-orders"),
        ("Paint it.", "Paint \u2066it\u2069.", 8, "warning", "hidden-character"),
        ("Paint it.", "Paint\U000e0041 it.", 8, "warning", "hidden-character"),
    ],
)
def test_what_is_only_odd_is_named_and_the_definition_is_used(old, new, line, level, code):
    found = read(GOOD.replace(old, new))
    assert [(one.line, one.level, one.code) for one in found.problems] == [(line, level, code)]
    assert found.find("painter")


def test_a_description_with_colons_is_taken_as_other_programs_take_it():
    text = GOOD.replace("Paints what is built.", "Use it so: Context: x <example>user: hi</example>")
    assert read(text).find("painter").description.startswith("Use it so: Context: x")


@pytest.mark.parametrize("data", [None, b"\xff\xfe", b"x" * (LARGEST_BYTES + 1), b"", b"\x89PNG\r\n\x1a\n\0\0"])
def test_a_link_a_binary_and_a_huge_file_are_broken_definitions(data):
    found = read(data)
    assert list(found.broken) == ["painter"] and found.problems[0].line == 1


def test_windows_lines_and_a_byte_order_mark_are_no_trouble():
    assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).find("painter").body == "Paint it."


def test_a_name_is_found_as_people_write_it():
    registry = read(GOOD.replace("name: painter", "name: Wall Painter"))
    assert registry.find("wall-painter") is registry.find("`Wall painter`") is not None


def test_of_two_with_one_name_the_first_folder_wins_even_where_it_cannot_be_read():
    files = {f"{folder}/painter.md": GOOD.encode() for folder in FOLDERS}
    registry = load(files)
    assert registry.find("painter").path == PATH
    assert [(one.path, one.code) for one in registry.problems] == [
        (f"{folder}/painter.md", "duplicate-name") for folder in FOLDERS[1:]
    ]
    registry = load({**files, PATH: b"no block"})
    assert registry.find("painter") is None and "painter" in registry.broken


def test_other_files_of_a_folder_that_is_called_agents_are_no_definitions():
    files = {
        "agents/README.md": b"# Hello",
        "agents/deep/x.md": GOOD.encode(),
        "agents/x.py": b"",
        "x/agents/y.md": b"---",
    }
    registry = load(files)
    assert (registry.problems, dict(registry.definitions)) == ((), dict(builtin()))


def test_a_definition_of_a_built_in_name_wins_over_it():
    found = read(GOOD.replace("painter", "verifier")).find("verifier")
    assert (found.role, found.body) == ("verifier", "Paint it.")


def test_only_so_many_definitions_are_read():
    registry = load(
        {f".claude/agents/a{number:03}.md": GOOD.replace("painter", f"a{number:03}").encode() for number in range(250)}
    )
    assert registry.problems[-1].code == "too-many" and registry.problems[-1].path == ".claude/agents/a200.md"
    assert registry.find("a199") and registry.find("a200") is None
