"""Bare repositories of ours, names of objects, and the one way in which objects travel between repositories."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from agents.exceptions import GitError, HistoryRefused, InvalidRef
from agents.workspaces.git import Git

NO_OID = "0" * 40
OID = re.compile(r"[0-9a-f]{40}\Z")
FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|\Z)|[./]\Z|\A[./-]|\A@\Z|[\ud800-\udfff]")
LONGEST_PART = 240
PACK = ("pack-objects", "--revs", "--stdout", "--thin", "--delta-base-offset", "-q")
TOLERATED = "--strict=zeroPaddedFilemode=ignore,badTimezone=ignore,missingSpaceBeforeDate=ignore"
"""What old programs wrote into honest histories; everything else fsck finds is refused."""


def check_ref(name: str) -> str:
    """The name itself, if git would take it as a branch or ref name; raises InvalidRef."""
    parts = name.encode(errors="replace").split(b"/")
    if not name or FORBIDDEN.search(name) or any(len(part) > LONGEST_PART for part in parts):
        raise InvalidRef(f"{name[:80]!r} is no valid branch name: choose letters, digits, '-', '_' and '/'.")
    return name


def create_bare(path: Path) -> Git:
    """Our own bare repository at `path`, made if missing. Its attributes switch every conversion off: files are the
    bytes that were committed, in both directions, whatever a tree's own attributes say."""
    git = Git(path)
    if not (path / "HEAD").exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", str(path))
        path.chmod(0o700)
    _write_once(path / "info" / "attributes", "* -text -filter -ident !working-tree-encoding !merge !diff !eol\n")
    return git


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def is_oid(value: str) -> bool:
    return OID.match(value) is not None


def resolve(git: Git, name: str) -> str | None:
    """The object a full ref name or oid stands for, tags peeled to their commit; None when there is none."""
    answer = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", accept=(0, 1, 128))
    return answer.text if answer.code == 0 and is_oid(answer.text) else None


def has_object(git: Git, oid: str) -> bool:
    return git.run("cat-file", "-e", oid, accept=(0, 1, 128)).code == 0


def ref_tips(git: Git) -> tuple[str, ...]:
    """Oids of all refs, each once."""
    return tuple(dict.fromkeys(git.run("for-each-ref", "--format=%(objectname)").text.split()))


def compare_and_swap(git: Git, ref: str, new: str, old: str | None) -> bool:
    """Move `ref` to `new` only if it is at `old` (None: only if there is none). False when it is not."""
    try:
        git.run("update-ref", "--no-deref", ref, new, old or NO_OID)
    except GitError:
        if resolve(git, ref) != old:
            return False
        raise
    return True


def transfer(sender: Git, receiver: Git, oid: str) -> None:
    """Bring `oid` and all it needs into `receiver`, checked by fsck; does nothing where it already is.

    A pack through a pipe: unlike fetch it reads no remotes, rewrites no address and starts no helper that either
    side's config could name.
    """
    if has_object(receiver, oid):
        return
    wanted = "".join([f"{oid}\n", *(f"^{tip}\n" for tip in _common_tips(sender, receiver))])
    with tempfile.TemporaryFile() as pack:
        sender.run(*PACK, stdin=wanted.encode(), into=pack)
        pack.seek(0)
        try:
            receiver.run("index-pack", "--stdin", "--fix-thin", TOLERATED, stdin=pack)
        except GitError as error:
            if "fsck error" in error.stderr:
                raise HistoryRefused(error.arguments, error.stderr, error.code) from error
            raise


def _common_tips(sender: Git, receiver: Git) -> list[str]:
    tips = ref_tips(receiver)
    known = sender.run("cat-file", "--batch-check=%(objectname)", stdin="".join(f"{tip}\n" for tip in tips).encode())
    return [line for line in known.text.splitlines() if is_oid(line)]
