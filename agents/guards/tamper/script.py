"""Tests in JavaScript and TypeScript, for jest, vitest, mocha and what has their words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.guards.tamper.mask import closing, masked, parts
from agents.guards.tamper.types import COMPARED, EXACT, EXISTS, VACUOUS, Assertion, Looked, Test, TestFile

_PATH = re.compile(
    r"\.(?:test|spec|cy)\.[cm]?[jt]sx?\Z|(?:^|/)__tests__/.*\.[cm]?[jt]sx?\Z|(?:^|/)tests?/.*\.[cm]?[jt]sx?\Z"
)
_BLOCK = re.compile(
    r"(?<![\w.$])(?P<word>x?(?:it|test|describe|suite|context|specify)|f(?:it|describe))(?P<more>(?:\s*\.\s*\w+)*)\s*(?=[(`])"
)
_TITLE = re.compile(
    r"\s*(?:(?P<quoted>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`)(?:\s*\+[^,]*)?|[\w.$]+)", re.DOTALL
)
_EXPECT = re.compile(r"(?<![\w.$])(?P<word>expect|assert|should)(?P<more>(?:\s*\.\s*\w+)*)\s*\(")
_MATCHER = re.compile(r"\s*\??\.\s*(\w+)\s*")
_SKIPS = {"skip", "todo", "skipIf", "runIf", "fails", "failing", "fixme"}
_SOMETIMES = {"skipIf", "runIf"}
_GROUPS = ("describe", "suite", "context")
_SAYS_LITTLE = {
    "toBeTruthy", "toBeFalsy", "toBeDefined", "toBeInstanceOf", "toBeUndefined", "toHaveBeenCalled", "ok", "exist",
    "exists", "isOk", "isDefined", "toExist", "isTrue", "isNotNull", "instanceOf",
}  # fmt: skip
_SAYS_ALL = {
    "toBe", "toEqual", "toStrictEqual", "toMatchObject", "toHaveBeenCalledWith", "toHaveBeenNthCalledWith", "toBeNull",
    "toHaveBeenLastCalledWith", "toHaveBeenCalledTimes", "toHaveLength", "toMatchSnapshot", "toMatchInlineSnapshot",
    "toHaveTextContent", "toHaveProperty", "equal", "strictEqual", "deepEqual", "deepStrictEqual", "eql", "equals",
    "toBeCloseTo", "toContainEqual", "toHaveReturnedWith", "toBeNaN", "toHaveText", "isNull",
}  # fmt: skip
_LITERAL = re.compile(r"\s*(?:true|false|null|undefined|-?\d[\d._]*|)\s*\Z")
_RETURN = re.compile(r"(?<![\w.$])return\s*;|(?<![\w.$])return\s*\n")
_CATCH = re.compile(r"\bcatch\s*(?:\([^)]*\)\s*)?\{")


def reads(path: str) -> bool:
    """Whether a file of this path holds tests."""
    return _PATH.search(path) is not None


def read(path: str, text: str) -> TestFile | None:
    """The tests of a file."""
    reader = _Reader(text, masked(text, "script"), [0, *(match.end() for match in re.finditer("\n", text))])
    return TestFile(path, tuple(reader.tests()))


@dataclass(frozen=True, slots=True)
class _Block:
    word: str
    marks: tuple[str, ...]
    name: str
    begin: int
    end: int
    cases: int
    pending: bool


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    mask: str
    starts: list[int]

    def tests(self) -> Iterator[Test]:
        blocks = [block for match in _BLOCK.finditer(self.mask) if (block := self._block(match))]
        groups = [block for block in blocks if block.word.lstrip("xf") in _GROUPS]
        only = [block for block in blocks if "only" in block.marks or block.word in ("fit", "fdescribe")]
        for block in blocks:
            if block not in groups:
                yield self._test(block, [group for group in groups if group.begin < block.begin < group.end], only)

    def _line(self, at: int) -> int:
        return bisect_right(self.starts, at)

    def _block(self, match: re.Match[str]) -> _Block | None:
        marks = tuple(word.strip() for word in match["more"].split(".") if word.strip())
        at, cases = match.end(), 1
        if set(marks) & {"each", "for", "skipIf", "runIf"}:
            end = closing(self.mask, at) if self.mask[at] == "(" else self._template(at)
            cases = self._cases(at, end) if set(marks) & {"each", "for"} else 1
            opening = re.compile(r"\s*\(").match(self.mask, end)
            if opening is None:
                return None
            at = opening.end() - 1
        if self.mask[at] != "(":
            return None
        named = _TITLE.match(self.text, at + 1)
        if named is None:
            return None
        following = self.mask[named.end() : named.end() + 200].lstrip()[:1]
        pending = following == ")" and named["quoted"] is not None
        if following != "," and not pending:
            return None
        end = closing(self.mask, at)
        return _Block(match["word"], marks, (named["quoted"] or named[0]).strip("'\"` \n\t"), at, end, cases, pending)

    def _template(self, at: int) -> int:
        end = self.text.find("`", at + 1)
        return end + 1 if end > 0 else len(self.text)

    def _cases(self, begin: int, end: int) -> int:
        """How many rows a table has that is written out; 1 where that cannot be seen."""
        if self.text[begin] == "`":
            return max(1, len([row for row in self.text[begin:end].split("\n") if "|" in row or "${" in row]) - 1)
        at = self.mask.find("[", begin, end)
        return max(1, len(parts(self.mask, at + 1, closing(self.mask, at) - 1))) if at > 0 else 1

    def _test(self, block: _Block, around: list[_Block], only: list[_Block]) -> Test:
        skip = next((why for one in (block, *reversed(around)) if (why := _skip(one))), "")
        sometimes = bool(skip) and skip.rsplit(".", 1)[-1] in _SOMETIMES
        if not skip and only and not any(one in only for one in (block, *around)):
            skip = "another test is marked .only"
        line = self._line(block.begin)
        name = " › ".join([*(group.name for group in around), block.name])
        body = "".join(self.text[self.mask.find(",", block.begin, block.end) : block.end].split())
        why = skip or ("no body" if block.pending else "")
        return Test(name, line, body, partial(self._looked, block), block.cases, why, line, sometimes)

    def _looked(self, block: _Block) -> Looked:
        found = tuple(self._assertions(block.begin, block.end)) if not block.pending else ()
        first = found[0].line if found else self._line(block.end)
        leaves = next((self._line(one.start()) for one in _RETURN.finditer(self.mask, block.begin, block.end)), 0)
        return Looked(found, leaves if leaves < first else 0, self._swallows(block))

    def _swallows(self, block: _Block) -> int:
        """The line of a handler that keeps what is asserted before it from failing the test; 0 without one."""
        for match in _CATCH.finditer(self.mask, block.begin, block.end):
            handler = self.mask[match.end() : closing(self.mask, match.end() - 1)]
            tried = self.mask.rfind("try", block.begin, match.start())
            if (
                tried > 0
                and _EXPECT.search(self.mask, tried, match.start())
                and not re.search(r"throw|expect|fail|reject|done", handler)
            ):
                return self._line(match.start())
        return 0

    def _assertions(self, begin: int, end: int) -> Iterator[Assertion]:
        for match in _EXPECT.finditer(self.mask, begin, end):
            close = closing(self.mask, match.end() - 1)
            chain, last, matchers = (
                close,
                (match.end(), close - 1),
                [word.strip() for word in match["more"].split(".") if word.strip()],
            )
            while found := _MATCHER.match(self.mask, chain, end):
                matchers.append(found[1])
                chain = found.end()
                if self.mask[chain : chain + 1] == "(":
                    last = (chain + 1, closing(self.mask, chain) - 1)
                    chain = last[1] + 1
            text = " ".join(self.text[match.start() : chain].split())
            subject, expected = self._sides(match, close, last)
            if matchers and matchers != ["soft"]:
                level = _strength(matchers, subject, expected)
                digits = (
                    float(expected.split(",")[1])
                    if "toBeCloseTo" in matchers and re.search(r",\s*\d+\s*\Z", expected)
                    else None
                )
                tolerance = 10.0**-digits if digits is not None else 0.005 if "toBeCloseTo" in matchers else None
                yield Assertion(
                    self._line(match.start()),
                    text,
                    level,
                    subject,
                    expected.split(",")[0] if digits else expected,
                    tolerance,
                )
            elif match["word"] == "assert":
                yield Assertion(
                    self._line(match.start()), text, VACUOUS if subject in ("true", "1") else COMPARED, subject, ""
                )

    def _sides(self, match: re.Match[str], close: int, last: tuple[int, int]) -> tuple[str, str]:
        inside = parts(self.mask, match.end(), close - 1)
        if match["word"] == "assert":
            texts = [" ".join(self.text[slice(*place)].split()) for place in inside[:2]]
            first, second = [*texts, "", ""][:2]
            return first, second
        subject = " ".join(self.text[match.end() : close - 1].split())
        return subject, " ".join(self.text[slice(*last)].split()) if last[0] != match.end() else ""


def _skip(block: _Block) -> str:
    """Why a block does not run, as it is written; "" where it does."""
    mark = next((mark for mark in block.marks if mark in _SKIPS), "")
    return f"{block.word}.{mark}" if mark else block.word if block.word.startswith("x") else ""


def _strength(matchers: list[str], subject: str, expected: str) -> int:
    matcher, denied = matchers[-1], "not" in matchers
    if subject and _LITERAL.match(subject) and _LITERAL.match(expected):
        return VACUOUS
    if subject and subject == expected:
        return COMPARED if "(" in subject else VACUOUS
    if "expect.anything()" in expected and matcher in _SAYS_ALL:
        return EXISTS
    if matcher in _SAYS_LITTLE or (denied and matcher in ("toBeNull", "toBeUndefined", "isNull")):
        return EXISTS
    if matcher in _SAYS_ALL:
        return COMPARED if denied else EXACT
    return COMPARED
