"""What the statements of a Python test assert, and how much each of them says."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from agents.guards.tamper.types import COMPARED, EXACT, EXISTS, VACUOUS, Assertion, Looked, Test

_CATCHES_ALL = {"AssertionError", "Exception", "BaseException", ""}
_RAISES = {"raises", "assertRaises", "assertRaisesRegex", "warns", "assertWarns", "assertWarnsRegex", "assertLogs"}
_METHODS = {
    "assertIs": EXACT, "assertIsNone": EXACT, "assertCountEqual": EXACT, "assertAlmostEqual": EXACT,
    "assertAlmostEquals": EXACT, "assertIsNotNone": EXISTS, "assertIsInstance": EXISTS, "assertNotIsInstance": EXISTS,
    "assertIsNot": EXISTS, "assertNotEqual": COMPARED,
}  # fmt: skip
_EQUAL = re.compile(r"assert(?:[A-Z][a-z]*)?Equals?\Z")
_SAYS_LITTLE = {"isinstance", "hasattr", "callable", "bool", "issubclass"}
_ASSERTS = re.compile(r"_*(?:assert|check|expect|verify|ensure|require|must|should|validate)")
_SMALLEST = 1e-6
"""Up to here a tolerance is only that of floating-point numbers."""


class Source:
    """A file's text, cut by the places that the syntax tree names (bytes of a line)."""

    def __init__(self, text: str) -> None:
        # The tree's lines end at a line feed alone, as `splitlines` does not see it.
        self._lines = [line.encode() for line in text.split("\n")]

    def text(self, node: ast.AST) -> str:
        """A node as it is written, on one line."""
        first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]
        begin, end = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
        if first == last:
            return self._lines[first][begin:end].decode(errors="replace")
        parts = [self._lines[first][begin:], *self._lines[first + 1 : last], self._lines[last][:end]]
        return " ".join(b" ".join(parts).decode(errors="replace").split())

    def lines_of(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, inner: bool = False) -> str:
        """The lines of a function; `inner` those of its body alone."""
        first = node.body[0].lineno if inner else node.lineno
        return b"\n".join(self._lines[first - 1 : node.end_lineno]).decode(errors="replace")


