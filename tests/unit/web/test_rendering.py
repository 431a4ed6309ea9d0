"""Whatever plans, agents and programs write, a page shows it and runs none of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.web.reading.rendering import ansi, highlight, inline, markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](https://evil.example/track.png)",
    '<div hx-get="/x" hx-trigger="load">x</div>',
    "<svg onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    '<p data-region="/x">x</p>',
    "<base href=//evil.example>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("render", [markdown, inline, ansi])
def test_hostile_text_is_shown_as_text(text, render):
    for tag in re.findall(r"<[a-z][^>]*>", render(text)):
        assert re.fullmatch(r'<(p|a)( (rel|href)="[^"]*")*>', tag), tag
        assert "javascript:" not in tag and "data:" not in tag


def test_what_markdown_is_for_stays():
    html = markdown("# Bells\n\n- one\n  - two\n\n```\n<ting>\n```\n\n| a |\n|---|\n| 1 |\n\n[x](https://e.example)")
    for part in ("<h1>", "<li>", "<pre>", "&lt;ting&gt;", "<td>", 'href="https://e.example"', "noreferrer"):
        assert part in html


def test_colours_of_a_terminal_become_classes():
    assert ansi("\x1b[31;1mred\x1b[0m <b>") == '<span class="ansi-bold ansi-red">red</span> &lt;b&gt;'
    assert "\x1b" not in ansi("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\\x1b[2J")


@given(st.text())
def test_any_output_is_escaped(text):
    assert "<script" not in ansi(text + "<script>") and "\x1b[" not in ansi(text + "\x1b[31mx")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")))
def test_highlighting_keeps_every_line(text):
    assert len(highlight("bells.py", text)) == len(text.split("\n"))


def test_a_long_file_is_shown_plain():
    lines = highlight("bells.py", "import x\n" * 2_001)
    assert lines[0] == "import x"
