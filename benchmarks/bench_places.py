"""A command in the sandbox, alone or over many files that it may not keep, and a new worktree, against the same
without us."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import Figure, Scale, main, median, seconds

if TYPE_CHECKING:
    from agents.workspaces.worktrees import Worktrees


def measure(scale: Scale) -> list[Figure]:
    """Figures: sandboxed `true`; worktrees of a few, of 5,000 and of 50,000 files, made now, ahead of need, and
    in part; snapshots. Medians in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="signalbox-bench-places-") as name:
        home = Path(name)
        return [
            *_sandbox(home, scale.of(40, 2)),
            _worktree(home / "few", 10, 25.0, scale.of(20, 2)),
            *_ahead(home / "many", scale.of(5000, 30), scale.of(8, 1)),
            *_parts(home / "huge", scale.of(50_000, 60), scale.of(3, 1)),
        ]


def _median_ms(act: Callable[[], object], times: int) -> float:
    return median([seconds(act) * 1000 for _ in range(times)])


def _sandbox(home: Path, times: int) -> list[Figure]:
    from agents import sandbox

    if sandbox.probe().kind != "bubblewrap":
        print(sandbox.probe().reason)
        return []
    tree = home / "tree"
    tree.mkdir()
    for n in range(1000):
        (tree / f"file{n}").write_text(f"line {n}\n")
    jail = sandbox.Jail("agent", tree, writable=True)
    thrown = sandbox.Jail("check", tree, writable=False)
    bare = _median_ms(lambda: subprocess.run(["true"], check=True, cwd=tree), times)
    taken = _median_ms(lambda: sandbox.run(["true"], jail), times)
    layered = _median_ms(lambda: sandbox.run(["true"], thrown), times)
    copied = _median_ms(lambda: _copy(tree, home / "copy"), max(2, times // 8))
    counted = "`true` from call to result: jail built, process started, watched, output and exit code collected"
    way = {"copy": "a copy"}.get(sandbox.probe().overlay, "a layer in memory")
    over = f"the same with the tree of 1,000 files thrown away after it: {way}, nothing of it stays"
    return [
        Figure("sandboxed command", taken, "ms", counted, 15.0, "the bare command", bare),
        Figure("sandboxed command that keeps nothing", layered, "ms", over, 25.0, "a copy of the tree alone", copied),
    ]


def _copy(tree: Path, to: Path) -> None:
    shutil.copytree(tree, to)
    shutil.rmtree(to)


def _parts(home: Path, files: int, times: int) -> list[Figure]:
    """All of a large repository, and one of its fifty folders; then what an agent did there, as a tree."""
    whole = _worktree(home, files, None, times)
    source, oid, trees = _ground(home / "again", files)
    number = itertools.count()
    taken = _median_ms(lambda: trees.add(oid, "next", ("part7",)), times)
    bare = _median_ms(lambda: _bare_sparse(source, home / f"sparse{next(number)}"), times)
    path = trees.add(oid, "work", ("part7",))
    (path / "part7" / "new").write_text("new")
    staged = _median_ms(lambda: trees.tree_state(path), times)
    every = trees.add(oid, "all")
    (every / "part7" / "new").write_text("new")
    staged_all = _median_ms(lambda: trees.tree_state(every), times)
    counted = "the same, with one of fifty folders and the files at the top in it"
    what = f"worktree of {files:,} files, a part"
    over = "every file there looked at, the tree written; those that are not there count as unchanged"
    return [
        whole,
        Figure(what, taken, "ms", counted, 500.0, "bare git with sparse-checkout", bare),
        Figure(f"snapshot of {files:,} files, a part", staged, "ms", over, None, "a snapshot of them all", staged_all),
    ]


def _bare_sparse(source: Path, to: Path) -> None:
    _git(source, "worktree", "add", "-q", "--detach", "--no-checkout", str(to))
    _git(to, "sparse-checkout", "set", "--cone", "part7")
    _git(to, "checkout", "-q")


def _worktree(home: Path, files: int, target: float | None, times: int) -> Figure:
    source, oid, trees = _ground(home, files)
    trees.add(oid, "first")
    number = itertools.count()
    taken = _median_ms(lambda: trees.add(oid, "next"), times)
    bare = _median_ms(
        lambda: _git(source, "worktree", "add", "-q", "--detach", str(home / f"bare{next(number)}")), times
    )
    counted = "the objects are here already: hub asked, worktree made in a new private folder"
    return Figure(f"worktree of {files:,} files", taken, "ms", counted, target, "bare git worktree add", bare)


def _ahead(home: Path, files: int, times: int) -> list[Figure]:
    """One made now, and one that was made before it was wanted."""
    from agents.workspaces.pool import Pool

    cold = _worktree(home, files, 250.0, times)
    _, oid, trees = _ground(home / "again", files)
    pool = Pool(trees)
    (path,) = pool.fill({oid: ()}, lambda: ())
    warm = _median_ms(lambda: pool.ready(oid) == [path] and pool.is_ready(path, oid), times)
    counted = "found, and looked at twice: whole, at the wanted commit; the row that then says whose it is, not counted"
    what = f"worktree of {files:,} files made ahead, found"
    return [cold, Figure(what, warm, "ms", counted, None, "bare git worktree add", cold.bare)]


def _ground(home: Path, files: int) -> tuple[Path, str, Worktrees]:
    """A repository of so many files, its commit, and a place for worktrees of it."""
    from agents.workspaces.hub import Hub
    from agents.workspaces.worktrees import Mirror, Worktrees

    source = _repository(home / "source", files)
    hub = Hub(home / "hub.git")
    hub.ensure()
    oid = hub.fetch_source(source, "main")
    return source, oid, Worktrees(Mirror(home / "mirror.git", hub).ensure(), home / "trees")


def _repository(path: Path, files: int) -> Path:
    for n in range(files):
        file = path / f"part{n % 50}" / f"file{n}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"line {n}\n" * 20, encoding="utf-8")
    _git(path, "init", "-q", "-b", "main")
    _git(path, "add", "-A")
    _git(path, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "Begin")
    return path


def _git(path: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(path), *words], check=True, capture_output=True)


if __name__ == "__main__":
    main("bench_places", measure)
