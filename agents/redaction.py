"""Secrets taken out of text before it is stored, shown or sent: known formats, and values of this installation."""

from __future__ import annotations

import re
from collections.abc import Iterable

FORMATS = {
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "Slack token": r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    "Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "Google key": r"\bAIza[0-9A-Za-z_-]{35}",
    "model key": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}",
    "private key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?",
    "password in a URL": r"(?<=://)[^\s/:@]{1,100}:[^\s/:@]{3,200}(?=@)",
}
_ANY = re.compile("|".join(f"({pattern})" for pattern in FORMATS.values()))
_NAMES = tuple(FORMATS)


def redacted(text: str, values: Iterable[str] = ()) -> str:
    """The text with each secret replaced by what it was: `[redacted GitHub token]`. `values` are replaced too."""
    for value in values:
        if len(value) >= 8:
            text = text.replace(value, "[redacted]")
    return _ANY.sub(lambda found: f"[redacted {_NAMES[(found.lastindex or 1) - 1]}]", text)
