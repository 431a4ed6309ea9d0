"""A step's title as people read it: without emphasis and without the status that stands behind it."""

from __future__ import annotations

import re

from plans.marks import split_suffix

_CODE = re.compile(r"(`+[^`]*`+)")
_PAIRED = re.compile(r"(\*\*|~~)(?=\S)(.+?)(?<=\S)\1")
_LONE = re.compile(r"(?<=\S)(?:\*\*|~~)(?=[\s.,:;)]|$)|^(?:\*\*|~~)(?=[^\s*~])")
_WRAPPED = re.compile(r"(__|[*_])(?=\S)([^*_]+)\1$")
_STATE = re.compile(
    r"[ \t]*(?:[-–—][ \t]*)?[⏳🔄⚠🚧❌⏸]\ufe0f?[ \t]*"
    r"(?:(?:PARTIAL(?:LY)?|IN[ _-]PROGRESS|PENDING|BLOCKED|INCOMPLETE|NOT STARTED|TODO|WIP)\b[^`]{0,40})?$"
)
_HIDDEN = str.maketrans("*~", "\ue000\ue001")
_SHOWN = str.maketrans("\ue000\ue001", "*~")


def plain_title(text: str) -> str:
    """The text without bold, strike-through and a status mark at its end; what is in backticks stays."""
    text = _WRAPPED.sub(r"\2", text.strip())
    if "*" in text or "~~" in text:
        text = _without_emphasis(text)
    text = _STATE.sub("", split_suffix(text)[0]) if not text.isascii() else text
    return text.strip()


def _without_emphasis(text: str) -> str:
    if "`" in text:
        text = "".join(part.translate(_HIDDEN) if part[:1] == "`" else part for part in _CODE.split(text))
    return _LONE.sub("", _PAIRED.sub(r"\2", text)).translate(_SHOWN)
