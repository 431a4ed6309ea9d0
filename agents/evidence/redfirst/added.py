"""Which tests a change adds: by function for Python and Go, by file for the others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.evidence.redfirst.files import Diff, Read, framework_of

_GO_TEST = re.compile(rb"^func (Test\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NewTests:
    """New tests of one file. framework: pytest · unittest · jest · vitest · go · cargo. `names` are `Class.test` or
    `test`, none where the whole file is new to the runner; `broken` says why the file cannot be read as code."""

    framework: str
    path: str
    names: tuple[str, ...] = ()
    broken: str = ""


def added_tests(diff: Diff, before: Read, after: Read) -> tuple[NewTests, ...]:
    """A test that only moved is not new: what the deleted files hold is not counted again."""
    gone = {path: before(path) or b"" for path in diff.deleted if framework_of(path)}
    moved = {name for path, text in gone.items() for name in _names(path, text)}
    found: list[NewTests] = []
    for path in diff.there:
        text = after(path) if framework_of(path) else None
        if text is not None and text not in gone.values():
            found += _of_file(path, text, moved | set(_names(path, before(path) or b"")), path in diff.added)
    return tuple(found)


def _of_file(path: str, text: bytes, known: set[str], is_new: bool) -> Iterator[NewTests]:
    kind = framework_of(path)
    if kind == "python":
        yield from _of_python(path, text, known)
    elif kind == "go":
        names = tuple(name for name in _names(path, text) if name not in known)
        yield from [NewTests("go", path, names)] if names else []
    elif is_new:
        yield NewTests(("vitest" if b"vitest" in text else "jest") if kind == "script" else "cargo", path)


def _of_python(path: str, text: bytes, known: set[str]) -> Iterator[NewTests]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        yield NewTests("pytest", path, broken=f"{path}:{getattr(error, 'lineno', 1) or 1}: {error.args[0]}")
        return
    names = tuple(name for name in _python_names(tree) if name not in known)
    if names:
        yield NewTests("pytest" if _needs_pytest(tree) else "unittest", path, names)


def _names(path: str, text: bytes) -> list[str]:
    """The tests in a file; none in one that does not parse."""
    if framework_of(path) == "go":
        return [name.decode(errors="replace") for name in _GO_TEST.findall(text)]
    if framework_of(path) != "python":
        return []
    try:
        return list(_python_names(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return []


def _python_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if _is_test(node):
            yield node.name  # type: ignore[attr-defined]
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or _is_case(node)):
            yield from (f"{node.name}.{below.name}" for below in node.body if _is_test(below))  # type: ignore[attr-defined]


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _is_case(node: ast.ClassDef) -> bool:
    return any("Test" in ast.unparse(base) for base in node.bases)


def _needs_pytest(tree: ast.Module) -> bool:
    """unittest runs methods of its TestCase alone."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
    imported = (alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names)
    return "pytest" in imported or any(map(_is_test, tree.body)) or any(not _is_case(node) for node in classes)
