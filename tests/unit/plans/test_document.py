"""The line scanner: blocks with their lines, and edits that keep every other byte."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from plans.blocks import split_cells
from plans.document import Document, edited, scan, with_box


def scanned(text: str) -> Document:
    return scan(text.encode())


def test_headings_keep_level_line_and_the_column_of_their_text():
    headings = scanned("# A\n\ntext\n###   B ##\n#nospace\n####### seven\n").headings
    assert [(h.line, h.level, h.text, h.column) for h in headings] == [(1, 1, "A", 2), (4, 3, "B", 6)]


def test_a_hash_in_a_shell_fence_is_no_heading():
    document = scanned("```bash\n# comment\n### Step 1: no\n```\n# Real\n")
    assert [h.text for h in document.headings] == ["Real"]


def test_frontmatter_comments_and_fences_hide_their_lines():
    document = scanned("---\ntitle: x\n---\n<!-- # a\n- [ ] b -->\n~~~\n- [ ] c\n~~~\n- [ ] d\n")
    assert document.frontmatter and document.frontmatter.end == 3
    assert [item.text for item in document.items] == ["d"]
    assert [n for n, _ in document.plain_lines(1, 99)] == [9]


@pytest.mark.parametrize(
    ("line", "marker", "box", "text"),
    [
        ("- [ ] a", "-", " ", "a"),
        ("* [x] a", "*", "x", "a"),
        ("+ [X] a", "+", "X", "a"),
        ("1. [-] a", "1.", "-", "a"),
        ("2) [~] a", "2)", "~", "a"),
        ("- [/] a", "-", "/", "a"),
        ("- [ ]* a", "-", " ", "a"),
        ("- [] a", "-", "", "a"),
        ("[x] a", "", "x", "a"),
        ("- [a](b) link", "-", None, "[a](b) link"),
        ("- plain", "-", None, "plain"),
    ],
)
def test_boxes_are_read_with_any_marker(line, marker, box, text):
    (item,) = scanned(line).items
    assert (item.marker, item.box, item.text) == (marker, box, text)


def test_items_span_what_is_nested_in_them():
    document = scanned("- a\n  more\n  - b\n    - c\n\n  still a\n- d\nlazy\n\noutside\n")
    assert [(i.text, i.depth, i.span.start, i.span.end) for i in document.items] == [
        ("a", 0, 1, 6),
        ("b", 1, 3, 4),
        ("c", 2, 4, 4),
        ("d", 0, 7, 8),
    ]


def test_tables_are_read_by_cells_and_pipes_in_backticks_are_text():
    (table,) = scanned('| A | B |\n|---|:-:|\n| 1 | `grep "a|b"` | surplus |\n| \\| | |\n').tables
    assert table.header == ("A", "B")
    assert [row.cells for row in table.rows] == [("1", '`grep "a|b"`', "surplus"), ("|", "")]
    assert split_cells("a ` b | c") == ("a ` b", "c")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_an_edit_keeps_endings_byte_order_mark_and_the_missing_last_newline(ending, bom, last):
    data = bom + ("- [ ] a\nb\n- [ ] c" + last).replace("\n", ending).encode()
    document = scan(data)
    changes = {item.line: with_box(document.lines[item.line - 1], item, "x") for item in document.items}
    assert edited(data, changes) == data.replace(b"[ ]", b"[x]")


def test_only_line_feeds_and_returns_end_lines():
    assert scanned("a\u2028b\x0bc\x0cd\n# e").headings[0].line == 2


def test_tabs_indent_nested_boxes():
    assert [i.depth for i in scanned("- [ ] a\n\t- [ ] b\n\t\t- [x] c\n").items] == [0, 1, 2]


def test_an_unclosed_comment_or_fence_is_a_problem_at_its_line():
    assert [(p.line, p.code) for p in scanned("a\n<!-- b\n# c\n").problems] == [(2, "unclosed-comment")]
    assert [(p.line, p.code) for p in scanned("a\n```\n# c\n").problems] == [(2, "unclosed-fence")]


LINES = [
    *(
        "",
        "",
        "text",
        "# One",
        "## Two ##",
        "#",
        "### Step 1: X",
        " ## in",
        "#hash",
        "```",
        "````",
        "~~~",
        "``` sh",
        "~~~ md",
    ),
    *(
        "- item",
        "  more",
        "- [ ] box",
        "1. one",
        "    code",
        "---",
        "   ```",
        "  ```",
        "```a`b",
        "# x #y",
        "***",
        "a `b` c",
    ),
]


@given(st.lists(st.sampled_from(LINES), max_size=24))
@settings(max_examples=int(os.environ.get("SIGNALBOX_EXAMPLES", "400")), deadline=None)
def test_headings_and_fences_agree_with_markdown_it_where_nothing_was_recovered(lines):
    text = "\n".join(lines)
    document = scanned(text)
    if any(problem.code == "recovered-fence" for problem in document.problems):
        return
    tokens = MarkdownIt("commonmark").disable("lheading").parse(text)
    headings = [(t.map[0] + 1, int(t.tag[1])) for t in tokens if t.type == "heading_open" and t.level == 0]
    fences = [(t.map[0] + 1, t.info.strip()) for t in tokens if t.type == "fence"]
    assert [(h.line, h.level) for h in document.headings] == headings
    assert [(f.span.start, f.info) for f in document.fences] == fences
