"""The repository cannot widen its own jail: not at the start commit, not later, not in a worktree."""

from __future__ import annotations

import pytest

from agents.sandbox import RULES
from orchestrator import sandboxing
from orchestrator.engine import jailing
from orchestrator.models import CheckRun, RunStep
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

NARROW = '[setup]\nhosts = ["index.example", "evil.example"]\n\n[agents.guidelines]\n"*" = ["RULES.md"]\n'
WIDE = '[setup]\nhosts = ["index.example", "files.example", "evil.example"]\nunsafe = true\nmemory = "all"\n'
PLAN = """# Bells

### Step 1: Ring

**Objective**: It rings.

**Acceptance criteria**:
- It rings.

#### Phase 1 — Build

Ring.

#### Phase 2 — Adversarial Review

1. Does it?

#### Phase 3 — Verification

- [ ] There is a network — `python3 -c "import socket; socket.create_connection(('192.0.2.1', 80), 2)"`.
"""


@pytest.fixture
def hand(tmp_path, data, settings):
    settings.SETUP_HOSTS = ["index.example", "files.example"]
    settings.SETUP_PRIVATE_HOSTS = ["mirror.internal:80"]
    files = {"signalbox.toml": NARROW, "RULES.md": "Ring softly.\n"}
    return Hand(repository(tmp_path / "bells", files, plan=PLAN))


def test_what_the_start_commit_says_narrows_and_adds_nothing(hand):
    run = hand.start()
    assert jailing.setup_hosts(run).allowed == {"index.example"}
    assert jailing.setup_hosts(run).private == frozenset()


def test_without_a_word_of_the_repository_all_of_the_operators_hosts_may_be_asked(tmp_path, data, settings):
    settings.SETUP_HOSTS = ["index.example"]
    run = Hand(repository(tmp_path / "other", plan=PLAN)).start()
    assert jailing.setup_hosts(run) == sandboxing.setup_hosts()


def test_a_later_commit_and_a_file_in_the_worktree_change_nothing(hand):
    run = hand.start()
    before = (jailing.setup_hosts(run), jailing.fence(RunStep(run=run)), sandboxing.host(), run.unsafe)
    (hand.source / "signalbox.toml").write_text(WIDE)
    git(hand.source, "commit", "-qam", "Widen")
    hand.approve()
    (hand.folder() / "signalbox.toml").write_text(WIDE)
    hand.do("bells.py", "RING = 1\n")
    run.refresh_from_db()
    assert (jailing.setup_hosts(run), jailing.fence(RunStep(run=run)), sandboxing.host(), run.unsafe) == before
    row = CheckRun.objects.get()
    assert row.verdict == "failed" and row.reason.endswith("no network: move the install to setup")


def test_the_rules_and_the_frozen_guidelines_are_outside_every_agents_fence(hand):
    fence = jailing.fence(RunStep(run=hand.start(runner="anthropic_api")))
    assert fence.closed == (*RULES, "RULES.md") and fence.open == ()


def test_caps_are_the_operators(hand, settings):
    settings.JAIL_PROCESSES, settings.JAIL_SCRATCH_MB, settings.TOOL_FOLDERS = 77, 3, ["/srv/tools"]
    host = sandboxing.host()
    assert (host.caps.processes, host.caps.scratch_bytes) == (77, 3 * 1024**2)
    assert [str(folder) for folder in host.tools] == ["/srv/tools"]
