"""A step's key in an address. Plans name their steps as they like: 4.5, a/b, #1, "the first"."""

from __future__ import annotations


class StepKey:
    """`/` becomes `~1` and `~` becomes `~0`, as in a JSON pointer; a key of dots alone gets a `~` before it, for
    browsers take such a part out of an address. The rest is quoted by whoever writes the address."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        if _only_dots(value.removeprefix("~")):
            return value.removeprefix("~")
        return value.replace("~1", "/").replace("~0", "~")

    def to_url(self, value: str) -> str:
        return f"~{value}" if _only_dots(value) else value.replace("~", "~0").replace("/", "~1")


def _only_dots(value: str) -> bool:
    return value in (".", "..")
