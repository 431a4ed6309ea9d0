"""How worktrees are made ready, on the pages: the log while it grows, the card, what a base contains, ports."""

from __future__ import annotations

import os
import time

import pytest

from orchestrator import queries, reports
from orchestrator.engine import caches
from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, Event, Setup, Workspace
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


def test_the_system_page_lists_what_setup_made_and_removes_it_as_an_event(client, hand):
    store = Ground.of(hand.project).store
    ((made, _),) = store.all()
    html = client.get("/system/").content.decode()
    assert made.key[:10] in html and ".tools" in html
    address = f"/system/setups/{hand.project.pk}/{made.key}/remove/"
    assert address in html
    Workspace.objects.filter(run=hand.run).update(dispatch=None)
    assert client.post(address).status_code == 302
    assert store.all() == [] and not made.folder.exists()
    event = Event.objects.get(chain=0, kind="cache.removed")
    assert event.actor == "ada" and made.key in event.body
    assert "None: no repository" in client.get("/system/").content.decode()
    refused = client.post(address)
    assert refused.status_code == 422 and "not here any more" in refused.content.decode()


def test_what_somebody_works_with_is_not_removed(client, hand):
    ((made, _),) = Ground.of(hand.project).store.all()
    Dispatch.objects.filter(run=hand.run).update(status="running")
    answer = client.post(f"/system/setups/{hand.project.pk}/{made.key}/remove/")
    assert "in use by step 1" in answer.content.decode() and made.folder.is_dir()


def test_what_nobody_has_used_for_as_long_as_ended_runs_stay_goes(hand, settings):
    store = Ground.of(hand.project).store
    ((made, _),) = store.all()
    caches.remove_unused()
    assert made.folder.is_dir()
    old = time.time() - (settings.RETENTION_DAYS + 1) * 86_400
    os.utime(made.folder.parent, (old, old))
    caches.remove_unused()
    assert store.all() == [] and Event.objects.get(chain=0, kind="cache.removed").actor == "engine"


@pytest.mark.parametrize(
    "files",
    [
        FILES
        | {
            "signalbox.toml": CONFIG.replace("[setup]", "[setup]\nhosts = ['index.example', 'evil.example']")
            + "\n[guards]\nfence = ['*.py']\nblocking = ['size']\n"
            + "[[forbidden]]\npattern = 'eval'\nreason = 'Call it by its name.'\n"
            + "[[forbidden]]\npattern = '(?=never)'\nreason = 'It is not searched.'\n"
        }
    ],
)
def test_whoever_approves_reads_what_setup_runs_whom_it_may_ask_and_what_no_step_may_do(client, hand, settings):
    settings.SETUP_HOSTS = ["index.example"]
    html = " ".join(client.get(f"/runs/{hand.run.pk}/dispatch/").content.decode().split())
    for said in (
        "Setup, before the steps", "fetching &lt;bells&gt;", "may ask <code>index.example</code>.",
        "<code>evil.example</code>: named by the repository, not allowed here", "outside of <code>*.py</code>",
        "Add <code>eval</code>", "Call it by its name.", "Go against what size advises",
    ):  # fmt: skip
        assert said in html, said
    assert "It is not searched." not in html
    run = hand.start(branch="another")
    shown = reports.overview(run, queries.run_as_dict(run) | {"digest": ""})
    for said in (
        "setup: echo 'fetching <bells>'", "setup may ask index.example", "setup may not ask evil.example",
        "outside of *.py", "forbidden: eval: Call it by its name.", "blocking here: size",
    ):  # fmt: skip
        assert said in shown, said


@pytest.mark.parametrize("files", [FILES | {"requirements.txt": "bells==1\n"}])
def test_the_card_of_a_new_setup_shows_what_it_would_run_and_on_which_change(client, hand):
    hand.append("requirements.txt", "carillon==2\n")
    hand.do("bells.py", "SMALL = 1\n")
    html = " ".join(client.get(f"/decisions/{hand.card('new_setup').pk}/").content.decode().split())
    assert "fetching &lt;bells&gt;" in html and "may ask no host" in html
    assert 'aria-label="Changes in requirements.txt"' in html and "carillon==2" in html
    assert 'aria-label="Changes in bells.py"' not in html
    assert f'<a href="/runs/{hand.run.pk}/steps/1/diff/">the change</a>' in html
