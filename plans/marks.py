"""Check marks on headings (✅ before or after the text) and words that contradict them."""

from __future__ import annotations

import re

CHECK = r"[✅✔☑]\ufe0f?"
PASSED = "✅ "

_OPEN_WORDS = re.compile(r"\b(?:PARTIAL(?:LY)?|INCOMPLETE|SKIPPED|BLOCKED|DEFERRED|IN[ _]PROGRESS|WIP|TODO)\b")
_LAST_CHECK = re.compile(rf"{CHECK}$")


def split_suffix(text: str) -> tuple[str, bool]:
    """The text without a check mark at its end, and whether there was one."""
    bare = text.rstrip(" \t*_")
    match = _LAST_CHECK.search(bare[-2:])
    if match is None:
        return text, False
    return bare[: len(bare) - len(match[0])].rstrip(" \t") + text[len(bare) :], True


def contradiction(title: str) -> str | None:
    """The word in a heading that says its work is not complete ("PARTIAL COMPLETE"), None when there is none."""
    match = _OPEN_WORDS.search(title)
    return match[0] if match else None
