"""Commands that cannot fail prove nothing; every other is run, and decides."""

from __future__ import annotations

import pytest

from agents.evidence.vacuous import cannot_fail


@pytest.mark.parametrize(
    "command",
    [
        "true",
        ":",
        "/bin/true",
        "echo ok",
        "printf '%s' ok",
        "exit 0",
        "exit",
        "grep -q x a.py; exit 0",
        "grep -q x a.py\nexit 0",
        "grep -q x a.py || true",
        "grep -q x a.py || echo missing",
        "false || :",
        "pytest -q | echo done",
        "test 1 = 1",
        "[ 1 -eq 1 ]",
        "test -n ok",
        "sh -c 'true'",
        "bash -c 'pytest; exit 0'",
        "python3 -c 'pass'",
        "python3 -c 'print(\"ok\")'",
        "python3 -c 'assert True'",
        "! false",
        "X=1 true",
        "echo a && echo b",
        "true &",
        "",
        "pytest -q & echo started",
    ],
)
def test_it_cannot_fail(command):
    assert cannot_fail(command)


@pytest.mark.parametrize(
    "command",
    [
        "grep -q x a.py",
        "test -f a.py",
        "[ -f a.py ]",
        "grep -q x a.py && echo ok",
        "echo start && pytest -q",
        "echo a | grep a",
        "set -e; pytest -q; true",
        "pytest -q || exit 1",
        "false",
        "exit 1",
        'test "$(wc -l < a.py)" -lt 9',
        "! grep -q x a.py",
        "python3 -c 'import bells; assert bells.big()'",
        "sh -c 'test -f a.py'",
        "make check",
        "echo 'unclosed",
        "test $X = $X",
        "if grep -q x a.py; then exit 1; fi; true",
        'echo "$(pytest)"',
        "echo a > b/c",
        "grep x a.py || exit 1; true",
    ],
)
def test_it_can_fail(command):
    assert not cannot_fail(command)
