"""How worktrees are made ready, on the pages: the log while it grows, the card, what a base contains, ports."""

from __future__ import annotations

import pytest

from orchestrator.models import Setup, Workspace
from tests.integration.engine.hand import Hand
from tests.repositories import plan_of, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

CONFIG = """[setup]
commands = ["echo 'fetching <bells>'; mkdir .tools && test ! -e broken"]
[setup.copies]
".env.example" = ".env"
"""
FILES = {"signalbox.toml": CONFIG, ".gitignore": ".tools/\n.env\n", ".env.example": "A=1\n"}
ITEMS = ["It is there — `test -f bells.py`"]


@pytest.fixture
def files():
    return FILES


@pytest.fixture
def hand(tmp_path, data, files):
    plan = plan_of(ITEMS, ITEMS)
    at = plan.index("### Step 2")
    plan = plan[:at] + plan[at:].replace("#### Phase 1", "**Depends on**: Step 1\n\n#### Phase 1", 1)
    hand = Hand(repository(tmp_path / "bells", files, plan=plan))
    hand.start()
    hand.approve()
    return hand


def page(client, hand, key, region=""):
    address = f"/runs/{hand.run.pk}/steps/{key}/" + (f"?region={region}" if region else "")
    return " ".join(client.get(address).content.decode().split())


def test_the_step_says_what_was_made_copied_and_which_ports_it_has(client, hand):
    html = page(client, hand, "1", "setup")
    port = Workspace.objects.get().port
    assert "fetching &lt;bells&gt;" in html and "Kept: .tools" in html and ">made<" in html
    assert "<code>.env</code>" in html and f"Ports {port} to {port + 9}" in html
    assert 'hx-trigger="every 1s"' not in html


def test_a_later_step_says_whose_setup_it_uses_and_which_commits_its_base_contains(client, hand):
    hand.do("bells.py", "SMALL = 1\n")
    html = page(client, hand, "2", "setup")
    landed = hand.step("1").landed_oid
    assert "made for" in html and "fetching" not in html
    assert "contains the commit of" in html and f"<code>{landed[:10]}</code>" in html


def test_while_it_is_made_its_log_is_asked_for_again_every_second(client, hand):
    row = Setup.objects.get()
    Setup.objects.filter(pk=row.pk).update(outcome="", log="half of it", ended_at=None)
    html = page(client, hand, "1", "setup")
    assert 'hx-trigger="every 1s"' in html and "half of it" in html and "under way" in html
    Setup.objects.filter(pk=row.pk).update(holder=row.holder | {"started": 1})
    html = page(client, hand, "1", "setup")
    assert 'hx-trigger="every 1s"' not in html and ">stopped<" in html


@pytest.mark.parametrize("files", [FILES | {"broken": ""}])
def test_a_failed_setup_stands_on_its_card_with_its_log_and_no_other_failure(client, hand):
    hand.do("bells.py", "SMALL = 1\n")
    card = hand.card("setup")
    html = " ".join(client.get(f"/decisions/{card.pk}/").content.decode().split())
    assert "ended with exit 1" in html and "fetching &lt;bells&gt;" in html and "Try again" in html
    assert "Runs the setup once more." in client.get(f"/decisions/{card.pk}/preview/?option=again").content.decode()
    assert "Setup failed" in client.get(f"/runs/{hand.run.pk}/").content.decode()
