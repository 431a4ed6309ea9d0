"""Tests in Go: functions of `_test.go` files that `go test` runs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial

from agents.guards.tamper.mask import closing, masked, parts
from agents.guards.tamper.types import COMPARED, EXACT, EXISTS, VACUOUS, Assertion, Looked, Test, TestFile

_FUNCTION = re.compile(
    r"^func\s+(?:\([^)]*\)\s*)?(?P<name>(?:Test|Fuzz|Example)\w*)\s*\([^)]*\)\s*(?=\{)", re.MULTILINE
)
_FAILS = re.compile(r"\b[tfbs]\s*\.\s*(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(")
_TESTIFY = re.compile(r"\b(?P<who>assert|require|is|qt|s\.Require\(\)|s)\s*\.\s*(?P<name>[A-Z]\w*)\s*\(")
_NOT_TESTIFY = frozenset({"New", "Run", "SetT", "T", "Assert", "Require", "SetupTest"})
_SKIP = re.compile(r"\b[tfbs]\s*\.\s*(?:Skip|Skipf|SkipNow)\s*\(")
_TAG = re.compile(r"^//\s*(?:go:build|\+build)\s+([^\n]+)", re.MULTILINE)
_NEVER = re.compile(r"\b(?:ignore|never|skip|disabled|manual)\b")
_RETURN = re.compile(r"^\s*return\b", re.MULTILINE)
_IF = re.compile(r"\bif\s+(?P<condition>[^{}\n]*)\{\s*\Z")
_TABLE = re.compile(r"(?:\[\]|map\[\w+\])(?P<struct>struct\s*\{)|(?:\[\]|map\[\w+\])\w+\s*\{")
_LITTLE = {"NotNil", "NoError", "True", "False", "NotEmpty", "Nil", "Error", "NotZero", "IsType", "Implements"}
_ALL = {"Equal", "EqualValues", "Exactly", "ElementsMatch", "JSONEq", "Same", "EqualError", "ErrorIs", "Len", "YAMLEq"}


def reads(path: str) -> bool:
    """Whether a file of this path holds tests."""
    return path.endswith("_test.go")


def read(path: str, text: str) -> TestFile | None:
    """The tests of a file."""
    mask = masked(text, "go")
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    tag = next((match for match in _TAG.finditer(text[:2000]) if _NEVER.search(match[1])), None)
    return TestFile(path, tuple(_tests(text, mask, starts, tag[0] if tag else "")))


def _tests(text: str, mask: str, starts: list[int], tag: str) -> Iterator[Test]:
    for match in _FUNCTION.finditer(mask):
        begin, end = match.end(), closing(mask, match.end())
        line = bisect_right(starts, match.start())
        skip = _SKIP.search(mask, begin, end)
        inside = skip is not None and mask.count("{", begin, skip.start()) - mask.count("}", begin, skip.start()) > 1
        place = bisect_right(starts, skip.start()) if skip else 1
        why = " ".join(text[skip.start() : closing(mask, skip.end() - 1)].split()) if skip else tag
        look = partial(_looked, text, mask, starts, begin, end)
        body, cases = "".join(text[begin:end].split()), _cases(mask, begin, end)
        yield Test(match["name"], line, body, look, cases, why, place, inside)


def _looked(text: str, mask: str, starts: list[int], begin: int, end: int) -> Looked:
    found = tuple(sorted(_assertions(text, mask, starts, begin, end), key=lambda one: one.line))
    first = found[0].line if found else 0
    leaves = next((bisect_right(starts, one.end()) for one in _RETURN.finditer(mask, begin, end)), 0)
    return Looked(found, leaves if leaves < first else 0)


def _cases(mask: str, begin: int, end: int) -> int:
    """How many rows the test's table has; 1 without one."""
    table = _TABLE.search(mask, begin, end)
    if table is None:
        return 1
    at = mask.find("{", closing(mask, table.end() - 1)) if table["struct"] else table.end() - 1
    return max(1, len(parts(mask, at + 1, closing(mask, at) - 1))) if at > 0 else 1


def _assertions(text: str, mask: str, starts: list[int], begin: int, end: int) -> Iterator[Assertion]:
    for match in _FAILS.finditer(mask, begin, end):
        condition = _IF.search(text[begin : match.start()])
        said = " ".join(condition["condition"].split()) if condition else "always"
        yield Assertion(bisect_right(starts, match.start()), f"if {said}", _condition(said), *_compared(said))
    for match in _TESTIFY.finditer(mask, begin, end):
        if match["name"] not in _NOT_TESTIFY:
            yield _called(text, mask, starts, match)


def _condition(said: str) -> int:
    """How much is said by the condition under which a test fails."""
    if said in ("false", "always") or said.endswith("&& false"):
        return VACUOUS if said != "always" else COMPARED
    test = said.rsplit(";", 1)[-1].strip()
    if re.search(r"[!=]= nil\Z", test):
        return EXISTS
    return EXACT if "!=" in test or "DeepEqual" in test or "Equal(" in test else COMPARED


def _compared(said: str) -> tuple[str, str]:
    subject, _, expected = said.rsplit(";", 1)[-1].partition("!=")
    return subject.strip(), expected.strip()


def _called(text: str, mask: str, starts: list[int], match: re.Match[str]) -> Assertion:
    close = closing(mask, match.end() - 1)
    sides = [" ".join(text[slice(*place)].split()) for place in parts(mask, match.end(), close - 1)]
    sides = sides[1:] if sides[:1] in (["t"], ["s.T()"]) else sides
    first, second = [*sides, "", ""][:2]
    name = match["name"].removesuffix("f")
    strength = EXACT if name in _ALL else EXISTS if name in _LITTLE else COMPARED
    if name in _ALL and first == second:
        strength = COMPARED if "(" in first else VACUOUS
    if name == "True" and first == "true":
        strength = VACUOUS
    if name in ("True", "False") and re.search(r"==|!=|<|>|Equal|Contains", first):
        strength = COMPARED
    written = " ".join(text[match.start() : close].split())
    subject, expected = (second, first) if name in _ALL and name != "Len" else (first, second)
    return Assertion(bisect_right(starts, match.start()), written, strength, subject, expected)
