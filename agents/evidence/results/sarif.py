"""SARIF 2.1.0, what linters and scanners write about rules and places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from agents.evidence.types import Issue, Results

MOST_ISSUES = 5_000
LONGEST_MESSAGE = 1_000


def read(report: dict[str, Any], top: str) -> Results:
    """The results of all runs; `top` is the checkout's absolute path, which paths lose."""
    found = [issue for run in _dicts(report.get("runs")) for issue in _issues(run, top)]
    told = (f"The report has {len(found):,} findings, of which {MOST_ISSUES:,} are kept.",)
    return Results(issues=tuple(found[:MOST_ISSUES]), told=told if len(found) > MOST_ISSUES else ())


def _issues(run: dict[str, Any], top: str) -> Iterator[Issue]:
    for result in _dicts(run.get("results")):
        if result.get("kind", "fail") != "fail" or result.get("suppressions"):
            continue
        place = next(_dicts(result.get("locations")), {})
        physical = _dict(place.get("physicalLocation"))
        yield Issue(
            rule=str(result.get("ruleId") or _dict(result.get("rule")).get("id") or ""),
            message=str(_dict(result.get("message")).get("text", ""))[:LONGEST_MESSAGE],
            path=_path(str(_dict(physical.get("artifactLocation")).get("uri", "")), top),
            line=_line(_dict(physical.get("region")).get("startLine")),
            level=str(result.get("level", "warning")),
        )


def _path(uri: str, top: str) -> str:
    path = unquote(uri.removeprefix("file://"))
    return path.removeprefix(f"{top}/").removeprefix("./")


def _line(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())
