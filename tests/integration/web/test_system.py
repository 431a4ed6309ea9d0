"""The System page: how the installation stands, what it keeps, and what can be taken out of the vault again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator import chain, sandboxing, storage
from orchestrator.actions.restoring import restore
from orchestrator.env import ROOT
from orchestrator.exceptions import PersonError
from orchestrator.models import Candidate, Dispatch, Event
from orchestrator.web.reading.system import settings_in_force
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_scale():
    """A measurement is kept for ten minutes; each test has a data folder of its own."""
    storage.scale = storage.Scale()


def test_the_page_names_sandbox_workers_queues_versions_and_settings_and_no_secret(client, hand, failed, settings):
    settings.ANTHROPIC_API_KEY = "sk-not-to-be-shown"
    html = client.get("/system/").content.decode()
    assert "isolates every command" in html or "bubblewrap" in html
    assert "No worker is alive" in html and "git version 2." in html and "Signalbox 0." in html
    assert "ANTHROPIC_API_KEY" in html and "sk-not-to-be-shown" not in html
    assert settings.SECRET_KEY not in html
    Dispatch.objects.filter(status="succeeded").update(status="queued")
    queues = client.get("/system/?region=now").content.decode()
    agents = queues.partition("<b>agents</b>")[2].partition("</tr>")[0]
    assert re.findall(r">(\d+)</td>", agents) == ["1", "0"]


def test_pages_tell_what_holds_commands_here_and_what_held_those_of_a_dispatch_and_a_candidate(client, hand, failed):
    held = sandboxing.state()
    assert held.kind == "bubblewrap"
    system = client.get("/system/").content.decode()
    assert f"{held.version} isolates every command." in system and "thrown away" in system
    assert "prlimit" in system and f"Landlock (ABI {held.landlock})" in system
    assert (
        f"commands run in a sandbox of {held.version}" in client.get(f"/runs/{hand.run.pk}/dispatch/").content.decode()
    )
    assert f"commands run in a sandbox of {held.version}" in client.get(f"/runs/{hand.run.pk}/").content.decode()
    assert Candidate.objects.get(run=hand.run).sandbox == held.in_force()
    evidence = client.get(f"/runs/{hand.run.pk}/steps/2/evidence/").content.decode()
    assert f"Checked in a sandbox of {held.version}." in evidence


def test_bytes_are_told_by_part_and_measured_once_for_many_views(client, hand, failed, settings):
    first = storage.scale.read(wait=10)
    parts = {part.name: part.bytes for part in first.parts}
    assert parts["hubs"] > 1000 and parts["vault"] > 1000 and parts["worktrees"] > 100 and parts["clones"] == 0
    assert first.total == sum(parts.values())
    (Path(settings.DATA) / "hubs" / "more").write_bytes(b"x" * 100_000)
    assert storage.scale.read() is first
    assert "measured" in client.get("/system/").content.decode()
    hubs = next(part.bytes for part in storage.measure().parts if part.name == "hubs")
    assert hubs == parts["hubs"] + 100_000


def test_every_worktree_is_listed_with_its_run_step_state_and_folder(client, hand, failed):
    html = client.get("/system/").content.decode()
    assert str(hand.held()) in html and "held" in html and f"/runs/{hand.run.pk}/steps/2/" in html


def saved_state(hand) -> storage.State:
    """Skipping retires the worktree: what stood in it is in the vault."""
    hand.decide("skip", reason="not now")
    hand.sweep.tick()
    return next(s for s in storage.states(hand.project, f"run-{hand.run.pk}") if s.workspace)


def test_a_saved_state_is_restored_into_a_new_folder_each_time(client, hand, failed):
    state = saved_state(hand)
    url = f"/vault/{hand.project.pk}/run-{hand.run.pk}/"
    assert url in client.get("/system/").content.decode()
    page = client.get(url).content.decode()
    assert state.kept.oid[:10] in page and "step 2" in page
    assert client.post(url, {"state": state.kept.oid}).status_code == 302
    assert client.post(url, {"state": state.kept.oid}).status_code == 302
    first, second = storage.restored(hand.project, f"run-{hand.run.pk}")
    assert first != second and "tong" in (first / "bells.py").read_text()
    assert "tong" in git(first, "diff") and git(first, "branch", "--show-current") == ""
    assert str(first) in client.get(url).content.decode()
    event = Event.objects.filter(chain=chain.INSTALLATION, kind="vault.restored").last()
    assert event.actor == "ada" and first.name in event.body


def test_what_was_restored_is_left_alone_by_the_sweep(hand, failed):
    state = saved_state(hand)
    path = restore(hand.project, f"run-{hand.run.pk}", state.kept.oid[:9], hand.actor)
    (path / "notes.txt").write_text("mine\n")
    hand.sweep.tick()
    assert (path / "notes.txt").read_text() == "mine\n"


def test_a_state_that_is_not_there_is_said_in_a_sentence(client, hand, failed):
    saved_state(hand)
    with pytest.raises(PersonError, match=r"manage\.py vault list"):
        restore(hand.project, f"run-{hand.run.pk}", "f" * 40, hand.actor)
    url = f"/vault/{hand.project.pk}/run-{hand.run.pk}/"
    assert client.post(url, {"state": ""}).status_code == 422
    assert client.get(f"/vault/{hand.project.pk}/run-99/").status_code == 404
    assert client.get(f"/vault/{hand.project.pk}/..%20~/").status_code == 404


NOT_SHOWN = ("SECRET_KEY", "XDG_DATA_HOME", "SIGNALBOX_FAILPOINT", "POSTGRES_PASSWORD", "REPOSITORIES")


def test_every_setting_that_the_environment_can_hold_stands_on_the_page():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = {name for name in re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE) if not name.endswith("_FILE")}
    shown = {name for setting in settings_in_force() for name in setting.name.split(", ")}
    assert names - set(NOT_SHOWN) == shown
