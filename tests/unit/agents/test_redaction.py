"""Secrets do not stay in what is stored."""

from __future__ import annotations

import time

import pytest

from agents.redaction import redacted

TOKENS = {
    "AWS key": "AKIA" + "QWERTYUIOPASDFGH",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "GitLab token": "glpat-" + "x9" * 10,
    "Slack token": "xoxb-" + "123456789012-abc",
    "Stripe key": "sk_live_" + "4eC39HqLyjWDarjt",
    "Google key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "model key": "sk-ant-" + "api03-abcdefghijklmnop",
    "private key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----",
    "password in a URL": "ada:hunter22",
}


@pytest.mark.parametrize("name", TOKENS)
def test_each_known_format_is_taken_out(name):
    around = "https://{}@example.org" if "URL" in name else "before {} after"
    text = redacted(around.format(TOKENS[name]))
    assert TOKENS[name] not in text and text == around.format(f"[redacted {name}]")


def test_values_of_this_installation_are_taken_out():
    assert redacted("key=correct-horse", ["correct-horse", "abc", ""]) == "key=[redacted]"


@pytest.mark.parametrize(
    "text", ["git@example.org:a/b.git", "http://localhost:8000/", "sk-short", "a task-list", "12:30"]
)
def test_honest_text_stays(text):
    assert redacted(text) == text


def test_a_flood_of_near_misses_takes_no_time():
    begun = time.monotonic()
    redacted("-----BEGIN PRIVATE KEY-----" * 5_000 + "://a:" * 50_000 + "AKIA" * 50_000)
    assert time.monotonic() - begun < 2
