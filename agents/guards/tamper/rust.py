"""Tests in Rust, as cargo runs them: functions with a test attribute, in whichever file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial

from agents.guards.tamper.mask import closing, masked, parts
from agents.guards.tamper.types import COMPARED, EXACT, EXISTS, VACUOUS, Assertion, Looked, Test, TestFile

_FUNCTION = re.compile(r"(?P<marks>(?:#\[[^\n]*\]\s*)+)(?:pub(?:\([^)]*\))?\s+)?(?:async\s+)?fn\s+(?P<name>\w+)")
_IS_TEST = re.compile(r"#\[\s*(?:\w+::)*(?:test|rstest|test_case|quickcheck|proptest)\b")
_IGNORED = re.compile(r"#\[\s*(?:ignore\b[^\]]*|cfg_attr\([^\]]*\bignore\b[^\]]*|cfg\((?!test\))[^\]]*)\]")
_ASSERT = re.compile(r"\b(?P<name>(?:debug_)?assert(?:_\w+)?|prop_assert\w*|panic|unreachable)!\s*(?=[(\[{])")
_LITTLE = re.compile(r"\.(?:is_ok|is_some|is_err|is_none)\(\)\s*\Z|!\s*[\w.]+\.is_empty\(\)\s*\Z")
_CONDITION = re.compile(r"==|!=|<|>|matches!|contains|starts_with|ends_with")
_RETURN = re.compile(r"\breturn\b")


def reads(path: str) -> bool:
    """Whether a file of this path may hold tests."""
    return path.endswith(".rs")


def read(path: str, text: str) -> TestFile | None:
    """The tests of a file."""
    mask = masked(text, "rust")
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return TestFile(path, tuple(_tests(text, mask, starts)))


def _tests(text: str, mask: str, starts: list[int]) -> Iterator[Test]:
    for match in _FUNCTION.finditer(mask):
        if not _IS_TEST.search(match["marks"]):
            continue
        begin = mask.find("{", match.end())
        end = closing(mask, begin) if begin >= 0 else len(mask)
        line = bisect_right(starts, match.start("name"))
        ignored = _IGNORED.search(match["marks"])
        why = " ".join(ignored[0].split()) if ignored else ""
        look = partial(_looked, text, mask, starts, match, (begin, end))
        body, cases = "".join(text[begin:end].split()), max(1, match["marks"].count("case"))
        yield Test(match["name"], line, body, look, cases, why, line, "cfg" in why)


def _looked(text: str, mask: str, starts: list[int], match: re.Match[str], place: tuple[int, int]) -> Looked:
    found = list(_assertions(text, mask, starts, *place))
    line = bisect_right(starts, match.start("name"))
    if "should_panic" in match["marks"]:
        said = text[match.start("marks") : match.end("marks")]
        found.append(Assertion(line, "should_panic", EXACT if "expected" in said else COMPARED))
    first = found[0].line if found else 0
    leaves = next((bisect_right(starts, one.start()) for one in _RETURN.finditer(mask, *place)), 0)
    return Looked(tuple(found), leaves if leaves < first else 0)


def _assertions(text: str, mask: str, starts: list[int], begin: int, end: int) -> Iterator[Assertion]:
    for match in _ASSERT.finditer(mask, begin, end):
        close = closing(mask, match.end())
        sides = [" ".join(text[slice(*place)].split()) for place in parts(mask, match.end() + 1, close - 1)]
        written = " ".join(text[match.start() : close].split())
        subject, expected = [*sides, "", ""][:2]
        yield Assertion(
            bisect_right(starts, match.start()), written, _strength(match["name"], subject, expected), subject, expected
        )


def _strength(name: str, subject: str, expected: str) -> int:
    plain = name.removeprefix("debug_").removeprefix("prop_")
    if plain in ("assert_eq", "assert_ne"):
        if subject == expected:
            return VACUOUS if "(" not in subject else COMPARED
        return EXACT if plain == "assert_eq" else COMPARED
    if plain == "assert":
        if subject in ("true", "1 == 1") or "|| true" in subject or subject.startswith("true ||"):
            return VACUOUS
        sides = subject.split("==")
        if len(sides) == 2:
            return EXACT if sides[0].strip() != sides[1].strip() else COMPARED if "(" in subject else VACUOUS
        return EXISTS if _LITTLE.search(subject) or not (_CONDITION.search(subject) or "(" in subject) else COMPARED
    return COMPARED
