"""Secrets that a diff adds. What was found is never shown whole: its first four characters, and its length."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from agents.guards.secret_formats import FORMATS, GENERIC, GENERIC_HINTS, Format
from agents.guards.types import Case, Hit, present

_EXAMPLE = re.compile(
    r"example|sample|dummy|placeholder|change[-_ ]?me|your[-_ ]|redacted|xxxx|\*{3}|\.\.\.|<[^>]*>|\$\{|\$\(|\{\{|%\("
    r"|%s|fake|1234567|abcdef0|test[-_]?(?:key|token|secret|pass)|not[-_ ]?a?[-_ ]?(?:real|secret)"
    r"|replace[-_ ]?(?:me|this)|process\.env|os\.environ|getenv",
    re.IGNORECASE,
)
_TEST = re.compile(r"(?:^|/)(?:tests?|__tests__|spec|fixtures|testdata)/|(?:^|/)test_|_test\.|\.(?:test|spec)\.")
_RANDOM = "a1b2c3d4e5f6"
"""Stands for the value of a format that is random by itself."""
_LEAST_BITS = 3.0
_LEAST_LETTERS = 4


_SHOWN = 4
"""How many characters of a secret are shown, so that whoever knows it recognises it."""
_KEY_HEAD = "-----BEGIN "
_KEY = re.compile(rf"({_KEY_HEAD}[A-Z ]{{0,30}}PRIVATE KEY(?: BLOCK)?-----)((?:(?!-----)[\s\S])+)")


def masked(path: str, text: str) -> str:
    """A file's text as a page may show it: of each secret its first characters. Every line stays where it is."""
    for secret in {secret for _, _, secret, _ in _found(path, text) if not secret.startswith(_KEY_HEAD)}:
        text = text.replace(secret, f"{secret[:_SHOWN]}…")
    return _KEY.sub(lambda key: key[1] + re.sub(r"[^\n]+", "…", key[2]), text)


def guard(case: Case) -> Iterator[Hit]:
    gone = "\n".join(text for file in case.diff.files for _, text in file.removed)
    for file in present(case):
        starts = [0, *accumulate(len(text) + 1 for _, text in file.added)]
        whole = "\n".join(text for _, text in file.added)
        seen: set[int] = set()
        for code, form, secret, at in _found(file.path, whole):
            place = bisect_right(starts, at) - 1
            if place not in seen and secret not in gone:
                seen.add(place)
                yield _hit(code, form, secret, file.path, file.added[place][0])


def _found(path: str, whole: str) -> Iterator[tuple[str, Format, str, int]]:
    """Code, format, the secret and its place in the added text, the surest first."""
    for form in FORMATS:
        if any(hint in whole for hint in form.hints):
            for match in form.pattern.finditer(whole):
                if not _EXAMPLE.search(match[0]) and _looks_random(match.groupdict().get("value", _RANDOM)):
                    yield "secret", form, match[0], match.start()
    lowered = whole.lower()
    if any(hint in lowered for hint in GENERIC_HINTS):
        code = "in-test" if _TEST.search(path) else "secret"
        for match in GENERIC.pattern.finditer(whole):
            if _looks_random(match["value"]) and not _EXAMPLE.search(match["value"]):
                yield code, GENERIC, match["value"], match.start("value")


def _looks_random(value: str) -> bool:
    """Neither a word nor a sentence nor a path: enough bits a character, and letters beside digits or signs."""
    letters = sum(character.isalpha() for character in value)
    mixed = letters >= _LEAST_LETTERS and any(
        not character.isalpha() and character not in "-_. " for character in value
    )
    return mixed and _bits(value) >= _LEAST_BITS and not value.startswith(("/", "./", "http://", "https://"))


def _bits(value: str) -> float:
    """Shannon entropy of the characters, in bits each."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _hit(code: str, form: Format, secret: str, path: str, line: int) -> Hit:
    shown = f"{secret[:_SHOWN]}… ({len(secret)} characters)"
    text = f"{path} adds what looks like {form.name}: {shown}. Take it out, read it from the environment, and renew it."
    return Hit(code, path, line, text, shown)
