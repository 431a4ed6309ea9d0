"""`signalbox.toml`: what is read, on which line what is wrong stands, and that nothing in it takes long."""

from __future__ import annotations

import random
import time

import pytest

from agents.configuration import LARGEST_BYTES, read
from agents.configuration.lines import line_of, lines_of
from agents.configuration.matching import path_fits, title_fits

TEXT = """# Ours
[agents]
rubric = [
  { agent = "db-architect", titles = ["migration"] },
  # the web
  { agent = "svelte-engineer", paths = ["web/**"] },
]

[agents.guidelines]
"*" = ["AGENTS.md"]
db-architect = [
  "docs/db.md#Keys",
]

[[forbidden]]
pattern = 'utcnow\\('
reason = "use now(UTC)"

[[forbidden]]
pattern = "uuid4"
reason = '''ids come
from the database'''
"""


def test_a_whole_file_is_read_with_its_lines():
    found = read(TEXT.encode())
    assert found.problems == ()
    assert [rule.agent for rule in found.settings.agents.rubric] == ["db-architect", "svelte-engineer"]
    assert found.guidelines_of("db-architect") == ("AGENTS.md", "docs/db.md#Keys")
    assert found.guidelines_of("tester") == ("AGENTS.md",)
    assert [one.line for one in found.stated()] == [4, 4, 6, 6, 9, 16, 17, 20, 21]
    assert {one.name: one.used for one in found.stated()}["forbidden.1.pattern"] is True


def test_no_file_is_no_problem():
    assert (read(None).found, read(None).problems) == (False, ())
    assert read(None, present=True).problems[0].code == "not-readable"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[agents]\n\nrubirc = []", [(3, "error", "unknown-field")]),
        ("[agnets]\nrubric = []", [(1, "error", "unknown-field")]),
        ("[agents]\nrubric = [\n {agent = 'a', titles = ['x']},\n {agnt = 'b', agent = 'c', kinds=['d']}]",
         [(4, "error", "unknown-field")]),
        ("[[agents.rubric]]\ntitles = ['x']", [(1, "error", "missing-field")]),
        ("[[agents.rubric]]\nagent = 'x'", [(1, "warning", "empty-rule")]),
        ("[[agents.rubric]]\nagent = 5\ntitles = ['x']", [(2, "error", "wrong-value")]),
        ("[agents]\nguidelines = { a = ['x', 7] }", [(2, "error", "wrong-value")]),
        ("[agents.guidelines]\na = [\n 'x',\n '../x']", [(4, "error", "bad-path")]),
        ("[agents.guidelines]\na = ['/etc/passwd']", [(2, "error", "bad-path")]),
        ("[[forbidden]]\nreason = 'r'\npattern = '('", [(3, "warning", "bad-regex")]),
        ("[setup]\ncommands = 'make'", [(2, "error", "wrong-value")]),
        ("[[checks]]\nname = 'style'", [(1, "error", "missing-field")]),
        ("[guards]\nfenc = ['src']", [(2, "error", "unknown-field")]),
        ("[journeys]\ntags = 'x'", [(2, "warning", "unknown-field")]),
        ("[guards]\nfence = 'src'", [(2, "error", "wrong-value")]),
        ("[guards]\nfence = ['../src']", [(2, "error", "bad-glob")]),
        ("[guards]\nblocking = ['sice']", [(2, "error", "wrong-value")]),
        ("[[forbidden]]\nreason = 'r'\npattern = ['x']", [(3, "error", "wrong-value")]),
        ("[journeys]\ntag = 5", [(2, "warning", "wrong-value")]),
        ("x = 1\n[agents\n", [(2, "error", "not-toml")]),
        ("x = 1\nx = 2", [(2, "error", "not-toml")]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_line(text, problems):
    assert [(one.line, one.level, one.code) for one in read(text.encode()).problems] == problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[guards]\nblocking = ['size', 'sice']", "“sice” has to be the name of a guard that advises: attribution, "),
        ("[guards]\nblocking = ['" + "s" * 300 + "']", "“" + "s" * 80 + "” has to be the name of a guard"),
        ("[guards]\nfence = 'src'", '“fence” has to be a list, as in fence = ["…"].'),
        ("[setup]\ncommands = [1]", "item 1 of “commands” has to be text in quotes."),
        ("[[checks]]\nname = 'style'", "add “command” to [checks]; without it this entry says nothing."),
    ],
)
def test_a_problem_names_what_is_wrong_and_what_would_be_right(text, words):
    assert read(text.encode()).problems[0].message.startswith(words)


def test_what_does_not_fit_is_left_out_and_the_rest_keeps_its_lines():
    text = "[[agents.rubric]]\ntitles = ['x']\n[[agents.rubric]]\nagent = 'a'\nkinds = ['b']\n"
    found = read(text.encode())
    assert [rule.agent for rule in found.settings.agents.rubric] == ["a"]
    assert found.line("agents", "rubric", 0, "agent") == 4


@pytest.mark.parametrize(
    "text",
    [
        "a." * 30_000 + "a = 1",
        "[" + "a." * 30_000 + "a]",
        "a = " + "[" * 60_000,
        "[" * 60_000,
        "agents.rubric = [" + "{a = 1}," * 7_000 + "]",
        "[agents.guidelines]\n" + "\n".join(f"k{number} = ['../']" for number in range(3_000)),
        "x" * (LARGEST_BYTES + 1),
        "\xff\0",
    ],
)
def test_a_hostile_file_is_one_problem_soon(text):
    started = time.process_time()
    (problem,) = read(text.encode("latin-1")).problems
    assert (problem.level, problem.code) == ("error", "not-toml")
    assert time.process_time() - started < 5


def test_no_text_at_all_raises():
    chance = random.Random(7)
    for _ in range(2_000):
        read("".join(chance.choice("a.b=\"'[]{},\n#1 \\") for _ in range(chance.randint(1, 40))).encode())


def test_lines_are_those_of_tables_keys_and_items():
    lines = lines_of(
        'a.b = 1\n[c]\nd = [1.5, 2020-01-01 10:00:00,\n{e = """\nf"""}]\n[[g.h]]\n[g.h.i]\n[[g.h]]\nj = 1\n'
    )
    assert [lines[path] for path in [("a", "b"), ("c", "d", 1), ("c", "d", 2, "e"), ("g", "h", 1, "j")]] == [1, 3, 4, 9]
    assert line_of(lines, ("c", "d", 2, "nowhere", 5)) == 4


@pytest.mark.parametrize(
    ("path", "glob", "fits"),
    [
        ("web/a/b.svelte", "web/**", True),
        ("web/a/b.svelte", "web/*", False),
        ("db/x.sql", "*.sql", True),
        ("db/x.sql", "/*.sql", False),
        ("a/migrations/1.py", "**/migrations/**", True),
        ("migrations/1.py", "**/migrations/*.py", True),
        ("a/b", "a", False),
        ("/".join("a" * 200), "/".join(["**"] * 60) + "/b", False),
    ],
)
def test_globs(path, glob, fits):
    assert path_fits(path, glob) is fits


def test_words_of_a_title():
    assert title_fits("Add a  New Table for bells", "new table")
    assert title_fits("Port the settings page", "port * page")
    assert not title_fits("Report", "new")
    assert not title_fits("a" * 500, "*a*a*a*a*a*a*a*a*a*b")
