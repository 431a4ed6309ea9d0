"""What test runners without a report file print: unittest, `go test`, `cargo test`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from agents.evidence.results.unittest_text import read_unittest
from agents.evidence.types import Case, Outcome, Results, of_cases

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONGEST_MESSAGE = 1_000


def read(output: str) -> Results:
    """What the first reader that knows the output finds; nothing where none does."""
    plain = ANSI.sub("", output)
    return next((found for reader in READERS if (found := reader(plain)) is not None), Results())


# -- go --------------------------------------------------------------------------------------------------------------

_GO_PACKAGE = re.compile(r"^(ok  |FAIL|\?   )\t(\S+)\s*(.*)$")
_GO_TEST = re.compile(r"^\s*--- (FAIL|PASS|SKIP): (\S+) \(([\d.]+)s\)$")
_GO_OUTCOMES: dict[str, Outcome] = {"FAIL": "failed", "PASS": "passed", "SKIP": "skipped"}
_GO_NONE = ("[no test files]", "[no tests to run]")


def _go(output: str) -> Results | None:
    """A package's line stands below those of its tests; without `-v` only failing tests have one."""
    cases: list[Case] = []
    waiting: list[Case] = []
    unnamed = packages = 0
    for line in output.splitlines():
        if test := _GO_TEST.match(line):
            waiting.append(Case(test[2], _GO_OUTCOMES[test[1]], float(test[3])))
        elif waiting and waiting[-1].fails and line.startswith("    ") and not waiting[-1].message:
            waiting[-1] = replace(waiting[-1], message=line.strip()[:LONGEST_MESSAGE])
        elif package := _GO_PACKAGE.match(line):
            mine = _go_package(package[1], package[2], package[3], waiting)
            unnamed += _passes_unnamed(mine, package[3])
            cases, waiting, packages = [*cases, *mine], [], packages + 1
    if not packages:
        return None
    return replace(of_cases(cases), collected=len(cases) + unnamed, listed=not unnamed)


def _go_package(word: str, name: str, rest: str, tests: list[Case]) -> list[Case]:
    """The tests of a package; one that fails without any did not build or ended at once."""
    mine = [replace(case, identity=f"{name}.{case.identity}") for case in tests]
    if word == "FAIL" and not any(case.fails for case in mine):
        mine.append(Case(name, "error", message=rest.strip()))
    return mine


def _passes_unnamed(mine: list[Case], rest: str) -> bool:
    """Whether at least one test of a package passed without being named."""
    if any(word in rest for word in _GO_NONE):
        return False
    return not any(case.outcome == "passed" for case in mine) and not any(case.outcome == "error" for case in mine)


# -- cargo -----------------------------------------------------------------------------------------------------------

_CARGO_RUNS = re.compile(r"^running (\d+) tests?$", re.MULTILINE)
_CARGO_TEST = re.compile(r"^test (.+?) \.\.\. (ok|FAILED|ignored)\b", re.MULTILINE)
_CARGO_PANIC = re.compile(r"^---- (.+?) stdout ----\n(?:\n?thread .* panicked at [^\n]*\n)?(.*)$", re.MULTILINE)
_CARGO_OUTCOMES: dict[str, Outcome] = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}


def _cargo(output: str) -> Results | None:
    if not _CARGO_RUNS.search(output):
        return None
    said = {name: text.strip()[:LONGEST_MESSAGE] for name, text in _CARGO_PANIC.findall(output)}
    return of_cases(
        Case(name, _CARGO_OUTCOMES[word], message=said.get(name, "") if word == "FAILED" else "")
        for name, word in _CARGO_TEST.findall(output)
    )


# -- runners that only say that there was nothing --------------------------------------------------------------------

_NOTHING = re.compile(r"^(No tests found|=*\s*no tests ran in |collected 0 items)", re.MULTILINE)


def _nothing(output: str) -> Results | None:
    """jest, vitest and pytest where they found no test."""
    return Results(collected=0) if _NOTHING.search(output) else None


READERS: tuple[Callable[[str], Results | None], ...] = (read_unittest, _go, _cargo, _nothing)
