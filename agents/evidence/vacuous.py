"""Shell commands that cannot fail: as a proof they prove nothing. Pure."""

from __future__ import annotations

import ast
import re
import shlex
from itertools import pairwise

_NEVER_FAIL = {"true", ":", "echo", "printf", "pwd", "whoami", "hostname", "date"}
_SHELLS = {"sh", "bash", "dash", "zsh"}
_SAFE = re.compile(r"set -\w*e\w*")
_NESTED = 4


def cannot_fail(command: str, depth: int = 0) -> bool:
    """Whether a command exits 0 whatever the tree holds, as far as its words show; False where that is not plain."""
    try:
        lexer = shlex.shlex(command.strip().replace("\n", ";"), posix=True, punctuation_chars=";&|()")
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:
        return False
    substituted = any(word in ("(", ")") or "`" in word or "$(" in word for word in words)
    leaves = any(word == "exit" and re.match(r"[1-9$]", after) for word, after in pairwise(words))
    if substituted or leaves:
        return False
    return _list(words, depth)


def _list(words: list[str], depth: int) -> bool:
    """The last of several commands decides, or under `set -e` each of them."""
    commands = [part for part in _split(words, {";", "&", ";;"}) if part]
    if not commands:
        return True
    if _SAFE.fullmatch(" ".join(commands[0])):
        return all(_and_or(part, depth) for part in commands[1:])
    return _and_or(commands[-1], depth)


def _and_or(words: list[str], depth: int) -> bool:
    """`a && b` cannot fail if neither can, `a || b` if either cannot."""
    fails_not: bool | None = None
    for part, joint in _joined(words):
        this = _pipeline(part, depth)
        fails_not = this if fails_not is None else (fails_not and this) if joint == "&&" else (fails_not or this)
    return bool(fails_not)


def _joined(words: list[str]) -> list[tuple[list[str], str]]:
    found: list[tuple[list[str], str]] = [([], "")]
    for word in words:
        if word in ("&&", "||"):
            found.append(([], word))
        else:
            found[-1][0].append(word)
    return found


def _pipeline(words: list[str], depth: int) -> bool:
    parts = _split(words, {"|", "|&"})
    return bool(parts and parts[-1]) and _simple(parts[-1], depth)


def _split(words: list[str], at: set[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for word in words:
        if word in at:
            found.append([])
        else:
            found[-1].append(word)
    return found


def _simple(words: list[str], depth: int) -> bool:
    while words and re.fullmatch(r"\w+=[^$`]*", words[0]):
        words = words[1:]
    if not words:
        return True
    name, rest = words[0].rpartition("/")[2], words[1:]
    if name in _NEVER_FAIL:
        return not any(word.startswith((">", "<")) for word in rest)
    if name == "exit":
        return rest in ([], ["0"])
    if name in ("test", "["):
        return _constant([word for word in rest if word != "]"])
    if name == "!":
        return rest == ["false"]
    if name in _SHELLS and rest[:1] in (["-c"], ["-ec"], ["-lc"]) and len(rest) > 1 and depth < _NESTED:
        return cannot_fail(rest[1], depth + 1)
    return name.startswith("python") and rest[:1] == ["-c"] and len(rest) > 1 and _idle(rest[1])


def _constant(words: list[str]) -> bool:
    """A test of words that are written out: what it says never changes."""
    if any("$" in word for word in words):
        return False
    match words:
        case [left, "=" | "==" | "-eq" | "-le" | "-ge", right]:
            return left == right
        case ["-n", word] | [word]:
            return bool(word)
        case ["-z", word]:
            return not word
    return False


def _idle(code: str) -> bool:
    """Python that imports nothing, and does nothing but print or assert what always holds."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(_says_nothing(node) for node in tree.body)


def _says_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=args)):
            return all(isinstance(argument, ast.Constant) for argument in args)
        case ast.Assert(test=ast.Constant(value=value)):
            return bool(value)
    return False
