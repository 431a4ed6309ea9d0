"""Every benchmark runs at its smallest size and leaves a line that the report can read. No time is judged here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks import report
from benchmarks.harness import ROOT, Figure, percentile

NAMES = sorted({name for name, _ in program.BENCHMARKS})


def test_every_benchmark_is_in_the_list():
    assert sorted(path.stem for path in (ROOT / "benchmarks").glob("bench_*.py")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_at_its_smallest_size_and_its_figures_make_a_page(name, tmp_path):
    argv = [sys.executable, "-m", f"benchmarks.{name}", "--small", "--out", str(tmp_path)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "DATABASE_"))}
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    value = json.loads((tmp_path / f"{name}.jsonl").read_text())
    assert value["benchmark"] == name and value["figures"]
    page = report.page(Path(tmp_path))
    for figure in value["figures"]:
        assert figure["value"] > 0 and f"| {figure['what']} |" in page and str(ROOT) not in page


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


def test_the_ratio_is_against_the_bare_operation_and_percentiles_are_measured_values():
    assert Figure("a", 6.0, "ms", "all", bare=2.0).ratio == 3.0
    assert Figure("a", 6.0, "ms", "all").ratio is None
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0 and percentile([5.0, 1.0, 3.0], 0.99) == 5.0
