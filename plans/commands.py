"""What a verification item asks for: the command in its backticks and the outcome it states.

An item whose statement no table row can decide (a range, a percentage, a count that the command does not print)
gets no command: a verifier must prove it, for a green exit code would prove something else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from plans.programs import BUILTINS, COUNTERS, INSTALLERS, LAUNCHERS, NEED_ARGUMENTS, PROGRAMS, REPORTERS
from plans.types import Expectation

_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]+)\1(?!`)")
_PLACEHOLDER = re.compile(r"<[A-Za-z][\w./-]*(?: [\w./-]+)*>|…|(?<=\s)\.\.\.(?=\s|$)|\bpath/to/")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=\S*$")
_SCRIPT = re.compile(r"\.{1,2}/[\w.-]+(?:/[\w.-]+)*$")
_SEPARATOR = re.compile(r"&&|\|\||[;|]")
_BETWEEN_COMMANDS = re.compile(r"\s*(?:,|;|and|then|,\s*and|and then|&|\+)\s*", re.IGNORECASE)

_WORD_START = r"(?<![\w-])"
# a number is read at once and never given back, or a long one would be tried from each of its digits
_N = r"([0-9]{1,3}+(?:,[0-9]{3})++|[0-9]++)(?![0-9]*\.[0-9])"
_HITS = r"(?:hits?|match(?:es)?|results?|lines?|outputs?|occurrences?)"
_SAYS = r"(?:returns?|prints?|outputs?|shows?|reports?|gives?|yields?|finds?|produces?)"
_FAULTS = r"(?:errors?|failures?|warnings?|issues?|problems?)"
_TRACES = r"(?:references?|occurrences?|mentions?|usages?|uses|imports?|calls?|remnants?|leftovers?)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"{_WORD_START}(?:{text})", re.IGNORECASE)


def _is_worded(row: tuple[re.Pattern[str], str]) -> bool:
    return row[0].pattern.startswith(_WORD_START)


def _body(row: tuple[re.Pattern[str], str]) -> str:
    return row[0].pattern.removeprefix(_WORD_START)


STATEMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_pattern(r"between\s+[0-9][0-9,]*\s+(?:and|to)\s+[0-9]"), "undecidable"),
    (_pattern(r"[0-9][0-9,]{0,20}\s*[-–]\s*[0-9][0-9,]{0,20}\s+(?:words|lines|characters)\b"), "undecidable"),
    (_pattern(r"(?:pass(?:es)?|succeeds?|(?:is|are|stays?)\s+(?:green|clean))\b"), "exit_zero"),
    (
        _pattern(
            r"(?:exits?|exit\s+code|exit\s+status|return\s+code)\s+(?:(?:with|is|of|code|status)\s+)*(?:0|zero)\b"
        ),
        "exit_zero",
    ),
    (_pattern(rf"(?:no|zero|0|without)\s+(?:[\w-]+\s+)?{_FAULTS}\b"), "exit_zero"),
    (_pattern(r"(?:no|none|nothing|never)\s+(?:[\w-]+\s+){0,3}fails?\b"), "exit_zero"),
    (_pattern(r"(?:(?:does|must|should|do|can)\s*(?:not|n['’]t)|cannot)\s+fail\b"), "exit_zero"),
    (
        _pattern(
            r"(?:exits?|exit\s+code|exit\s+status|return\s+code)\s+(?:(?:with|is|of|a|code|status)\s+)*(?:non-?\s?zero|[1-9])"
        ),
        "exit_nonzero",
    ),
    (_pattern(r"returns?\s+(?:a\s+)?non-?\s?zero\b|(?:is|are)\s+expected\s+to\s+fail\b"), "exit_nonzero"),
    (
        re.compile(r"^\W{0,8}(?:(?:it|this|must|should|now|still|then|first)\s+)*fails?\b", re.IGNORECASE),
        "exit_nonzero",
    ),
    (_pattern(rf"(?:{_SAYS}\s+)?(?:zero|no|0)\s+(?:more\s+|remaining\s+)?{_HITS}\b"), "no_output"),
    (_pattern(rf"{_SAYS}\s+(?:nothing|an?\s+empty\b)|(?:is|output\s+is)\s+empty\b"), "no_output"),
    (_pattern(rf"(?:no|zero)\s+(?:[\w-]+\s+){{0,3}}{_TRACES}\b"), "absent"),
    (_pattern(rf"{_SAYS}\s+(?:at\s+least\s+(?:one|1|a)\s+{_HITS}|an?\s+{_HITS}|something|{_HITS})\b"), "some_output"),
    (_pattern(rf"at\s+least\s+(?:one|1|a)\s+{_HITS}\b|is\s+not\s+empty\b|non-?empty\b"), "some_output"),
    (
        _pattern(rf"(?:no|not)\s+(?:more|greater)\s+than\s+{_N}|at\s+most\s+{_N}|max(?:imum)?\s+(?:of\s+)?{_N}"),
        "at_most",
    ),
    (_pattern(rf"(?:not\s+exceed(?:ing)?|up\s+to)\s+{_N}"), "at_most"),
    (
        _pattern(rf"(?:no|not)\s+(?:fewer|less)\s+than\s+{_N}|at\s+least\s+{_N}|min(?:imum)?\s+(?:of\s+)?{_N}"),
        "at_least",
    ),
    (_pattern(rf"(?:under|below|fewer\s+than|less\s+than|smaller\s+than)\s+{_N}"), "under"),
    (_pattern(rf"(?:more\s+than|over|above|greater\s+than|exceeds)\s+{_N}"), "over"),
    (_pattern(rf"(?:{_SAYS}|equals|is)\s+(?:exactly\s+)?{_N}|exactly\s+{_N}"), "equals"),
    (re.compile(rf"(?:≤|<=)\s*{_N}"), "at_most"),
    (re.compile(rf"(?:≥|>=)\s*{_N}"), "at_least"),
    (re.compile(rf"<\s*{_N}"), "under"),
    (re.compile(rf"(?<![-=])>\s*{_N}"), "over"),
    (re.compile(rf"(?<![<>=!])==?\s*{_N}"), "equals"),
)
"""A phrase → the kind of Expectation. The phrase that stands first behind the command decides; of two that start
at the same place, the upper row."""

_STATED = re.compile(
    f"{_WORD_START}(?=[a-z0])(?:{'|'.join(f'({_body(row)})' for row in STATEMENTS if _is_worded(row))})"
    f"|{'|'.join(f'({_body(row)})' for row in STATEMENTS if not _is_worded(row))}",
    re.IGNORECASE,
)
"""All rows of STATEMENTS in one, those that start with a word first: they cannot start where the others do."""

_ORDER = tuple(sorted(STATEMENTS, key=lambda row: not _is_worded(row)))
_GROUPS = tuple(1 + sum(1 + pattern.groups for pattern, _ in _ORDER[:place]) for place in range(len(_ORDER) + 1))
"""The number of the group in `_STATED` that holds each row of `_ORDER`."""

_MEASURED = re.compile(r"\s*(?:%|percent|ms\b|milliseconds|s\b|sec|min\b|minutes|[kmg]i?b\b|bytes)", re.IGNORECASE)
_COUNTED = re.compile(rf"\s*(?:\w+\s+)?{_HITS}\b", re.IGNORECASE)
_ABSENT = dict.fromkeys(("grep", "egrep", "rg", "ag", "ack", "find", "fd"), "no_output")
_EXIT_ZERO = Expectation()
LONGEST_PROSE = 2_000
"""Characters before and behind a command that are searched for a statement."""
LONGEST_KEPT = 200
"""Characters of an item whose reading is remembered: what is kept stays small, whatever items a file holds."""
LONGEST_NUMBER = 18
"""Characters of a number that any program prints as a count."""
_NUMERIC = frozenset({"under", "at_most", "over", "at_least", "equals"})


@dataclass(frozen=True, slots=True)
class _Statement:
    kind: str
    value: int | None = None
    tail: str = ""


_PASSES = _Statement("exit_zero")


def read_item(text: str) -> tuple[str | None, Expectation]:
    """The command an item names and the outcome it states; (None, …) when the engine cannot run it alone."""
    if "`" not in text:
        return None, _EXIT_ZERO
    return _read_coded(text) if len(text) > LONGEST_KEPT else _read_again(text)


def _read_coded(text: str) -> tuple[str | None, Expectation]:
    if text.strip(" .") == "`true`":
        return "true", _EXIT_ZERO
    spans = list(_SPAN.finditer(text))
    commands = [span for span in spans if is_command(_command_text(span[2]))]
    command = _joined(text, commands)
    if not command:
        return None, _EXIT_ZERO
    expectation = _decide(command, _statement(text, spans, commands))
    return (command, expectation) if expectation else (None, _EXIT_ZERO)


_read_again = lru_cache(maxsize=2048)(_read_coded)
"""Many steps are proved by the same words."""


@lru_cache(maxsize=2048)
def is_command(text: str) -> bool:
    """Whether backticked text is a command line: its first word is a known program and nothing is left to fill in."""
    words = _program_words(text[_behind_builtins(text) :].split())
    if not words or _PLACEHOLDER.search(text):
        return False
    if _SCRIPT.match(words[0]):
        return True
    name = words[0].rpartition("/")[2]
    return name in PROGRAMS and (len(words) > 1 or name not in NEED_ARGUMENTS)


def _behind_builtins(text: str) -> int:
    """Where the first command stands that is more than a word of the shell (`cd app && …`)."""
    start = 0
    for separator in _SEPARATOR.finditer(text):
        words = _program_words(text[start : separator.start()].split())
        if not words or words[0] not in BUILTINS:
            break
        start = separator.end()
    return start


@lru_cache(maxsize=2048)
def installs(command: str) -> bool:
    """Whether one of the programs in a command line installs packages."""
    return any(_installs(_program_words(part.split())) for part in _SEPARATOR.split(command))


def _installs(words: Sequence[str]) -> bool:
    if not words:
        return False
    if words[0].startswith("python") and words[1:2] == ["-m"]:
        words = words[2:]
    name = words[0].rpartition("/")[2] if words else ""
    actions = [word for word in words[1:] if not word.startswith("-")]
    return any(tuple(actions[: len(action)]) == action for action in INSTALLERS.get(name, ()))


def _program_words(words: Sequence[str]) -> list[str]:
    """The words from the program on: without prompt, `!`, assignments and launchers (`env`, `sudo`, `time`)."""
    start, last = 0, len(words) - 1
    while start <= last and (words[start] in ("$", "!", "(", *LAUNCHERS) or _assigns(words[start])):
        if words[start] in LAUNCHERS and start == last:
            break
        start += 1
    return list(words[start:])


def _assigns(word: str) -> bool:
    return "=" in word and _ASSIGNMENT.match(word) is not None


def _command_text(code: str) -> str:
    return " ".join(code.split()).removeprefix("$ ")


def _joined(text: str, commands: Sequence[re.Match[str]]) -> str | None:
    """One command line for all commands of an item, or None when it has none or does not say that all must pass."""
    for before, after in pairwise(commands):
        if not _BETWEEN_COMMANDS.fullmatch(text[before.end() : after.start()]):
            return None
    return " && ".join([_command_text(span[2]) for span in commands]) or None


def _statement(text: str, spans: Sequence[re.Match[str]], commands: Sequence[re.Match[str]]) -> _Statement:
    prose = _without(text, spans) if len(spans) > 1 else text
    behind, before = prose[commands[-1].end() :], prose[: commands[0].start()]
    return _first(behind[:LONGEST_PROSE]) or _first(before[:LONGEST_PROSE]) or _PASSES


def _without(text: str, spans: Sequence[re.Match[str]]) -> str:
    """The text with its code spans blanked, so that places stay the same."""
    pieces, end = [], 0
    for span in spans:
        pieces += [text[end : span.start()], "\x00" * (span.end() - span.start())]
        end = span.end()
    return "".join([*pieces, text[end:]])


@lru_cache(maxsize=2048)
def _first(prose: str) -> _Statement | None:
    match = _STATED.search(prose)
    if match is None:
        return None
    row = bisect_right(_GROUPS, match.lastindex or 0) - 1
    kind, inner = _ORDER[row][1], match.groups()[_GROUPS[row] : _GROUPS[row + 1] - 1]
    number = next((value for value in inner if value), None)
    if number and len(number) > LONGEST_NUMBER:
        return _Statement("undecidable")
    value = int(number.replace(",", "")) if number else None
    return _Statement(kind, value, prose[match.end() :])


def _decide(command: str, stated: _Statement) -> Expectation | None:
    """The expectation the engine can judge by the command's exit code and output, or None."""
    if stated.kind == "undecidable":
        return None
    kind = _ABSENT.get(_last_program(command), "exit_zero") if stated.kind == "absent" else stated.kind
    if kind == "exit_zero":
        return _EXIT_ZERO
    if " && " in command:
        return None
    if kind == "no_output" and _counts(command):
        return Expectation("equals", 0)
    return _decide_number(command, stated) if kind in _NUMERIC else Expectation(kind)


def _decide_number(command: str, stated: _Statement) -> Expectation | None:
    counts = _counts(command)
    reports = not counts and _last_program(command) in REPORTERS
    if reports and stated.kind == "equals" and stated.value == 0:
        return _EXIT_ZERO
    if reports or _MEASURED.match(stated.tail) or (_COUNTED.match(stated.tail) and not counts):
        return None
    return Expectation(stated.kind, stated.value)


def _counts(command: str) -> bool:
    """Whether what the command prints is a count of its own: `wc`, `grep -c`, `… --count`."""
    words = command.rpartition("|")[2].split()
    flags = {word for word in words if word.startswith("-")}
    counting = any(flag == "--count" or (flag[1:2] != "-" and "c" in flag) for flag in flags)
    return _last_program(command) in COUNTERS or (
        counting and _last_program(command) in ("grep", "rg", "egrep", "uniq")
    )


def _last_program(command: str) -> str:
    words = _program_words(command.rpartition("|")[2].split())
    return words[0].rpartition("/")[2] if words else ""
