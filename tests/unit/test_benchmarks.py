"""How figures become a page. That every benchmark runs is shown by tests/integration/test_benchmarks.py."""

from __future__ import annotations

import json

from benchmarks import __main__ as program
from benchmarks import report
from benchmarks.harness import ROOT, Figure, percentile


def test_every_benchmark_is_in_the_list():
    names = sorted({name for name, _ in program.BENCHMARKS})
    assert sorted(path.stem for path in (ROOT / "benchmarks").glob("bench_*.py")) == names


def test_a_missed_target_is_said_plainly(tmp_path):
    figures = [
        {"what": what, "value": value, "unit": "ms", "counted": "all", "target": 2.0}
        for what, value in (("good", 1.0), ("bad", 3.0))
    ]
    line = {
        "benchmark": "b", "database": "sqlite", "at": "2026-01-01T00:00:00", "machine": "m", "load": 0.0,
        "figures": figures,
    }  # fmt: skip
    (tmp_path / "bench_b.jsonl").write_text(json.dumps(line) + "\n")
    page = report.page(tmp_path)
    assert "| good | 1 ms | ≤ 2 ms | reached |" in page and "| bad | 3 ms | ≤ 2 ms | **not reached** |" in page


def test_a_missed_target_whose_floor_is_known_says_so(tmp_path):
    figures = [{"what": "chain of 200 no-op steps, sqlite", "value": 2.0, "unit": "s", "counted": "all", "target": 1.0}]
    line = {"benchmark": "b", "database": "sqlite", "at": "2026-01-01", "machine": "m", "load": 0.0, "figures": figures}
    (tmp_path / "bench_b.jsonl").write_text(json.dumps(line) + "\n")
    assert "- **chain of …**: seven commits a step" in report.page(tmp_path)
    line["figures"][0]["target"] = 3.0
    (tmp_path / "bench_b.jsonl").write_text(json.dumps(line) + "\n")
    assert "why" not in report.page(tmp_path)


def test_the_ratio_is_against_the_bare_operation_and_percentiles_are_measured_values():
    assert Figure("a", 6.0, "ms", "all", bare=2.0).ratio == 3.0
    assert Figure("a", 6.0, "ms", "all").ratio is None
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0 and percentile([5.0, 1.0, 3.0], 0.99) == 5.0
