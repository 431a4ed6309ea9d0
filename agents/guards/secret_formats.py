"""What secrets look like: the formats their issuers publish. A hint is a part that every one of them has."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """`name` completes "what looks like …"; `pattern` takes linear time, as nothing in it can match in two ways."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


def _format(name: str, hints: str, pattern: str) -> Format:
    return Format(name, tuple(hints.split()), re.compile(pattern))


FORMATS = (
    _format("an AWS access key", "AKIA ASIA", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _format("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_[A-Za-z0-9]{36,251}\b"),
    _format("a GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{22,251}\b"),
    _format("a GitLab token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,60}"),
    _format("a Slack token", "xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    _format("a Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/services/T\w{6,14}/B\w{6,14}/\w{20,30}"),
    _format("a Stripe key", "k_live_", r"\b[rs]k_live_[A-Za-z0-9]{16,250}\b"),
    _format("a Google API key", "AIza", r"\bAIza[0-9A-Za-z_-]{35}"),
    _format("a Google OAuth secret", "GOCSPX-", r"\bGOCSPX-[0-9A-Za-z_-]{28}"),
    _format("an Anthropic key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,250}"),
    _format("an OpenAI key", "sk-proj- sk-svcacct- T3BlbkFJ", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,250}"),
    _format("an npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    _format("a PyPI token", "pypi-AgE", r"\bpypi-AgE[A-Za-z0-9_-]{50,250}"),
    _format("a Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{30,60}\b"),
    _format("a SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _format("a private key", "PRIVATE KEY", r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"),
    _format(
        "a JSON web token", "eyJ", r"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}"
    ),
    _format(
        "an address with a password",
        "://",
        r"\b[a-z][a-z0-9+]{2,15}://[\w.%-]{1,60}:(?P<value>[^\s:@/'\"$<{]{6,80})@[\w.-]{3,80}",
    ),
)

GENERIC_HINTS = ("passw", "pwd", "secret", "token", "api_key", "api-key", "apikey", "access_key", "credential")
GENERIC = Format(
    "a password or key",
    GENERIC_HINTS,
    re.compile(
        r"(?i)(?:passw(?:or)?d|pwd|secret|token|api[_-]?key|access[_-]?key|credentials?)[\w-]{0,30}[\"']?\s{0,4}(?:=>|:=|[:=])\s{0,4}"
        r"[\"'](?P<value>[^\"'\s]{8,200})[\"']"
    ),
)
