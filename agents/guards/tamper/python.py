"""Tests in Python, for pytest and unittest, read from the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from agents.guards.tamper import python_asserts as asserts
from agents.guards.tamper.python_parts import collected
from agents.guards.tamper.types import Test, TestFile

_TEST_PATH = re.compile(r"(?:^|/)(?:tests?/.*|test_[^/]*|[^/]*_test|tests?|conftest)\.py\Z")
_SKIP = re.compile(r"\b(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure|importorskip|skipTest|SkipTest)\b")
_ON_CONDITION = re.compile(r"\b(?:skipif|skipIf|skipUnless|importorskip)\b|\bxfail\(\s*(?!reason|raises|strict|run|\))")
_ALWAYS = re.compile(r"\b(?:skipif|skipIf|xfail)\(\s*(?:True|1|not False)\b|\bskipUnless\(\s*(?:False|0|not True)\b")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def reads(path: str) -> bool:
    """Whether a file of this path holds tests."""
    return _TEST_PATH.search(path) is not None


def read(path: str, text: str) -> TestFile | None:
    """The tests of a file; None where the text is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = _Reader(asserts.Source(text), _constants(tree))
    try:
        found = tuple(reader.module(tree))
    except RecursionError:
        return None
    # Where nobody looks for tests, a function of such a name is only that.
    return TestFile(path, found if collected(path) else tuple(replace(test, helper=True) for test in found))


def _constants(tree: ast.Module) -> dict[str, int]:
    """How many elements each list has that is given a name at the top."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = asserts.elements(node.value, {}) or 0
    return found


@dataclass(frozen=True, slots=True)
class _Skip:
    why: str = ""
    line: int = 0
    sometimes: bool = False

    def __bool__(self) -> bool:
        return bool(self.why)


@dataclass(slots=True)
class _Reader:
    source: asserts.Source
    constants: Mapping[str, int]
    helpers: asserts.Helpers = field(default_factory=asserts.Helpers)

    def module(self, tree: ast.Module) -> Iterator[Test]:
        skip = self._module_skip(tree.body)
        yield from self._helpers(tree.body)
        yield from self._tests(tree.body, "", skip)

    def _helpers(self, body: Sequence[ast.stmt]) -> Iterator[Test]:
        """What is no test and asserts; what it asserts counts where it is called."""
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from self._helpers(node.body)
            elif isinstance(node, _Function) and not node.name.startswith("test"):
                segment = self.source.lines_of(node)
                if "assert" in segment or "fail(" in segment or "raises(" in segment:
                    found = replace(self._test(node, "", _NONE), helper=True)
                    self.helpers.known[node.name] = found
                    yield found

    def _tests(self, body: Sequence[ast.stmt], around: str, skip: _Skip) -> Iterator[Test]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                inner = self._decorated(node) or self._module_skip(node.body) or skip
                yield from self._tests(node.body, f"{around}{node.name}.", inner)
            elif isinstance(node, _Function) and node.name.startswith("test"):
                yield self._test(node, around, skip)

    def _test(self, node: _Function, around: str, skip: _Skip) -> Test:
        own = self._decorated(node) or self._in_body(node.body) or skip
        body = "".join(self.source.lines_of(node, inner=True).split())
        look = partial(asserts.look, node.body, self.source, self.helpers, self.constants)
        name = f"{around}{node.name}"
        return Test(name, node.lineno, body, look, self._cases(node), own.why, own.line, own.sometimes)

    def _cases(self, node: _Function) -> int:
        cases = 1
        for decorator in node.decorator_list:
            if (
                isinstance(decorator, ast.Call)
                and "parametrize" in self.source.text(decorator.func)
                and len(decorator.args) > 1
            ):
                cases *= asserts.elements(decorator.args[1], self.constants) or 1
        return cases

    def _decorated(self, node: _Function | ast.ClassDef) -> _Skip:
        for decorator in node.decorator_list:
            text = self.source.text(decorator)
            if _SKIP.search(text):
                return _skip(text, decorator.lineno)
        return _NONE

    def _module_skip(self, body: Sequence[ast.stmt]) -> _Skip:
        """What keeps all of a file or class from running."""
        for node in body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, text = node.targets[0].id, self.source.text(node.value)
                if name == "pytestmark" and _SKIP.search(text):
                    return _skip(text, node.lineno)
                if name == "__test__" and text == "False":
                    return _Skip("__test__ = False", node.lineno)
        return self._in_body(body)

    def _in_body(self, body: Sequence[ast.stmt]) -> _Skip:
        """A call that skips, or under a condition may skip."""
        for node in body:
            if isinstance(node, ast.Expr | ast.Raise | ast.Assign | ast.Return):
                text = self.source.text(node)
                if _SKIP.search(text) and _is_skip_call(node):
                    return _skip(text, node.lineno)
            elif isinstance(node, ast.If | ast.Try | ast.With):
                blocks = [node.body, getattr(node, "orelse", [])]
                blocks += [handler.body for handler in getattr(node, "handlers", [])]
                for block in blocks:
                    if found := self._in_body(block):
                        return replace(found, sometimes=True)
        return _NONE


_NONE = _Skip()


def _is_skip_call(node: ast.stmt) -> bool:
    """A call or an exception, and not a word in some text."""
    value = node.exc if isinstance(node, ast.Raise) else getattr(node, "value", None)
    called = value.func if isinstance(value, ast.Call) else value
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in ("skip", "xfail", "importorskip", "skipTest", "SkipTest")


def _skip(text: str, line: int) -> _Skip:
    sometimes = bool(_ON_CONDITION.search(text)) and not _ALWAYS.search(text)
    return _Skip(" ".join(text.split())[:120], line, sometimes)
