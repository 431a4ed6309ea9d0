"""Run every benchmark, each in a process of its own, and write docs/performance.md: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import cluster, report
from benchmarks.harness import ROOT

BENCHMARKS = (
    ("bench_plan", "sqlite"),
    ("bench_places", "sqlite"),
    ("bench_guards", "sqlite"),
    ("bench_chain", "sqlite"),
    ("bench_chain", "postgresql"),
    ("bench_handoff", "sqlite"),
    ("bench_handoff", "postgresql"),
    ("bench_start", "sqlite"),
    ("bench_hint", "sqlite"),
)


def main() -> int:
    """Returns 1 when a benchmark could not be run; a missed target is a figure, not a failure."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--out", type=Path, help="keep the JSON lines in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="signalbox-bench-out-") as folder:
        out = options.out or Path(folder)
        failed = [name for name, database in BENCHMARKS if not _run(name, database, out)]
        (ROOT / "docs" / "performance.md").write_text(report.page(out), encoding="utf-8")
    return 1 if failed else 0


def _run(name: str, database: str, out: Path) -> bool:
    if database == "postgresql" and not cluster.is_installed():
        print(f"{name} on PostgreSQL is left out. Install it: sudo apt-get install postgresql")
        return True
    argv = [sys.executable, "-m", f"benchmarks.{name}", "--out", str(out)]
    more = ["--database", database] if database != "sqlite" else []
    return subprocess.run([*argv, *more], cwd=ROOT).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
