"""Check marks on headings (✅ before or after the text) and words that contradict them."""

from __future__ import annotations

import re

CHECK = r"[✅✔☑]\ufe0f?"
PASSED = "✅ "

_OPEN_WORDS = re.compile(r"\b(?:PARTIAL(?:LY)?|INCOMPLETE|SKIPPED|BLOCKED|DEFERRED|IN[ _]PROGRESS|WIP|TODO)\b")
_OVER = "COMPLETED?|Completed?|DONE|Done|IMPLEMENTED|Implemented|LANDED|SHIPPED|MERGED"
_LAST_CHECK = re.compile(rf"{CHECK}(?:[ \t]*[*_]*(?:{_OVER})\b.{{0,60}})?$")
_CHECKS = tuple(check.encode() for check in "✅✔☑")
_MARKED_BOX = re.compile(rb"\[[^\[\] ]{0,4}\]")


def split_suffix(text: str) -> tuple[str, bool]:
    """The text without a check mark and what it says (`✅ COMPLETED by Ada`) at its end, and whether there was one."""
    bare = text.rstrip(" \t*_")
    match = None if bare.isascii() else _LAST_CHECK.search(bare)
    if match is None:
        return text, False
    return bare[: len(bare) - len(match[0])].rstrip(" \t") + text[len(bare) :], True


def may_be_marked(data: bytes) -> bool:
    """Whether a text holds what a check mark or a box that is not open consists of: where it does not, it need not be
    scanned for marks."""
    return any(check in data for check in _CHECKS) or _MARKED_BOX.search(data) is not None


def contradiction(title: str) -> str | None:
    """The word in a heading that says its work is not complete ("PARTIAL COMPLETE"), None when there is none."""
    match = _OPEN_WORDS.search(title)
    return match[0] if match else None
