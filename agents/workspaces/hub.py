"""The hub: a bare repository that is ours alone. Lines grow here, merges happen here, nobody works in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from agents.exceptions import NoSuchBranch
from agents.workspaces.git import Commit, Git, read_log
from agents.workspaces.objects import (
    check_ref,
    compare_and_swap,
    create_bare,
    is_oid,
    resolve,
    transfer,
)
from agents.workspaces.source import open_source
from agents.workspaces.types import Conflict, Diff, FileChange, Merged, Person

DIFF_BYTES = 2_000_000
LOG_COMMITS = 1000
REGULAR_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Hub:
    """`path` is the bare repository; call `ensure` once before the first use."""

    path: Path

    @property
    def git(self) -> Git:
        return Git(self.path, ours=True)

    def ensure(self) -> Hub:
        """Make the repository if it is missing."""
        create_bare(self.path)
        return self

    # --- objects from outside ---

    def fetch_source(self, source: Path, branch: str) -> str:
        """Bring a branch's commits here from a repository on this host and return its tip; raises NoSuchBranch."""
        theirs = open_source(source)
        tip = resolve(theirs, f"refs/heads/{check_ref(branch)}")
        if tip is None:
            raise NoSuchBranch(f"{source} has no branch {branch!r}: choose one of its branches.")
        transfer(theirs, self.git, tip)
        self.set_ref(f"refs/source/{branch}", tip)
        return tip

    # --- refs ---

    def ref(self, ref: str) -> str | None:
        """The commit a full ref name points to, or None."""
        return resolve(self.git, check_ref(ref))

    def set_ref(self, ref: str, oid: str) -> None:
        self.git.run("update-ref", "--no-deref", "--end-of-options", check_ref(ref), oid)

    def delete_ref(self, ref: str) -> None:
        self.git.run("update-ref", "--no-deref", "-d", "--end-of-options", check_ref(ref))

    def compare_and_swap(self, ref: str, new: str, old: str | None) -> bool:
        """Move `ref` to `new` only if it is at `old` (None: only if there is no such ref). False when it is not."""
        return compare_and_swap(self.git, check_ref(ref), new, old)

    # --- reading ---

    def is_ancestor(self, older: str, newer: str) -> bool:
        """True also where both are the same commit."""
        return self.git.run("merge-base", "--is-ancestor", older, newer, accept=(0, 1)).code == 0

    def outside(self, base: str, oids: Sequence[str]) -> frozenset[str]:
        """Commits that are not in the history of `base`, at least one of them where there are any: of two, one of
        which holds the other, it may name only that."""
        tips = self.git.run("merge-base", "--independent", base, *oids).text.split("\n")
        return frozenset(tips) - {base}

    def tree_of(self, oid: str) -> str:
        return self.git.run("rev-parse", "--verify", "--end-of-options", f"{oid}^{{tree}}").text

    def read_blob(self, oid: str, path: str) -> bytes | None:
        """A regular file's bytes at a commit or tree; None when there is no such file (a link is none)."""
        entry = self.entry(oid, path)
        return self.git.run("cat-file", "blob", entry[1]).out if entry and entry[0] in REGULAR_FILES else None

    def files_below(self, oid: str, *paths: str) -> dict[str, tuple[str, int]]:
        """Path to (blob, bytes) of what is at or below these paths at a commit; ("", 0) for what is no regular file."""
        shown = self.git.run("ls-tree", "-r", "-z", "-l", "--full-tree", oid, "--", *paths).names if paths else ()
        rows = ((entry.partition("\t")[2], entry.partition("\t")[0].split()) for entry in shown)
        return {path: (words[2], int(words[3])) if words[0] in REGULAR_FILES else ("", 0) for path, words in rows}

    def read_blobs(self, oids: Sequence[str]) -> dict[str, bytes]:
        """The content of several blobs, in one go."""
        out = self.git.run("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in oids).encode()).out
        found, at = {}, 0
        for oid in oids:
            start = out.index(b"\n", at) + 1
            size = int(out[at : start - 1].split()[2])
            found[oid], at = out[start : start + size], start + size + 1
        return found

    def list_files(self, oid: str) -> tuple[str, ...]:
        """Paths of all files at a commit or tree."""
        return self.git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", oid).names

    def blobs(self, oid: str, wanted: Callable[[str], bool]) -> dict[str, str]:
        """Path to blob of each regular file of a commit whose path is wanted."""
        shown = self.git.run("ls-tree", "-r", "-z", "--full-tree", oid).names
        rows = ((entry.partition("\t")[2], entry.partition("\t")[0].split()) for entry in shown)
        return {path: words[2] for path, words in rows if words[0] in REGULAR_FILES and wanted(path)}

    def changed_files(self, older: str, newer: str) -> tuple[FileChange, ...]:
        """What differs between two commits or trees; a rename is a deletion and an addition."""
        shown = self.git.run("diff-tree", "-r", "-z", "--no-renames", "--raw", "--numstat", older, newer).names
        states = _states(shown)
        counts = (line.split("\t", 2) for line in shown[2 * len(states) :])
        return tuple(_change(states[path], path, added, deleted) for added, deleted, path in counts)

    def diff(self, older: str, newer: str, limit: int = DIFF_BYTES) -> Diff:
        """The unified diff of two commits or trees, at most `limit` bytes of it."""
        safe = ("--no-renames", "--no-ext-diff", "--no-textconv", "--no-color")
        shown = self.git.read_up_to(limit, "diff-tree", "-r", "-p", *safe, older, newer)
        return Diff(shown.out.decode(errors="replace"), shown.truncated)

    def log(self, base: str | None, head: str, limit: int = LOG_COMMITS) -> tuple[Commit, ...]:
        """Commits of `head` that are not in `base`, newest first."""
        return read_log(self.git, base, head, limit)

    # --- writing ---

    def commit(
        self, tree: str, parents: Sequence[str], message: str, author: Person, committer: Person, when: datetime
    ) -> str:
        """Make a commit of exactly this message and these people and return its oid; no ref moves."""
        named = [word for parent in parents for word in ("-p", parent)]
        stamp = f"{int(when.timestamp())} {when.astimezone().strftime('%z') if when.tzinfo is None else when:%z}"
        text = message if message.endswith("\n") else f"{message}\n"
        return self.git.run(
            "commit-tree",
            *named,
            tree,
            stdin=text.encode(errors="replace"),
            environment=_signature("AUTHOR", author, stamp) | _signature("COMMITTER", committer, stamp),
        ).text

    def merge(self, head: str, work: str) -> Merged | Conflict:
        """Three-way merge of two commits, without a worktree; attributes of the trees do not apply."""
        answer = self.git.run(
            "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", "--", head, work, accept=(0, 1)
        )
        tree, *files = answer.names
        return Merged(tree) if answer.code == 0 else Conflict(tuple(files), tree=tree)

    def with_files(self, tree: str, files: Mapping[str, bytes | None]) -> str:
        """The tree with these files written (keeping their mode) or, where None, deleted; raises GitError for a path
        outside the tree."""
        with tempfile.TemporaryDirectory(prefix="signalbox-index-") as scratch:
            git = replace(self.git, work_tree=Path(scratch), index=Path(scratch, "index"))
            git.run("read-tree", tree)
            written = [self._cache_entry(tree, path, content) for path, content in files.items() if content is not None]
            deleted = "".join(f"{path}\0" for path, content in files.items() if content is None)
            # --cacheinfo refuses a path that leaves the tree; --index-info would pass over it in silence.
            git.run("update-index", "--add", "--replace", *(word for entry in written for word in entry))
            git.run("update-index", "--force-remove", "-z", "--stdin", stdin=deleted.encode(errors="surrogateescape"))
            return git.run("write-tree").text

    def entry(self, oid: str, path: str) -> tuple[str, str] | None:
        """(mode, oid) of what stands at `path`, or None."""
        found = self.git.run("ls-tree", "-z", "--full-tree", oid, "--", path, accept=(0, 128)).names
        words = next((entry.split("\t")[0].split(" ") for entry in found if entry.endswith(f"\t{path}")), None)
        return (words[0], words[2]) if words and is_oid(words[2]) else None

    def _cache_entry(self, tree: str, path: str, content: bytes) -> tuple[str, str]:
        entry = self.entry(tree, path)
        mode = entry[0] if entry and entry[0] in REGULAR_FILES else REGULAR_FILES[0]
        oid = self.git.run("hash-object", "-w", "--no-filters", "--stdin", stdin=content).text
        return "--cacheinfo", f"{mode},{oid},{path}"


def _signature(part: str, person: Person, stamp: str) -> dict[str, str]:
    return {f"GIT_{part}_NAME": person.name, f"GIT_{part}_EMAIL": person.email, f"GIT_{part}_DATE": stamp}


def _states(shown: Sequence[str]) -> dict[str, str]:
    """Path to status letter, from the raw half of `--raw --numstat -z`, which comes first: states, path, states ..."""
    found = {}
    for place in range(0, len(shown), 2):
        if not shown[place].startswith(":"):
            break
        found[shown[place + 1]] = shown[place].rsplit(" ", 1)[-1]
    return found


def _change(status: str, path: str, added: str, deleted: str) -> FileChange:
    return FileChange(path, status[0], None if added == "-" else int(added), None if deleted == "-" else int(deleted))
