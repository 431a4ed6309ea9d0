"""JUnit XML, as pytest, jest-junit, surefire and many others write it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from agents.evidence.types import Case, Outcome, Results, of_cases

LONGEST_MESSAGE = 1_000
_OUTCOMES: dict[str, Outcome] = {"failure": "failed", "error": "error", "skipped": "skipped"}


def read(root: Element) -> Results:
    """Every `testcase` below `testsuites` or `testsuite`. Counts that a suite claims and its cases do not bear out are
    told, never believed."""
    found = of_cases(map(_case, root.iter("testcase")))
    claimed = sum(_claimed(suite) for suite in _outermost(root))
    if claimed > len(found.failing):
        text = f"The report counts {claimed} failures and names {len(found.failing)}."
        unnamed = Case("(a test that the report does not name)", "failed", message=text)
        return replace(of_cases([*found.cases, unnamed]), told=(text,))
    return found


def _outermost(root: Element) -> Iterator[Element]:
    if root.tag == "testsuite" or root.get("failures") is not None:
        yield root
    else:
        yield from root.iterfind("testsuite")


def _claimed(suite: Element) -> int:
    return sum(_whole(suite.get(name)) for name in ("failures", "errors"))


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else 0


def _case(element: Element) -> Case:
    told = next((child for child in element if child.tag in _OUTCOMES), None)
    outcome = _OUTCOMES[told.tag] if told is not None else "passed"
    return Case(_identity(element), outcome, _seconds(element.get("time")), _message(told))


def _identity(element: Element) -> str:
    parts = (element.get("classname", "").strip(), element.get("name", "").strip())
    return ".".join(part for part in parts if part) or element.get("file", "") or "(unnamed)"


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float((text or "").replace(",", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def _message(told: Element | None) -> str:
    """pytest and surefire put a sentence into `message`; jest-junit has the text alone."""
    if told is None:
        return ""
    text = told.get("message", "").strip() or (told.text or "").strip()
    return text.split("\n", 1)[0].strip()[:LONGEST_MESSAGE]
