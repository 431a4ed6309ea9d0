"""Which lines were run: Cobertura XML, coverage.py's JSON, lcov."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

from agents.evidence.types import Lines, Results

Hit = tuple[str, int, bool]
"""Path, line, whether it was run."""


def read_cobertura(root: Element, top: str) -> Results:
    """Paths are relative to a `source`; one that lies below the checkout is put before them."""
    sources = [(source.text or "").strip().rstrip("/") for source in root.iter("source")]
    below = [_relative(source, top) for source in sources if source == top or source.startswith(f"{top}/")]
    prefix = f"{below[0]}/" if len(below) == 1 and below[0] else ""
    return _lines(_cobertura_hits(root, prefix, top))


def _cobertura_hits(root: Element, prefix: str, top: str) -> Iterator[Hit]:
    for file in root.iter("class"):
        name = file.get("filename", "")
        path = _relative(name, top) if name.startswith("/") else f"{prefix}{name}"
        for line in file.iterfind("lines/line"):
            number = line.get("number", "")
            if number.isdecimal():
                yield path, int(number), line.get("hits", "0") != "0"


def read_json(report: dict[str, Any], top: str) -> Results:
    return _lines(_json_hits(report.get("files"), top))


def _json_hits(files: Any, top: str) -> Iterator[Hit]:
    for name, file in files.items() if isinstance(files, dict) else ():
        for key, run in (("executed_lines", True), ("missing_lines", False)):
            numbers = file.get(key) if isinstance(file, dict) else None
            for number in numbers if isinstance(numbers, list) else ():
                if isinstance(number, int):
                    yield _relative(name, top), number, run


def read_lcov(text: str, top: str) -> Results:
    return _lines(_lcov_hits(text, top))


def _lcov_hits(text: str, top: str) -> Iterator[Hit]:
    path = ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key == "SF":
            path = _relative(value.strip(), top)
        elif key == "DA":
            number, _, count = value.partition(",")
            if number.isdecimal():
                yield path, int(number), count.partition(",")[0].strip() not in ("0", "")


def _relative(path: str, top: str) -> str:
    return "" if path == top else path.removeprefix(f"{top}/").removeprefix("./")


def _lines(hits: Iterable[Hit]) -> Results:
    covered: dict[str, set[int]] = defaultdict(set)
    missed: dict[str, set[int]] = defaultdict(set)
    for path, line, run in hits:
        (covered if run else missed)[path].add(line)
    return Results(
        lines={
            path: Lines(tuple(sorted(covered[path])), tuple(sorted(missed[path] - covered[path])))
            for path in sorted({*covered, *missed})
        }
    )
