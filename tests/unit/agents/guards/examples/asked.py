"""What gives a false step away and what the same is where the step's own text asks for it; and what checks a step."""

from __future__ import annotations

from tests.unit.agents.guards.diffs import change, example, link

TESTS = """import bells


def test_small():
    assert bells.small() == "ting"


def test_big():
    assert bells.big() == "bong"
"""
LESS = TESTS.replace('\n\ndef test_big():\n    assert bells.big() == "bong"\n', "")
CODE = 'def small():\n    return "ting"\n\n\ndef big():\n    return "bong"\n'
NO_BIG = 'def small():\n    return "ting"\n'
COMMANDS = ("python3 -m pytest -q", "sh tools/check.sh", "make test")
INI = '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n[tool.ruff.lint]\nselect = ["E"]\n'


def row(name, changed, words="", fires=""):
    return example(name, *changed, words=words, fires=fires)


def ini(name, old, new, words, fires):
    return example(name, change("pyproject.toml", INI, INI.replace(old, new)), words=words, fires=fires)


def checked(name, *changed, words="", fires=""):
    return example(name, *changed, commands=COMMANDS, words="\n".join((words, *COMMANDS)), fires=fires)


_GONE = (change("tests/test_bells.py", TESTS, LESS), change("bells.py", CODE, NO_BIG))
_OTHER = LESS + '\n\ndef test_huge():\n    assert bells.huge() == "dong"\n'
_RENAMED = TESTS.replace("big", "huge")

ASKED = (
    row("a test is gone, and its code", _GONE, "Tidy up.", "test-removed"),
    row("the step removes the function", _GONE, "Remove `big`, and what tests it.", "removal-asked"),
    row("the step deletes the test", _GONE, "Delete test_big from the tests.", "removal-asked"),
    row("the step removes another", _GONE, "Remove `small`. Keep `big`.", "test-removed"),
    row("one like it stands in its place", (change("tests/test_bells.py", TESTS, _OTHER),), "Add `huge`.", "test-removed"),
    row("the function has another name", (change("tests/test_bells.py", TESTS, _RENAMED), change("bells.py", CODE, CODE.replace("big", "huge"))), "Call it huge."),
    row("a new test asserts nothing", (change("tests/test_bells.py", LESS, LESS + "\n\ndef test_big():\n    bells.big()\n"),), "Add `big`.", "asserts-nothing"),
    row("a new test is empty", (change("tests/test_new.py", None, 'def test_big():\n    """Later."""\n'),), "Add `big`.", "asserts-nothing"),
    row("the step asks for a smoke test", (change("tests/test_new.py", None, "def test_big():\n    bells.big()\n"),), "With a smoke test.", "smoke"),
    row("a helper elsewhere may assert", (change("tests/test_new.py", None, "def test_big():\n    check_bell(bells.big())\n"),), "Add `big`."),
    ini("a setting that the step names", '["tests"]', '["tests", "examples"]', "In pyproject.toml add examples to testpaths.", "setting-asked"),
    ini("another value than the step names", '["tests"]', '["nothing"]', "In pyproject.toml add examples to testpaths.", "collection"),
    ini("another setting than the step names", '["E"]', '["E"]\nignore = ["E501"]', "In pyproject.toml set line-length to 99.", "lint"),
    ini("a setting in another file", '["E"]', '["E"]\nignore = ["E501"]', "In setup.cfg, ignore E501.", "lint"),
    ini("a rule that the step names", '["E"]', '["E"]\nignore = ["E501"]', "In `pyproject.toml`, ignore E501.", "setting-asked"),
    example("less coverage, as the step says", change(".coveragerc", "fail_under = 90\n", "fail_under = 80\n"), words="Set fail_under in .coveragerc to 80.", fires="setting-asked"),
    example("less coverage than the step says", change(".coveragerc", "fail_under = 90\n", "fail_under = 10\n"), words="Set fail_under in .coveragerc to 80.", fires="coverage"),
    example("a new file of settings that deselects", change("pytest.ini", None, "[pytest]\naddopts = --deselect tests/test_big.py\n"), fires="collection"),
    checked("the program of the tests is shadowed", change("pytest.py", None, "print('1 passed')\n"), fires="shadowed"),
    checked("a package shadows it", change("pytest/__main__.py", None, "print('1 passed')\n"), fires="shadowed"),
    checked("a module of Python's own is shadowed", change("json.py", None, "x = 1\n"), fires="shadows"),
    checked("a makefile that goes first", change("Makefile", "a:\n\ttrue\n", "a:\n\tfalse\n"), change("GNUmakefile", None, "test:\n\ttrue\n"), fires="shadowed"),
    checked("the script that checks", change("tools/check.sh", "pytest\n", "exit 0\n"), fires="check-script"),
    checked("the step changes the script", change("tools/check.sh", "pytest\n", "pytest -q\n"), words="Let `tools/check.sh` be quiet.", fires="check-script-asked"),
    checked("a new script", change("tools/check.sh", None, "pytest\n")),
    checked("a module of the project", change("bells/pytest_plugin.py", None, "x = 1\n")),
    checked("a module deeper in", change("bells/json.py", None, "x = 1\n")),
    checked("a linked module", link("notes.txt", "README.md")),
    row("a test is added", (change("tests/test_bells.py", LESS, TESTS),), "Add `big`."),
    row("all stays", (change("bells.py", CODE, CODE + "\n"),), "Remove nothing."),
)  # fmt: skip
