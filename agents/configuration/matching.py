"""Globs over paths and words in titles. They come from a repository, so none of them can take long: no regular
expression of theirs is run here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache


def path_fits(path: str, glob: str) -> bool:
    """`*` and `?` stay within one folder, `**` stands for any folders; a glob without `/` fits the name anywhere."""
    wanted = glob.strip("/").split("/")
    return _fits(tuple(path.split("/")), tuple(wanted if "/" in glob.rstrip("/") else ["**", *wanted]))


def title_fits(title: str, words: str) -> bool:
    """Whether the title holds these words, letter case and spacing aside."""
    return fnmatchcase(_plain(title), f"*{_plain(words)}*")


def _fits(parts: tuple[str, ...], globs: tuple[str, ...]) -> bool:
    @cache
    def from_here(part: int, place: int) -> bool:
        if place == len(globs):
            return part == len(parts)
        if globs[place] == "**":
            return from_here(part, place + 1) or (part < len(parts) and from_here(part + 1, place))
        here = part < len(parts) and fnmatchcase(parts[part], globs[place])
        return here and from_here(part + 1, place + 1)

    return from_here(0, 0)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
