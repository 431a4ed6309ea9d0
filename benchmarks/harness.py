"""What every benchmark shares: its options, a data folder of its own, Django on it, and how figures are printed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `target` is the most it may be (None: none is set), `bare` the same quantity of the bare
    operation named by `against`, measured in the same run; `counted` says exactly what is in it."""

    what: str
    value: float
    unit: str
    counted: str
    target: float | None = None
    against: str = ""
    bare: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.bare if self.bare else None


@dataclass(frozen=True, slots=True)
class Scale:
    """How much to measure: `of(full, small)` is `small` in a test, which wants to see it run and no figures."""

    small: bool

    def of(self, full: int, small: int) -> int:
        return small if self.small else full


Measure = Callable[[Scale], Sequence[Figure]]


def main(name: str, measure: Measure, databases: Sequence[str] = ("sqlite",), *, django: bool = True) -> None:
    """Run one benchmark as a program: print its figures, and add them as a JSON line to `--out`/name.jsonl."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--out", type=Path, help="a folder for the JSON line")
    parser.add_argument("--small", action="store_true", help="the smallest size; its figures mean nothing")
    parser.add_argument("--database", choices=databases, default=databases[0])
    options = parser.parse_args()
    with ExitStack() as stack:
        stack.enter_context(data_folder(options.database))
        if django:
            _django()
        figures = list(measure(Scale(options.small)))
    print("\n".join(line(figure) for figure in figures), flush=True)
    if options.out:
        _keep(options.out, name, options.database, figures)


@contextmanager
def data_folder(database: str) -> Iterator[Path]:
    """A new folder as SIGNALBOX_DATA, and the database in it (or in a cluster of its own); both go afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="signalbox-bench-")))
        os.environ |= {"SIGNALBOX_DATA": str(folder), "SIGNALBOX_REHEARSAL_DELAY": "0", "REDIS_URL": ""}
        os.environ |= {"ANTHROPIC_API_KEY": "", "DATABASE_URL": f"sqlite:///{folder / 'signalbox.sqlite3'}"}
        if database == "postgresql":
            from benchmarks.cluster import postgresql

            os.environ["DATABASE_URL"] = stack.enter_context(postgresql())
        yield folder


def _django() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
    django.setup()
    call_command("migrate", verbosity=0)


def seconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie: the nearest one that was really measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def line(figure: Figure) -> str:
    """A figure as a line for the terminal."""
    parts = [f"{figure.what}: {figure.value:.4g} {figure.unit}"]
    if figure.ratio is not None:
        parts.append(f"{figure.ratio:.3g} x {figure.against} ({figure.bare:.4g} {figure.unit})")
    if figure.target is not None:
        parts.append(f"target {figure.target:g}: {'reached' if figure.value <= figure.target else 'NOT reached'}")
    return " · ".join(parts)


def _keep(folder: Path, name: str, database: str, figures: Sequence[Figure]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    value = {
        "benchmark": name,
        "database": database,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "figures": [asdict(figure) for figure in figures],
    }
    with (folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(value, ensure_ascii=False) + "\n")


def machine() -> str:
    """The processor, its number and the Python, without the host's name."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((text.partition(":")[2].strip() for text in lines if text.startswith("model name")), "")
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {model or platform.machine()}, {platform.system()}, Python {platform.python_version()}"
