"""A person's own repository, looked at and never touched. Nothing its config, hooks or filters name is run."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from agents.exceptions import GitError, NotARepository
from agents.workspaces.git import Git, personal_config
from agents.workspaces.objects import resolve
from agents.workspaces.types import Branch, Person, SourceState

GITLINK, FILE_MODES = "160000", ("100644", "100755", "120000")
NO_FILTER = ("unspecified", "unset", "set")


def open_source(path: str | Path) -> Git:
    """The repository whose working tree holds `path`; raises NotARepository for a bare one and for none."""
    here = Path(path).resolve()
    if not here.is_dir():
        raise NotARepository(f"{here} is no folder: give the path of a git repository.")
    for top in (here, *here.parents):
        if (top / ".git").exists():
            return _checked(Git(top / ".git", work_tree=top))
        if (top / "HEAD").is_file() and (top / "objects").is_dir():
            raise NotARepository(f"{top} is a bare repository: clone it and give the path of the clone.")
    raise NotARepository(f"{here} is in no git repository: run `git init` there and commit, or give another path.")


def _checked(git: Git) -> Git:
    try:
        git.run("rev-parse", "--git-dir")
    except GitError as error:
        raise NotARepository(f"{git.work_tree} is no repository git can read: {error.stderr}") from error
    return git


def inspect(path: str | Path) -> SourceState:
    """How the repository at a local path stands; raises NotARepository."""
    git = open_source(path)
    assert git.work_tree
    head = resolve(git, "HEAD")
    branch = git.run("symbolic-ref", "--quiet", "HEAD", accept=(0, 1))
    shallow = git.run("rev-parse", "--is-shallow-repository").text == "true"
    with _shadow(git, head) as shadow:
        files = _status(shadow)
        reasons = (*_repository_reasons(git, head, shallow), *(_tree_reasons(shadow, head) if head else ()))
    name = branch.text.removeprefix("refs/heads/") if branch.code == 0 else None
    return SourceState(git.work_tree, name, head, files.dirty, files.staged, files.untracked, shallow, reasons)


def branches(path: str | Path) -> tuple[Branch, ...]:
    """Local branches by name."""
    shown = open_source(path).run("for-each-ref", "--format=%(refname:lstrip=2)%00%(objectname)", "refs/heads/")
    rows = (line.split("\0") for line in shown.text.split("\n") if line)
    return tuple(Branch(name, oid) for name, oid in rows)


def identity(path: str | Path) -> Person | None:
    """Who the person at this repository is to git; None when they have not told it."""
    git_dir = open_source(path).git_dir
    name, email = personal_config(git_dir, "user.name"), personal_config(git_dir, "user.email")
    return Person(name, email) if name and email else None


def tree_refusals(git: Git, oid: str) -> tuple[str, ...]:
    """Why no run may start from this commit: sentences, none when it may."""
    with _shadow(git, oid) as shadow:
        return tuple(_tree_reasons(shadow, oid))


def personal_identity() -> Person | None:
    """Who the person that runs this is to git, by their own config; None when they have not told it."""
    name, email = personal_config(None, "user.name"), personal_config(None, "user.email")
    return Person(name, email) if name and email else None


@contextmanager
def _shadow(git: Git, head: str | None) -> Iterator[Git]:
    """A private repository that borrows the source's objects, index and files. `git status` runs the filters and
    monitors that a repository's config names; here the config is ours and empty."""
    common = Path(git.run("rev-parse", "--path-format=absolute", "--git-common-dir").text)
    own = Path(git.run("rev-parse", "--absolute-git-dir").text)
    with tempfile.TemporaryDirectory(prefix="signalbox-source-") as scratch:
        shadow = Path(scratch)
        for name in ("objects", "refs", "info"):
            (shadow / name).mkdir()
        (shadow / "HEAD").write_text(f"{head}\n" if head else "ref: refs/heads/main\n")
        (shadow / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
        for index in (*own.glob("index"), *own.glob("sharedindex.*")):
            shutil.copy2(index, shadow / index.name)
        if (common / "info" / "exclude").is_file():
            shutil.copy(common / "info" / "exclude", shadow / "info" / "exclude")
        yield Git(shadow, work_tree=git.work_tree, objects=common / "objects")


@dataclass(frozen=True, slots=True)
class _Files:
    dirty: tuple[str, ...]
    staged: tuple[str, ...]
    untracked: tuple[str, ...]


def _status(shadow: Git) -> _Files:
    (shadow.git_dir / "info" / "attributes").write_text("* -filter\n")
    shown = shadow.run(
        "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all"
    )
    rows = [(entry[:2], entry[3:]) for entry in shown.names]
    known = [(state, name) for state, name in rows if state != "??"]
    return _Files(
        dirty=tuple(name for _, name in known),
        staged=tuple(name for state, name in known if state[0] != " "),
        untracked=tuple(name for state, name in rows if state == "??"),
    )


def _repository_reasons(git: Git, head: str | None, shallow: bool) -> Iterator[str]:
    if head is None:
        yield "The repository has no commit yet: make a first commit."
    if shallow:
        yield "The clone is shallow: run `git fetch --unshallow`."
    if git.run("config", "--get", "extensions.partialClone", accept=(0, 1)).code == 0:
        yield "The clone is partial, objects are missing: make a full clone."
    if git.run("rev-parse", "--show-object-format").text != "sha1":
        yield "The repository names its objects by SHA-256: only SHA-1 repositories are supported."


def _tree_reasons(shadow: Git, head: str) -> Iterator[str]:
    entries = [entry.split("\t", 1) for entry in shadow.run("ls-tree", "-r", "-z", "--full-tree", head).names]
    names = [name for state, name in entries if state.split(" ")[0] in FILE_MODES]
    if modules := [name for state, name in entries if state.startswith(GITLINK)]:
        yield f"Submodules are not supported yet: {_some(modules)}. Run from a branch without them."
    if twins := _case_twins(names):
        yield f"Some files differ only in upper and lower case: {_some(twins)}. Rename one of each."
    for driver, files in _filtered(shadow, head, names).items():
        what = "Git LFS files are" if driver == "lfs" else f"Files with the filter {driver!r} are"
        yield f"{what} not supported yet: {_some(files)}. Run from a branch without them."


def _case_twins(names: list[str]) -> list[str]:
    folded = Counter(name.casefold() for name in names)
    return [name for name in names if folded[name.casefold()] > 1]


def _filtered(shadow: Git, head: str, names: list[str]) -> dict[str, list[str]]:
    """Files by the filter that the commit's own attributes give them."""
    if not any(name.rsplit("/", 1)[-1] == ".gitattributes" for name in names):
        return {}
    (shadow.git_dir / "info" / "attributes").unlink(missing_ok=True)
    git = replace(shadow, index=shadow.git_dir / "index-of-head")
    git.run("read-tree", head)
    asked = "".join(f"{name}\0" for name in names).encode(errors="surrogateescape")
    fields = git.run("check-attr", "--cached", "-z", "--stdin", "filter", stdin=asked).names
    found: dict[str, list[str]] = {}
    for name, _, driver in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
        if driver not in NO_FILTER:
            found.setdefault(driver, []).append(name)
    return found


def _some(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more
