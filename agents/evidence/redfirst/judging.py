"""What running the new tests on the base's code shows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.evidence.redfirst.added import NewTests
from agents.evidence.types import Case, Results

_MISSING = (
    re.compile(r"No module named '?([\w.]+)'?"),
    re.compile(r"cannot import name '\w+' from '([\w.]+)'"),
    re.compile(r"Cannot find (?:module|package) '([^']+)'"),
    re.compile(r"Failed to (?:resolve|load) (?:import|url) \"?([^\s\"]+)"),
)
_SYNTAX = re.compile(r"\b((?:SyntaxError|IndentationError|TabError): .*)")
_LOADING = re.compile(r"ModuleNotFoundError|ImportError|SyntaxError|IndentationError|collection failure")
_SUFFIXES = re.compile(r"(?:/__init__|/index)?\.(?:py|[cm]?[jt]sx?|go|rs)$")
CANNOT_START = (126, 127)
_MEND = ". Let the tests assert what the change brings"
NAMED = 5
"""How many tests a sentence names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """verdict: passed (they are red) · failed (they are green, or none was collected) · unmeasured."""

    verdict: str
    reason: str


def judge(tests: Sequence[NewTests], results: Results, exit_code: int, output: str, changed: Sequence[str]) -> Verdict:
    """`changed` are the paths of files that the change adds or alters: a module among them may be missing."""
    framework = tests[0].framework
    if exit_code in CANNOT_START or f"No module named {framework}" in output:
        return Verdict("unmeasured", f"{framework} is not there to run the new tests with")
    ran = [case for case in results.cases if _is_new(case, tests)]
    red, green = [c for c in ran if c.fails], [c for c in ran if c.outcome == "passed"]
    if red:
        return Verdict("passed", f"{_count(red)} without the change{_beside(green)}")
    if syntax := _SYNTAX.search(output):
        return Verdict("failed", f"no new test could be collected, and the code is not why: {syntax[1]}")
    missing = list(_missing(output))
    if missing and exit_code:
        return _unloadable(missing, changed, green)
    if green:
        return Verdict("failed", f"green without it as well: {_names(green)}{_MEND}")
    return _whole(framework, results, exit_code, ran)


def _unloadable(missing: list[str], changed: Sequence[str], green: list[Case]) -> Verdict:
    foreign = [name for name in missing if not _is_among(name, changed)]
    if foreign:
        return Verdict(
            "unmeasured", f"the new tests cannot be loaded here: {foreign[0]} is missing, not by this change"
        )
    return Verdict("passed", f"they cannot be loaded without the change, which brings {missing[0]}{_beside(green)}")


def _whole(framework: str, results: Results, exit_code: int, ran: list[Case]) -> Verdict:
    """Where no new test was named: skipped, not found, or a runner that only has an exit code."""
    if ran:
        return Verdict("unmeasured", f"skipped without the change: {_names(ran)}")
    if results.failing:
        return Verdict("passed", f"they do not load without the change: {results.failing[0].message}")
    if results.collected == 0 or framework in ("pytest", "unittest", "go"):
        return Verdict("failed", "no new test was collected")
    if exit_code:
        return Verdict("passed", f"{framework} fails without the change (exit {exit_code}); it names no test")
    return Verdict("failed", f"green without it as well, as the exit code says; no test is named{_MEND}")


def _is_new(case: Case, tests: Sequence[NewTests]) -> bool:
    """Whether a case is a new test, or a parameter or subtest of one (`test_x[1]`, `TestX/sub`), and not the word of a
    runner that could not load it."""
    if case.outcome == "error" and _LOADING.match(case.message):
        return False
    names = [name for test in tests for name in test.names]
    return not names or any(re.search(rf"(?:^|\.){re.escape(name)}(?:$|[\[/])", case.identity) for name in names)


def _missing(output: str) -> Iterator[str]:
    for pattern in _MISSING:
        yield from dict.fromkeys(pattern.findall(output))


def _is_among(name: str, changed: Sequence[str]) -> bool:
    """Whether a module, dotted or as a path, is one of these files, or a folder of one."""
    wanted = re.sub(r"^(?:\.{1,2}/)+", "", _SUFFIXES.sub("", name))
    wanted = wanted if "/" in wanted else wanted.replace(".", "/")
    places = (f"/{_SUFFIXES.sub('', path)}/" for path in changed)
    return any(f"/{wanted}/" in place for place in places)


def _count(cases: list[Case]) -> str:
    return f"1 new test fails ({cases[0].identity})" if len(cases) == 1 else f"{len(cases)} new tests fail"


def _beside(green: list[Case]) -> str:
    return f"; these pass without it as well: {_names(green)}" if green else ""


def _names(cases: list[Case]) -> str:
    named = ", ".join(case.identity for case in cases[:NAMED])
    more = len(cases) - NAMED
    return f"{named} and {more} more" if more > 0 else named
