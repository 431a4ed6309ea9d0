"""What of its own worktree a dispatch may change: by mount for its commands, by name for our own tools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

RULES = (
    "signalbox.toml",
    ".claude",
    ".cursor",
    "agents/*.md",
    ".github",
    ".gitlab-ci.yml",
    ".circleci",
    "azure-pipelines.yml",
    "Jenkinsfile",
    ".gitmodules",
    ".gitattributes",
    ".githooks",
    ".husky",
    ".pre-commit-config.yaml",
    ".envrc",
    ".vscode",
)
"""Files and folders that define the rules of those who work in the repository."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Globs relative to the worktree, as in `signalbox.toml`; one that names a folder stands for all in it.

    `closed` may not be changed. Where `open` names any, nothing else may be changed either."""

    closed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def refuses(self, path: str) -> bool:
        """Whether a file at this path may not be written."""
        return _fits(path, self.closed) or (bool(self.open) and not _fits(path, self.open))

    def mounts(self, tree: Path) -> dict[str, bool]:
        """Path below the tree ("" is its top) to whether it is writable; a deeper path overrides.

        A mount cannot name what does not exist yet: the folders in which the open globs lie are opened. What is left
        open by that is found afterwards, in the diff."""
        found = {"": not self.open}
        for folder, deep in sorted(self._opened(tree).items()):
            found[folder] = True
            if not deep:
                found |= dict.fromkeys(_folders_in(tree, folder), False)
        return found | dict.fromkeys(self._existing(tree), False)

    def _opened(self, tree: Path) -> dict[str, bool]:
        """The deepest existing folder around each open glob, and whether the glob reaches below that folder."""
        opened: dict[str, bool] = {}
        for glob in self.open:
            parts = _fixed_parts(glob)
            depth = next(count for count in range(len(parts), -1, -1) if is_folder(tree, parts[:count]))
            folder, rest = "/".join(parts[:depth]), glob.strip("/").split("/")[depth:]
            opened[folder] = opened.get(folder, False) or len(rest) != 1 or rest == ["**"]
        return opened

    def _existing(self, tree: Path) -> Iterator[str]:
        """What the closed globs mean in this tree. A link is left out: its target would be mounted."""
        for path in (path for glob in self.closed if ".." not in glob for path in tree.glob(glob.strip("/"))):
            parts = path.relative_to(tree).parts
            if not path.is_symlink() and is_folder(tree, parts[:-1]):
                yield "/".join(parts)


def _fixed_parts(glob: str) -> tuple[str, ...]:
    """The parts before the first that stands for several, and never one that climbs."""
    parts = glob.strip("/").split("/")
    return tuple(takewhile(lambda part: part not in ("", ".", "..") and not set(part) & set("*?["), parts))


def is_folder(tree: Path, parts: tuple[str, ...]) -> bool:
    """Without following links on the way."""
    steps = [tree.joinpath(*parts[: count + 1]) for count in range(len(parts))]
    return all(step.is_dir() and not step.is_symlink() for step in steps)


def _folders_in(tree: Path, folder: str) -> Iterator[str]:
    for path in (tree / folder).iterdir():
        if path.is_dir() and not path.is_symlink():
            yield str(path.relative_to(tree))


def _fits(path: str, globs: tuple[str, ...]) -> bool:
    from agents.configuration.matching import path_fits  # that room reads agents' tools, which need this one

    return any(path_fits(path, glob) or path_fits(path, f"{glob.strip('/')}/**") for glob in globs)
