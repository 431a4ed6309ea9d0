"""An output without what differs between two runs of the same thing: places, times, addresses."""

from __future__ import annotations

import hashlib
import re

_PASSING = (
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), "0x…"),
    (re.compile(r"\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?"), "…"),
    (re.compile(r"\b\d\d:\d\d:\d\d([.,]\d+)?\b"), "…"),
    (re.compile(r"\b\d+([.,]\d+)? ?(ns|µs|us|ms|s|sec|secs|seconds?|m|min|minutes?)\b"), "…"),
    (re.compile(r"/tmp/[\w.-]+"), "/tmp/…"),  # noqa: S108
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


def normal_sha256(output: str, top: str) -> str:
    """Hash of an output written in a checkout at `top`."""
    text = output.replace(top, "")
    for pattern, instead in _PASSING:
        text = pattern.sub(instead, text)
    return hashlib.sha256(text.strip().encode(errors="replace")).hexdigest()
