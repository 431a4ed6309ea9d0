"""Sentences of a summary that say that tests passed, against what ran."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.claims.commands import counts, outcome, tests_among
from agents.claims.types import Claims, Row

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_PASSES = re.compile(
    r"\b(?:(?P<many>\d+)\s+(?:[\w-]+\s+){0,3}?)?(?:tests?|suite|specs?|checks?)\b(?:\s+(?:now|all|still|suite))*\s+"
    r"(?:pass(?:es|ed)?|are (?:all )?(?:green|passing)|is green|succeed(?:s|ed)?|run green)\b"
    r"|\b(?P<passed>\d+) passed\b",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(
    r"\b(?:not|never|cannot|could|should|would|will|until|once|unless|if|so that|to make|make sure|fail\w*)\b|n't\b",
    re.IGNORECASE,
)


def rows(claims: Claims, added: int) -> Iterator[Row]:
    """A row for each such sentence; `added` is how many tests the diff adds, a number that may be meant as well."""
    for sentence in _SENTENCE.split(claims.summary):
        found = _PASSES.search(sentence)
        if found and claims.ran is not None and not _NOT_SAID.search(sentence):
            many = found["many"] or found["passed"]
            yield _row(sentence.strip(), int(many) if many else None, claims, added)


def _row(sentence: str, many: int | None, claims: Claims, added: int) -> Row:
    tests = tests_among(claims.ran or (), claims.checks)
    if not tests:
        return Row("summary", sentence, "no test or check was run", "not so", "check-not-so")
    ended = outcome(tests[-1])
    if ended == "failed":
        return Row("summary", sentence, f"the last run failed: `{tests[-1].command}`", "not so", "check-not-so")
    known = counts(tests)
    if many is not None and known and many not in known | {added}:
        shown = ", ".join(map(str, sorted(known)))
        return Row("summary", sentence, f"tests that ran: {shown}", "not so", "check-not-so")
    told = bool(ended) and (many is None or many in known | {added})
    return Row("summary", sentence, f"last run: `{tests[-1].command}`", "so" if told else "unsupported")
