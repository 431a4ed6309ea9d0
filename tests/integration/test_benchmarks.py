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
from benchmarks.harness import ROOT


@pytest.mark.parametrize("name", sorted({name for name, _ in program.BENCHMARKS}))
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
