"""Files that checks left, kept in the data folder by run and hash, so that a run's go together."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from agents.evidence.types import Kept
from orchestrator.engine.bench import Bench
from orchestrator.models import Artifact, CheckRun

LONGEST_PATH = 1_000


def folder_of(run_id: int) -> Path:
    return Path(settings.DATA) / "artifacts" / str(run_id)


def file_of(artifact: Artifact) -> Path:
    return folder_of(artifact.check_run.candidate.run_id) / artifact.sha256


def keep(bench: Bench, rows: Sequence[CheckRun]) -> list[Artifact]:
    """Write the files of these rows to the disk; returns rows for them, not stored yet."""
    run = bench.candidate.run_id
    return [_artifact(run, row, kept) for row in rows for kept in bench.kept.get(id(row), ())]


def _artifact(run_id: int, row: CheckRun, kept: Kept) -> Artifact:
    sha256 = hashlib.sha256(kept.data).hexdigest()
    _write(folder_of(run_id), sha256, kept.data)
    return Artifact(check_run=row, path=_name(kept), kind=kept.kind, bytes=len(kept.data), sha256=sha256)


def _name(kept: Kept) -> str:
    return os.fsencode(kept.path).decode(errors="replace")[:LONGEST_PATH]


def _write(folder: Path, name: str, data: bytes) -> None:
    """Whole or not at all: a file that has its hash as its name is never half written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / name).exists():
        return
    scratch = folder / f".{name}.{os.getpid()}"
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(folder / name)


def remove(run_id: int) -> tuple[int, int]:
    """Delete a run's files; returns how many there were and their bytes."""
    sizes = [file.stat().st_size for file in folder_of(run_id).iterdir()]
    shutil.rmtree(folder_of(run_id), ignore_errors=True)
    return len(sizes), sum(sizes)


def runs_with_files() -> Iterator[int]:
    """Numbers of the runs whose files are on this host."""
    home = Path(settings.DATA) / "artifacts"
    for entry in home.iterdir() if home.is_dir() else ():
        if entry.name.isdecimal():
            yield int(entry.name)
