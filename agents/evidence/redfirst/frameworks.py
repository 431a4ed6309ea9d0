"""How each framework runs just the new tests, as a table of pure functions."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from agents.evidence.redfirst.added import NewTests


def command_for(framework: str, tests: Sequence[NewTests]) -> str:
    """One shell command for the new tests of one framework, run at the top of a checkout."""
    return COMMANDS[framework](tests)


def _pytest(tests: Sequence[NewTests]) -> str:
    places = (f"{test.path}::{name.replace('.', '::')}" for test in tests for name in test.names)
    return _joined("python3 -m pytest -q -p no:cacheprovider", places)


def _unittest(tests: Sequence[NewTests]) -> str:
    modules = {test.path: ".".join(PurePosixPath(test.path).with_suffix("").parts) for test in tests}
    return _joined("python3 -m unittest -v", (f"{modules[test.path]}.{name}" for test in tests for name in test.names))


def _go(tests: Sequence[NewTests]) -> str:
    folders = sorted({f"./{PurePosixPath(test.path).parent}" for test in tests})
    names = "|".join(sorted({name for test in tests for name in test.names}))
    return _joined(f"go test -v -run {shlex.quote(f'^({names})$')}", folders)


def _paths(program: str) -> Callable[[Sequence[NewTests]], str]:
    return lambda tests: _joined(program, (test.path for test in tests))


def _cargo(tests: Sequence[NewTests]) -> str:
    return _joined("cargo test", (word for test in tests for word in _target(test)))


def _target(test: NewTests) -> Iterator[str]:
    yield "--test"
    yield PurePosixPath(test.path).stem


def _joined(program: str, words: Iterator[str] | Sequence[str]) -> str:
    return " ".join([program, *map(shlex.quote, words)])


COMMANDS: dict[str, Callable[[Sequence[NewTests]], str]] = {
    "pytest": _pytest,
    "unittest": _unittest,
    "go": _go,
    "cargo": _cargo,
    "jest": _paths("node_modules/.bin/jest --ci"),
    "vitest": _paths("node_modules/.bin/vitest run"),
}
