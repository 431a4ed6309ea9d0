"""The three jails: what each may reach besides its own files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agents.sandbox.types import JailKind


@dataclass(frozen=True, slots=True)
class Rule:
    """`network`: loopback (its own, empty one) or proxy (the project's hosts). `words` tell a person."""

    network: str
    words: str


JAILS: Mapping[JailKind, Rule] = {
    "setup": Rule("proxy", "the project's hosts through the proxy, no model"),
    "agent": Rule("loopback", "no network: the model is asked from outside"),
    "check": Rule("loopback", "no network but its own loopback"),
}

UNREACHABLE = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Could not resolve host",
    "Network is unreachable",
    "network is unreachable",
    "EAI_AGAIN",
    "ENETUNREACH",
    "failed to lookup address",
    "dial tcp: lookup",
    "(from versions: none)",
)
"""How programs say that there is no network: C library, curl, Python, node, cargo, go, pip."""


def asked_for_network(output: bytes) -> bool:
    """Whether a command's output says that it wanted a network that its jail has not."""
    return any(words.encode() in output for words in UNREACHABLE)
