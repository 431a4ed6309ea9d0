"""Which backticked text is a command, and what outcome an item states."""

from __future__ import annotations

import pytest

from plans.commands import installs, is_command, read_item


@pytest.mark.ledger("B10")
@pytest.mark.parametrize(
    "text",
    [
        "pytest",
        "pytest -q",
        "./run.sh",
        "../bin/check.sh --all",
        "VAR=x pytest",
        "A=1 B=2 make",
        ".venv/bin/pytest x",
        "/usr/bin/git status",
        "$ npm test",
        "! grep x y",
        "env X=1 python -m app",
        "sudo make install",
        "npx tsc --noEmit",
        "[ -f a ]",
        "test -f a",
        "go test ./...",
        "cd web && npm test",
        "source .venv/bin/activate && pytest -q",
        "set -e; make check",
        "true && pytest",
    ],
)
def test_text_whose_first_word_is_a_program_is_a_command(text):
    assert is_command(text)


@pytest.mark.ledger("B10")
@pytest.mark.parametrize(
    "text",
    [
        "README.md",
        "pytest_plugins",
        "pytest.ini",
        "git",
        "python",
        "true",
        "go.mod",
        "src/app.py",
        "MAX_SIZE",
        "X=1",
        "",
        "time",
        "pytest <file>",
        'grep -r "<pattern>" src/',
        "cat path/to/file",
        "pytest …",
        "make sure",
        "set -e",
        "a && b",
        "export X=1 && nothing",
    ],
)
def test_names_words_and_templates_are_no_commands(text):
    assert is_command(text) is (text == "make sure")


@pytest.mark.ledger("B10")
@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("`pytest` passes", "exit_zero", None),
        ("`pytest`", "exit_zero", None),
        ("`pytest` returns 0", "exit_zero", None),
        ("`app.sh` is there; `./app.sh` exits with code 0", "exit_zero", None),
        ("`ruff check .` reports 0 errors", "exit_zero", None),
        ("`pytest` — no test fails", "exit_zero", None),
        ("`pytest` does not fail", "exit_zero", None),
        ("`pytest` covers the case where login fails", "exit_zero", None),
        ("`grep -r x src` returns zero hits", "no_output", None),
        ("`grep -r x src` returns no matches", "no_output", None),
        ("`git status --short` prints nothing", "no_output", None),
        ("`git diff a b`: no output", "no_output", None),
        ("No references remain: `grep -r x src`", "no_output", None),
        ("`grep -c x a` returns zero hits", "equals", 0),
        ("`grep -rc x a | wc -l` returns 0 lines", "equals", 0),
        ("`python -m app bad` exits non-zero", "exit_nonzero", None),
        ("`python -m app bad` exits with code 2", "exit_nonzero", None),
        ("`python -m app bad` now fails", "exit_nonzero", None),
        ("`grep x y` returns at least one match", "some_output", None),
        ("`ls out/` is not empty", "some_output", None),
        ("`wc -w a.md` — target under 2,600", "under", 2600),
        ("`wc -l a` — fewer than 300 lines", "under", 300),
        ("`wc -l a` less than 300", "under", 300),
        ("`wc -l a` at most 12", "at_most", 12),
        ("`wc -l a` no more than 12", "at_most", 12),
        ("`wc -l a` ≤ 12", "at_most", 12),
        ("`wc -l a` at least 12", "at_least", 12),
        ("`wc -l a` no fewer than 12", "at_least", 12),
        ("`wc -l a` more than 12", "over", 12),
        ("`wc -l a` > 12", "over", 12),
        ("`./count.sh` returns 42", "equals", 42),
        ("`./count.sh` prints exactly 1,000,000", "equals", 1000000),
        ("Fewer than 10 words: `wc -w a`", "under", 10),
    ],
)
def test_the_stated_outcome_is_read(text, kind, value):
    command, expectation = read_item(text)
    assert command is not None
    assert (expectation.kind, expectation.value) == (kind, value)


@pytest.mark.ledger("B10")
@pytest.mark.parametrize(
    "text",
    [
        "`wc -w a.md` — between 2,200 and 2,500",
        "`pytest --cov` at least 80%",
        "`python slow.py` runs in under 5 seconds",
        "`grep -n x f` returns 3 matches",
        "`pytest` runs at least 12 tests",
        "`npm test` or `yarn test`",
        "`grep a f` and `grep b f` return no matches",
        "The page `README.md` reads well",
    ],
)
def test_what_no_single_run_can_decide_has_no_command(text):
    assert read_item(text)[0] is None


def test_several_commands_that_must_all_pass_become_one():
    assert read_item("`ruff check .`, `mypy src` and `pytest` pass")[0] == "ruff check . && mypy src && pytest"


def test_numbers_inside_backticks_state_nothing():
    assert read_item("`head -n 5 a` works under `x < 3`")[1].kind == "exit_zero"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pip install x", True),
        ("python -m pip install -e .", True),
        ("npm ci && npm test", True),
        ("uv pip install x", True),
        ("sudo apt-get -y install x", True),
        ("go get x", True),
        ("cargo add x", True),
        ("npm test", False),
        ("pytest tests/install", False),
        ("pip list", False),
        ("cargo test", False),
    ],
)
def test_commands_that_install_are_known(command, expected):
    assert installs(command) is expected


def test_an_item_that_is_nothing_but_true_is_a_command_and_a_word_in_a_sentence_is_none():
    assert read_item("`true`")[0] == "true"
    assert read_item("The flag is `true`")[0] is None
