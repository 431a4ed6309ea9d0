"""Results as bytes for a row, and back. Of coverage only what concerns a change is kept, elsewhere."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

from agents.evidence.types import Case, Issue, Results

MOST_CASES = 20_000


def pack(results: Results) -> bytes:
    """Deflated JSON; b"" for nothing. Of very many tests those that passed are counted, not named."""
    if not results:
        return b""
    if len(results.cases) > MOST_CASES:
        cases = tuple(case for case in results.cases if case.outcome != "passed")[:MOST_CASES]
        unnamed = len(results.of("skipped")) - sum(case.outcome == "skipped" for case in cases)
        results = replace(results, cases=cases, listed=False, skipped=results.skipped + unnamed)
    known = {
        "cases": [[case.identity, case.outcome, case.seconds, case.message] for case in results.cases],
        "collected": results.collected,
        "listed": results.listed,
        "issues": [[i.rule, i.message, i.path, i.line, i.level] for i in results.issues],
        "told": results.told,
        "skipped": results.skipped,
    }
    return zlib.compress(json.dumps(known, separators=(",", ":")).encode())


def unpack(data: bytes) -> Results:
    if not data:
        return Results()
    known = json.loads(zlib.decompress(data))
    return Results(
        cases=tuple(Case(*case) for case in known["cases"]),
        collected=known["collected"],
        listed=known["listed"],
        issues=tuple(Issue(*issue) for issue in known["issues"]),
        told=tuple(known["told"]),
        skipped=known.get("skipped", 0),
    )