def elements(node: ast.AST, constants: Mapping[str, int]) -> int | None:
    """How many elements a list has that is written out, or has a name; None where that cannot be seen."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return len(node.elts)
    if isinstance(node, ast.Dict):
        return len(node.keys)
    if isinstance(node, ast.Name):
        return constants.get(node.id) or None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "items":
        return elements(node.func.value, constants)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "range"
        and len(node.args) == 1
    ):
        limit = node.args[0]
        return limit.value if isinstance(limit, ast.Constant) and isinstance(limit.value, int) else None
    return None


@dataclass(slots=True)
class Helpers:
    """The functions of a file that assert and are no tests, by name."""

    known: dict[str, Test] = field(default_factory=dict)
    counting: set[str] = field(default_factory=set)

    def asserted_by(self, name: str) -> int:
        """How much a function asserts; one where that cannot be seen, or where it calls itself."""
        if name not in self.known or name in self.counting:
            return 1
        self.counting.add(name)
        count = len(self.known[name].assertions)
        self.counting.discard(name)
        return max(1, count)


def look(body: Sequence[ast.stmt], source: Source, helpers: Helpers, constants: Mapping[str, int]) -> Looked:
    """What these statements assert, in their order, up to where they end."""
    seen = _Look(source, helpers, dict(constants))
    with suppress(RecursionError):  # what is nested that deep asserts nothing that anybody reads
        seen.block(body)
    return Looked(tuple(seen.assertions), seen.leaves, seen.swallows)


@dataclass(slots=True)
class _Look:
    """Goes through the statements of a test. `times` is how often what is looked at happens, `mute` above 0 where it
    cannot fail.."""

    source: Source
    helpers: Helpers
    constants: dict[str, int]
    assertions: list[Assertion] = field(default_factory=list)
    leaves: int = 0
    swallows: int = 0
    times: int = 1
    mute: int = 0

    def block(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            self._statement(node)
            if isinstance(node, ast.Return | ast.Raise):
                if isinstance(node, ast.Return) and not self.assertions:
                    self.leaves = self.leaves or node.lineno
                return

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assert():
                self._test(node.test, node.lineno)
            case ast.Expr(value=ast.Call() | ast.Await()):
                self._call(node.value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.constants[name] = elements(value, self.constants) or 0
            case ast.With() | ast.AsyncWith():
                self._with(node)
            case ast.Try():
                self._try(node)
            case ast.For() | ast.AsyncFor():
                self._for(node)
            case ast.If(test=ast.Constant(value=value)) if not value:
                self._muted(node.body)
            case ast.If() | ast.While():
                self.block(node.body)
                self.block(node.orelse)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.block([one for one in node.body if not isinstance(one, ast.Return)])

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        before = self.times
        self.times *= min(elements(node.iter, self.constants) or 1, 1000)
        self.block(node.body)
        self.times = before

    def _try(self, node: ast.Try) -> None:
        catching = next((handler for handler in node.handlers if self._swallows(handler)), None)
        count = len(self.assertions)
        self.mute += catching is not None
        self.block(node.body)
        self.mute -= catching is not None
        if catching is not None and len(self.assertions) > count:
            self.swallows = self.swallows or catching.lineno
        for block in (*(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            self.block(block)

    def _swallows(self, handler: ast.ExceptHandler) -> bool:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {self.source.text(kind).rsplit(".", 1)[-1] if kind else "" for kind in kinds}
        speaks = any(isinstance(node, ast.Raise | ast.Assert) for one in handler.body for node in ast.walk(one))
        return bool(names & _CATCHES_ALL) and not speaks and "fail(" not in "".join(map(self.source.text, handler.body))

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        mute = 0
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and (name := _name(call.func)) in _RAISES:
                self._add(call, self._raises(name, call), node.lineno)
            elif isinstance(call, ast.Call) and _name(call.func) == "suppress":
                mute += any(_name(kind) in _CATCHES_ALL for kind in call.args)
        self.mute += mute
        count = len(self.assertions)
        self.block(node.body)
        self.mute -= mute
        if mute and len(self.assertions) > count:
            self.swallows = self.swallows or node.lineno

    def _raises(self, name: str, call: ast.Call) -> int:
        said = any(keyword.arg == "match" for keyword in call.keywords) or name.endswith("Regex")
        broad = bool(call.args) and _name(call.args[0]) in _CATCHES_ALL - {"AssertionError"}
        return EXACT if said else COMPARED if not broad else EXISTS

    def _muted(self, body: Sequence[ast.stmt]) -> None:
        self.mute += 1
        self.block(body)
        self.mute -= 1

    def _call(self, value: ast.expr) -> None:
        call = value.value if isinstance(value, ast.Await) else value
        if not isinstance(call, ast.Call):
            return
        name = _name(call.func)
        if name in ("assertTrue", "assertFalse") and call.args:
            test = call.args[0] if name == "assertTrue" else ast.UnaryOp(ast.Not(), call.args[0])
            self._test(ast.copy_location(test, call.args[0]), call.lineno)
        elif name in _RAISES:
            self._add(call, self._raises(name, call), call.lineno)
        elif name.startswith("assert") or (name == "fail" and name not in self.helpers.known):
            self._method(name, call)
        elif name in self.helpers.known:
            for _ in range(self.helpers.asserted_by(name)):
                self._add(call, COMPARED, call.lineno, loose=not _ASSERTS.match(name))

    def _method(self, name: str, call: ast.Call) -> None:
        exact = bool(_EQUAL.match(name)) or (name.endswith("_with") and bool(call.args or call.keywords))
        strength = _METHODS.get(name, EXACT if exact else COMPARED)
        texts = [self.source.text(argument) for argument in call.args[:2]]
        if len(texts) == 2 and isinstance(call.args[0], ast.Constant):
            texts.reverse()
        subject, expected = [*texts, "", ""][:2]
        if texts and subject == expected:
            strength = VACUOUS if "(" not in subject else COMPARED
        for _ in range(self.helpers.asserted_by(name)):
            self._add(call, strength, call.lineno, subject, expected, _tolerance(name, call))

    def _test(self, test: ast.expr, line: int) -> None:
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            for part in test.values:
                self._test(part, line)
            return
        subject, expected, tolerance = "", "", None
        if isinstance(test, ast.Compare):
            right = test.comparators[-1]
            subject, expected = self.source.text(test.left), self.source.text(right)
            for side, other in ((test.left, right), (right, test.left)):
                if isinstance(side, ast.Call) and _name(side.func) == "approx" and side.args:
                    subject, expected = self.source.text(other), self.source.text(side.args[0])
                    tolerance = _tolerance("approx", side)
        elif isinstance(test, ast.Call):
            tolerance = _tolerance(_name(test.func), test)
            subject = self.source.text(test.args[0]) if test.args else ""
        else:
            subject = self.source.text(test.operand if isinstance(test, ast.UnaryOp) else test)
        self._add(test, strength(test, self.source), line, subject, expected, tolerance)

    def _add(
        self,
        node: ast.AST,
        strength: int,
        line: int,
        subject: str = "",
        expected: str = "",
        tolerance: float | None = None,
        loose: bool = False,
    ) -> None:
        text = " ".join(self.source.text(node).split())
        if isinstance(node, ast.UnaryOp) and not text.startswith("not"):
            text = f"not {text}"
        text = f"never: {text}" if self.mute else text
        found = Assertion(line, text, VACUOUS if self.mute else strength, subject, expected, tolerance, loose)
        self.assertions += [found] * self.times


def strength(test: ast.expr, source: Source) -> int:
    """How much an asserted expression says."""
    match test:
        case ast.Constant(value=value):
            return VACUOUS if value else EXACT
        case ast.Tuple(elts=[_, *_]) | ast.List(elts=[_, *_]) | ast.Dict(keys=[_, *_]) | ast.JoinedStr() | ast.Lambda():
            return VACUOUS
        case ast.BoolOp(values=values):
            said = [strength(value, source) for value in values]
            return VACUOUS if VACUOUS in said else min(COMPARED, *said)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=value)):
            return EXACT if value else VACUOUS
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return min(COMPARED, max(EXISTS, strength(inner, source)))
        case ast.Compare():
            return _compared(test, source)
        case ast.Call(func=function):
            return EXISTS if _name(function) in _SAYS_LITTLE else COMPARED
    return EXISTS


def _compared(test: ast.Compare, source: Source) -> int:
    left, operator, right = source.text(test.left), test.ops[0], source.text(test.comparators[0])
    if len(test.ops) == 1 and isinstance(operator, ast.Eq | ast.Is | ast.GtE | ast.LtE) and left == right:
        return VACUOUS if "(" not in left else COMPARED  # two calls may well differ
    if left.startswith("len(") and right == "0" and isinstance(operator, ast.Gt | ast.GtE | ast.NotEq):
        return VACUOUS if isinstance(operator, ast.GtE) else EXISTS
    if isinstance(operator, ast.IsNot | ast.NotEq) and right in ("None", '""', "''", "[]", "{}"):
        return EXISTS
    return EXACT if isinstance(operator, ast.Eq | ast.Is) else COMPARED


def _tolerance(name: str, call: ast.Call) -> float | None:
    """How far a number may be from what is expected; None where it may not, or cannot be seen."""
    given = {keyword.arg: _number(keyword.value) for keyword in call.keywords}
    if name == "approx":
        positional = [_number(argument) for argument in call.args[1:3]]
        found = [given.get("rel"), given.get("abs"), *positional]
    elif name == "isclose":
        found = [given.get("rel_tol"), given.get("abs_tol")]
    elif name.startswith("assertAlmostEqual"):
        places = given.get("places", _number(call.args[2]) if len(call.args) > 2 else None)
        found = [given.get("delta"), 10.0**-places if places is not None and places < 300 else None]
    else:
        return None
    largest = max((value for value in found if value is not None), default=0.0)
    return largest if largest > _SMALLEST else 0.0


def _number(node: ast.AST) -> float | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) else None


def _name(node: ast.AST | None) -> str:
    """The last word of a dotted name; "" for what is none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
