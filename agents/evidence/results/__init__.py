"""Readers of what tools write: bytes in, frozen values out. A format is known by its content, never by its name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from agents.evidence.results import coverage, junit, sarif, text, xml
from agents.evidence.types import Results
from agents.exceptions import ResultsUnreadable

LARGEST_BYTES = 16 * 1024**2
HEAD_BYTES = 4_096

_SIGNS = {
    "xml": re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<.*?<?(?:testsuites?|coverage)[\s/>]", re.DOTALL),
    "sarif": re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{(?=.*"(?:runs|version|\$schema)")(?=.*(?:sarif|"runs"))', re.DOTALL),
    "coverage.json": re.compile(rb'\A\s*\{\s*"meta"\s*:\s*\{[^}]*"(?:branch_coverage|version)"', re.DOTALL),
    "lcov": re.compile(rb"\A\s*(?:TN:[^\n]*\n\s*)?SF:"),
}


def sniff(head: bytes) -> str:
    """The format that a file's first bytes show: xml, sarif, coverage.json, lcov, or "" for none of them."""
    return next((name for name, sign in _SIGNS.items() if sign.search(head[:HEAD_BYTES])), "")


def read(data: bytes, top: str = "") -> Results:
    """The results in a report file; `top` is the absolute path of the checkout it was written for. Nothing for what is
    none of the known formats. Raises ResultsUnreadable for one that is, but is broken or too large."""
    kind = sniff(data)
    if len(data) > LARGEST_BYTES:
        raise ResultsUnreadable(f"it is larger than {LARGEST_BYTES // 1024**2} MB")
    return _READERS[kind](data, top) if kind else Results()


def _xml(data: bytes, top: str) -> Results:
    root = xml.parse(data)
    if root.tag == "coverage":
        return coverage.read_cobertura(root, top)
    return junit.read(root) if root.tag in ("testsuites", "testsuite") else Results()


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ResultsUnreadable(f"it is no well-formed JSON ({error})") from error
    return found if isinstance(found, dict) else {}


_READERS: dict[str, Callable[[bytes, str], Results]] = {
    "xml": _xml,
    "sarif": lambda data, top: sarif.read(_json(data), top),
    "coverage.json": lambda data, top: coverage.read_json(_json(data), top),
    "lcov": lambda data, top: coverage.read_lcov(data.decode(errors="replace"), top),
}

__all__ = ["LARGEST_BYTES", "read", "sniff", "text"]
