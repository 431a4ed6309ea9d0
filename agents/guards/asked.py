"""What the step's own text asks for: with its words, what otherwise gives a false step away is the step itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from agents.guards.types import Scope
from agents.workspaces.types import FileDiff

_SENTENCE = re.compile(r"(?<=[.!?;])\s|\n")
_REMOVES = re.compile(r"\b(?:delet|remov|drop|retir|prun|get(?:s|ting)? rid)\w*\b", re.IGNORECASE)
_SMOKE = re.compile(
    r"\bsmoke\b|\b(?:not|never|without) (?:to )?(?:rais|fail|crash|error|an error|an exception)\w*", re.IGNORECASE
)
_DEFINED = re.compile(
    r"^\s*(?:export |default |pub |async |static |final )*(?:def|class|function|fn|func|const|let)\s+(\w+)"
)
_VALUE = re.compile(r"[\"']([^\"']+)[\"']|(?<![\w.])(\d+(?:\.\d+)?)\b")
_KEY = re.compile(r"[A-Za-z][\w-]+")


def mentions(words: str, name: str) -> bool:
    """Whether a text holds this name, and not only a longer one."""
    return bool(name) and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words) is not None


def beyond_commands(scope: Scope) -> str:
    """A step's words without the commands that check it: what they name is not yet asked for."""
    words = scope.words
    for command in scope.commands:
        words = words.replace(command, "")
    return words


def smoke(scope: Scope) -> bool:
    """Whether the step asks for tests that show only that something runs."""
    return _SMOKE.search(scope.words) is not None


def removes(words: str) -> bool:
    """Whether a step's text asks for anything to be removed."""
    return _REMOVES.search(words) is not None


def removal(scope: Scope, names: Iterable[str]) -> bool:
    """Whether some sentence of the step that removes something names one of these."""
    wanted = [name for name in names if name]
    sentences = [text for text in _SENTENCE.split(scope.words) if _REMOVES.search(text)]
    return any(mentions(sentence, name) for sentence in sentences for name in wanted)


def setting(scope: Scope, file: FileDiff, line: str) -> bool:
    """Whether the step names a file of settings, the setting that a line of it changes, and each new value."""
    words = beyond_commands(scope)
    known = "\n".join(text for _, text in file.removed)
    values = [text or number for text, number in _VALUE.findall(line)]
    key = _KEY.search(line)
    named = mentions(words, file.path) or mentions(words, PurePosixPath(file.path).name)
    fresh = [value for value in values if value not in known]
    return named and key is not None and mentions(words, key[0]) and all(mentions(words, value) for value in fresh)


def gone(files: Iterable[FileDiff]) -> dict[str, str]:
    """Names that the code defines no more, each with the file that defined it."""
    found = list(files)
    there = {name for file in found for name in _names(text for _, text in file.added)}
    left = ((name, file.before) for file in found for name in _names(text for _, text in file.removed))
    return {name: path for name, path in left if name not in there}


def _names(lines: Iterable[str]) -> Iterator[str]:
    return (found[1] for line in lines if (found := _DEFINED.match(line)))
