"""Repositories that mean harm. Each builder takes an honest repository and spoils it; a trap that is run leaves its
name in a folder, so that a test can say which one was run, or that none was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.repositories import git

HOOKS = """
applypatch-msg post-checkout post-commit post-index-change post-merge post-receive post-rewrite post-update
pre-auto-gc pre-commit pre-merge-commit pre-push pre-receive prepare-commit-msg proc-receive push-to-checkout
reference-transaction sendemail-validate update fsmonitor-watchman
"""
KEYS = """
core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.alternateRefsCommand core.gitProxy
filter.x.clean filter.x.smudge filter.x.process diff.external diff.x.textconv diff.x.command merge.x.driver
credential.helper gpg.program uploadpack.packObjectsHook alias.status alias.log sequence.editor
"""
RIGHT_TO_LEFT = "\u202e"


@dataclass(frozen=True)
class Traps:
    """Programs in a folder of their own, and the folder in which they leave their names."""

    folder: Path

    @property
    def outside(self) -> Path:
        """What no commit, page, worktree or log may ever hold: the content of a file beside the repository."""
        return self.folder / "private-key"

    SECRET = "-- the person's private key --"

    def program(self, name: str) -> Path:
        self._sprung.mkdir(parents=True, exist_ok=True)
        self.outside.write_text(self.SECRET)
        path = self.folder / f"trap-{name}"
        path.write_text(self.script(name))
        path.chmod(0o755)
        return path

    def script(self, name: str) -> str:
        return f"#!/bin/sh\ntouch '{self._sprung}/{name}'\ncat 2>/dev/null\nexit 0\n"

    def sprung(self) -> set[str]:
        return {path.name for path in self._sprung.iterdir()} if self._sprung.is_dir() else set()

    def reset(self) -> None:
        for path in self._sprung.iterdir():
            path.unlink()

    @property
    def _sprung(self) -> Path:
        return self.folder / "sprung"


Spoil = Callable[[Path, Traps], None]


def hooks(repo: Path, traps: Traps) -> None:
    folder = repo / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    for name in HOOKS.split():
        traps.program(name).rename(folder / name)


def hooks_elsewhere(repo: Path, traps: Traps) -> None:
    hooks(repo, traps)
    (repo / ".git" / "hooks").rename(traps.folder / "hooks")
    git(repo, "config", "core.hooksPath", str(traps.folder / "hooks"))


def config(repo: Path, traps: Traps) -> None:
    for key in KEYS.split():
        git(repo, "config", key, str(traps.program(key)))
    for key, value in (("log.showSignature", "true"), ("commit.gpgSign", "true")):
        git(repo, "config", key, value)
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "attributes").write_text("* filter=x diff=x merge=x\n")


def included_config(repo: Path, traps: Traps) -> None:
    elsewhere = traps.folder / "more.config"
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    elsewhere.write_text(f"[core]\n\tfsmonitor = {traps.program('included')}\n")
    git(repo, "config", "include.path", str(elsewhere))
    git(repo, "config", "includeIf.gitdir:/.path", str(elsewhere))


def repointed(repo: Path, traps: Traps) -> None:
    """`.git` is a file that leads to a folder whose own config names programs, and whose common folder is a third."""
    config(repo, traps)
    real = traps.folder / "real.git"
    (repo / ".git").rename(real)
    admin = traps.folder / "admin"
    admin.mkdir()
    (admin / "HEAD").write_text("ref: refs/heads/main\n")
    (admin / "commondir").write_text(f"{real}\n")
    (admin / "gitdir").write_text(f"{repo}/.git\n")
    (real / "index").rename(admin / "index")
    (repo / ".git").write_text(f"gitdir: {admin}\n")


def modules(repo: Path, traps: Traps) -> None:
    names = "\n".join(
        f'[submodule "{name}"]\n\tpath = sub{place}\n\turl = ext::{traps.program("ext")}\n\tupdate = !{traps.folder}/x'
        for place, name in enumerate(("../../.git/hooks", "a\\\\r", "-u"))
    )
    _commit(repo, {".gitmodules": names + "\n"})


def submodule(repo: Path, traps: Traps) -> None:
    head = git(repo, "rev-parse", "HEAD")
    traps.program("none")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head},sub0")
    git(repo, "commit", "-qm", "A submodule")


def linked_objects(repo: Path, traps: Traps) -> None:
    """Links and alternates among the objects, out of the repository."""
    traps.program("none")
    objects = repo / ".git" / "objects"
    (objects / "ff").mkdir(exist_ok=True)
    (objects / "ff" / ("0" * 38)).symlink_to(traps.outside)
    (objects / "info").mkdir(exist_ok=True)
    (objects / "info" / "alternates").write_text(f"{traps.folder}\n/etc\n")
    elsewhere = traps.folder / "objects"
    objects.rename(elsewhere)
    objects.symlink_to(elsewhere)


def linked_files(repo: Path, traps: Traps) -> None:
    traps.program("none")
    for name, target in {"key": str(traps.outside), "up": "../../..", "passwd": "/etc/passwd", "home": "/root"}.items():
        (repo / name).symlink_to(target)
    _commit(repo, {})


def odd_names(repo: Path, traps: Traps) -> None:
    names = [
        "-rf",
        "--upload-pack=x",
        "new\nline",
        f"tx{RIGHT_TO_LEFT}gnp.exe",
        "$(touch x)",
        "`x`",
        "a'b\"c",
        " ",
        "\x7f",
    ]
    deep = "/".join(["d" * 200] * 18)
    _commit(repo, dict.fromkeys([*names, " ", "\x7f", "..x", "...", f"{deep}/end", "ü" * 100], "odd\n"))


def attributes(repo: Path, traps: Traps) -> None:
    words = "* text eol=crlf ident diff=x merge=x working-tree-encoding=UTF-16\n*.txt export-subst export-ignore\n"
    config(repo, traps)
    (repo / ".git" / "info" / "attributes").unlink()
    for name, value in (("filter.x.clean", "cat"), ("core.fsmonitor", "false"), ("commit.gpgSign", "false")):
        git(repo, "config", name, value)
    blob = {".gitattributes": words, "a.txt": "$Id$ $Format:%H$\nline\n"}
    _plumbed(repo, blob)


def large_file_attributes(repo: Path, traps: Traps) -> None:
    _plumbed(repo, {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "a.bin": "version x\n"})


def filtered(repo: Path, traps: Traps) -> None:
    for part in ("clean", "smudge", "process"):
        git(repo, "config", f"filter.x.{part}", str(traps.program(f"filter-{part}")))
    _plumbed(repo, {".gitattributes": "*.txt filter=x\n", "b.txt": "x\n"})


def case_clash(repo: Path, traps: Traps) -> None:
    _plumbed(repo, {"Readme.md": "a\n", "README.md": "b\n"})


def climbing_name(repo: Path, traps: Traps) -> None:
    """A tree with an entry named `..`, which git's own commands would not make."""
    traps.program("none")
    blob = _stdin(repo, "evil\n", "hash-object", "-w", "--stdin")
    inner = _stdin(repo, f"100644 blob {blob}\tevil.txt\n", "mktree")
    raw = b"40000 ..\0" + bytes.fromhex(inner)
    tree = subprocess.run(
        ["git", "-C", str(repo), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
        input=raw, capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    commit = _stdin(repo, "evil", "commit-tree", "-p", "HEAD", tree)
    git(repo, "update-ref", "refs/heads/main", commit)


def option_branches(repo: Path, traps: Traps) -> None:
    head = git(repo, "rev-parse", "HEAD")
    program = traps.program("upload-pack")
    for name in (f"--upload-pack={program}".replace("/", "_"), "--output=x", "-c", "--exec"):
        (repo / ".git" / "refs" / "heads" / name).write_text(f"{head}\n")


def impostors(repo: Path, traps: Traps) -> None:
    """Executables that are named like programs, where a careless PATH would find them."""
    for name in ("git", "python3", "sh", "bwrap", "prlimit", "grep", "env", "unshare"):
        (repo / name).write_text(traps.script(name))
        (repo / name).chmod(0o755)
    traps.program("none")
    (repo / ".envrc").write_text(f"touch {traps.folder}/sprung/envrc\n")
    (repo / "sitecustomize.py").write_text(f"open('{traps.folder}/sprung/sitecustomize', 'w')\n")
    _commit(repo, {})


def odd_identity(repo: Path, traps: Traps) -> None:
    program = traps.program("identity")
    git(repo, "config", "user.email", f"$({program})`{program}`@example.org")
    git(repo, "config", "user.name", f"Ada; {program} #")


SPOILT: dict[str, Spoil] = {
    "hooks": hooks,
    "hooks elsewhere": hooks_elsewhere,
    "config": config,
    "included config": included_config,
    "repointed": repointed,
    "linked objects": linked_objects,
    "linked files": linked_files,
    "odd names": odd_names,
    "attributes": attributes,
    "option branches": option_branches,
    "impostors": impostors,
    "odd identity": odd_identity,
}
"""Those that can be worked on: nothing they name runs or is read."""

REFUSED: dict[str, tuple[Spoil, str]] = {
    "modules": (modules, "disallowed submodule name: ../../.git/hooks"),
    "submodule": (submodule, "Submodules are not supported yet: 'sub0'"),
    "large file attributes": (large_file_attributes, "Git LFS files are not supported yet: 'a.bin'"),
    "filtered": (filtered, "Files with the filter 'x' are not supported yet"),
    "case clash": (case_clash, "differ only in upper and lower case"),
    "climbing name": (climbing_name, "hasDotdot"),
}
"""Those that are refused, with the words of the reason."""


def agents_spoil(worktree: Path, traps: Traps) -> None:
    """What an agent may do to the worktree it is given, from outside any jail."""
    (worktree / ".git").unlink()
    git(worktree, "init", "-q")
    for spoil in (config, hooks):
        spoil(worktree, traps)
    (worktree / ".git" / "index").write_bytes(b"nonsense")
    (worktree / ".gitignore").write_text("!*\n")
    (worktree / "stolen").symlink_to(traps.outside)


def _commit(repo: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        _write(repo, name, text)
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "More")


def _write(repo: Path, name: str, text: str) -> None:
    """One part at a time: the whole path may be longer than the system takes at once."""
    *folders, last = name.split("/")
    here = os.open(repo, os.O_DIRECTORY)
    for folder in folders:
        with suppress(FileExistsError):
            os.mkdir(folder, dir_fd=here)
        below = os.open(folder, os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open(last, os.O_WRONLY | os.O_CREAT, dir_fd=here), "w") as file:
        file.write(text)
    os.close(here)


def _plumbed(repo: Path, files: dict[str, str]) -> None:
    """A commit whose files were never filtered, and a working tree that has them as they are."""
    for name, text in files.items():
        blob = _stdin(repo, text, "hash-object", "-w", "--no-filters", "--stdin")
        git(repo, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
        _write(repo, name, text)
    commit = _stdin(repo, "More", "commit-tree", "-p", "HEAD", git(repo, "write-tree"))
    git(repo, "update-ref", "refs/heads/main", commit)


def _stdin(repo: Path, text: str, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(repo), *words], input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()
