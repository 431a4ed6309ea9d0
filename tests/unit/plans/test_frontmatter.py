"""Frontmatter is read as YAML would read it, and further where a YAML reader gives up."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.document import scan
from plans.frontmatter import Node, flat_fields, read_frontmatter


def read(text: str) -> tuple[Node, list[str]]:
    node, problems = read_frontmatter(scan(f"---\n{text}\n---\nbody\n".encode()))
    return node, [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: b", "b"),
        ('a: "b: c \\"d\\" # e"', 'b: c "d" # e'),
        ("a: 'it''s'", "it's"),
        ("a: b # note", "b"),
        ("a: 12:30", "12:30"),
        ("a: 02", "02"),
        ("a: https://x.y/z", "https://x.y/z"),
        ("a: >\n  b\n  c", "b c"),
        ("a: |-\n  b\n  c", "b\nc"),
        ("a: b\n  c", "b c"),
        ("a:\n  b c", "b c"),
        ('a: "b\n  c"', "b c"),
        ("a: [b, 'c']", "b, c"),
        ("a:\n- b\n- c", "b, c"),
        ("a:\n  - b\n  - c", "b, c"),
        ("a: null", ""),
        ("a: WS0: fix 1:500→1:10", "WS0: fix 1:500→1:10"),
    ],
)
def test_scalars_and_lists_are_read_in_all_their_forms(text, value):
    node, codes = read(text)
    assert (flat_fields(node), codes) == ({"a": value}, [])


def test_values_know_their_place_in_the_source():
    node, _ = read("todos:\n  - id: a\n    status: 'done' # why\n  - status: open\n    id: b")
    first, second = (item.fields["status"] for item in node.fields["todos"].items)
    assert (first.line, first.column, first.width, first.text) == (4, 12, 6, "done")
    assert (second.line, second.column, second.width) == (5, 12, 4)


def test_what_is_not_understood_is_told_and_the_rest_is_read():
    node, codes = read("a: 1\n  stray: 2\n? odd\nb: 3\na: 4")
    assert flat_fields(node) == {"a": "1", "b": "3"}
    assert codes == ["frontmatter", "frontmatter", "duplicate-frontmatter-key"]


PLAIN = st.text("abc xyz-_./", min_size=1, max_size=12).map(str.strip).filter(lambda text: text[:1].isalpha())
KEYS = st.text("abcdefgh_", min_size=1, max_size=6).map(lambda text: f"k{text}")
QUOTED = st.text("ab :#'\"{}[]-", max_size=10)
TODOS = st.lists(st.fixed_dictionaries({"id": PLAIN, "content": QUOTED, "status": PLAIN}), max_size=4)


@settings(deadline=None)  # its first call loads the other reader
@given(st.dictionaries(KEYS, PLAIN, max_size=4), TODOS)
def test_it_reads_what_a_yaml_reader_reads(fields, todos):
    from ruamel.yaml import YAML

    lines = [f"{key}: {value}" for key, value in fields.items()]
    lines += ["todos:", *(line for todo in todos for line in _todo(todo))] if todos else []
    text = "\n".join(["first: x", *lines])
    wanted = YAML(typ="safe", pure=True).load(StringIO(text))
    node, codes = read(text)
    assert codes == [] and list(node.fields) == list(wanted)
    assert {key: node.get(key) for key in fields} == fields
    for item, todo in zip(node.fields["todos"].items if todos else [], wanted.get("todos") or [], strict=True):
        assert {key: item.get(key) for key in todo} == {key: str(value) for key, value in todo.items()}


def _todo(todo: dict[str, str]) -> list[str]:
    quoted = todo["content"].replace("'", "''")
    return [f"  - id: {todo['id']}", f"    content: '{quoted}'", f"    status: {todo['status']}"]


def test_a_mapping_in_braces_is_read_with_the_places_of_its_values():
    node, codes = read('todos:\n  - {id: lend, content: "A, b: {c}", status: done} # why\n  - {id: x, tags: [a, b]}')
    first, second = node.fields["todos"].items
    assert codes == [] and {key: first.get(key) for key in first.fields} == {
        "id": "lend", "content": "A, b: {c}", "status": "done",
    }  # fmt: skip
    status = first.fields["status"]
    assert (status.line, status.column, status.width) == (3, 45, 4)
    assert second.get("tags") == "a, b"


@pytest.mark.parametrize("text", ["{a", "{{ x }}", "{not a mapping}", "[" * 200, "{a: [b}", "{: x}"])
def test_braces_that_hold_no_mapping_are_text(text):
    node, _ = read(f"a: {text}")
    assert node.get("a") == text and not node.fields["a"].fields
