"""Starting, approving, pausing, handing in: what a person does to a run from the pages."""

from __future__ import annotations

import re

import pytest

from orchestrator.models import Receipt, Run
from plans.models import Project
from tests.repositories import repository

pytestmark = pytest.mark.django_db(transaction=True)


def wish(**more) -> dict[str, str]:
    return {"project": "bells", "plan": "PLAN.md", "profile": "blueprint", "runner": "person", "form_key": "k1", **more}


def digest(client, run: int, **choice) -> str:
    html = client.get(f"/runs/{run}/dispatch/", {"region": "total", "ticks": "1", **choice}).content.decode()
    return re.search(r'name="digest" value="(\w*)"', html)[1]


def test_a_repository_is_added_by_its_folder(client, tmp_path):
    repository(tmp_path / "gongs")
    answer = client.post("/projects/add/", {"location": str(tmp_path / "gongs")})
    assert answer["Location"] == "/start/?project=gongs"
    assert Project.objects.filter(name="gongs").exists()


def test_a_folder_that_cannot_be_used_is_told_beside_the_form(client, tmp_path):
    answer = client.post("/projects/add/", {"location": str(tmp_path)})
    assert answer.status_code in (422, 500) and "Add a repository" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


@pytest.mark.ledger("B2")
def test_a_run_is_started_once_however_often_the_form_is_sent(client, hand):
    first, second = client.post("/start/", wish()), client.post("/start/", wish())
    assert first["Location"] == second["Location"]
    assert Run.objects.count() == 1


def test_a_plan_that_is_not_there_is_told_beside_the_form(client, hand):
    answer = client.post("/start/", wish(plan="NONE.md"))
    assert answer.status_code == 422 and "There is no plan NONE.md" in answer.content.decode()
    assert client.post("/start/", wish())["Location"].endswith("/dispatch/")


@pytest.mark.ledger("B3")
def test_what_is_approved_is_what_was_counted(client, hand):
    run = hand.start(git="").pk
    page = client.get(f"/runs/{run}/dispatch/").content.decode()
    assert "<b>3</b> of 4 steps" in page
    fewer = {"step": ["2", "3"], "git": "engine"}
    total = client.get(f"/runs/{run}/dispatch/", {"region": "total", "ticks": "1", **fewer}).content.decode()
    assert "<b>2</b> of 4 steps" in total
    bound = digest(client, run, **fewer)
    assert client.post(f"/runs/{run}/dispatch/", {"ticks": "1", "digest": bound, **fewer}).status_code == 302
    receipt = Receipt.objects.get()
    assert (receipt.digest, receipt.via, receipt.approved_by) == (bound, "web", hand.user)
    assert hand.step("4").status == "out_of_scope"
    again = client.post(f"/runs/{run}/dispatch/", {"ticks": "1", "digest": bound, **fewer})
    assert again.status_code == 302 and Receipt.objects.count() == 1


def test_a_receipt_of_another_choice_approves_nothing(client, hand):
    run = hand.start(git="").pk
    other = digest(client, run, step=["2"], git="engine")
    answer = client.post(f"/runs/{run}/dispatch/", {"ticks": "1", "digest": other, "step": ["2", "3"], "git": "engine"})
    assert answer.status_code == 422 and "not what would run now" in answer.content.decode()
    assert not Receipt.objects.exists()


def test_without_a_git_mode_nothing_is_approved(client, hand):
    run = hand.start(git="").pk
    answer = client.post(f"/runs/{run}/dispatch/", {"ticks": "1", "digest": "", "step": ["2", "3", "4"]})
    assert answer.status_code == 422 and "git mode" in answer.content.decode()


def test_a_run_is_paused_and_resumed(client, hand, failed):
    run = hand.run.pk
    client.post(f"/runs/{run}/pause/", {"after": "now"})
    assert "Paused." in client.get(f"/runs/{run}/").content.decode()
    client.post(f"/runs/{run}/resume/")
    hand.run.refresh_from_db()
    assert hand.run.status == "running"
    answer = client.post(f"/runs/{run}/resume/")
    assert answer.status_code == 422 and "cannot take" in answer.content.decode()


def test_aborting_live_work_asks_for_the_run_number(client, hand):
    hand.start()
    hand.approve()
    run = hand.run.pk
    answer = client.post(f"/runs/{run}/abort/", {"reason": "no"})
    assert answer.status_code == 422 and "Type the run" in answer.content.decode()
    assert client.post(f"/runs/{run}/abort/", {"reason": "no", "confirm": str(run)}).status_code == 302
    hand.run.refresh_from_db()
    assert hand.run.status == "aborted"


def test_a_step_is_handed_in_from_its_page(client, hand):
    hand.start()
    hand.approve()
    page = f"/runs/{hand.run.pk}/steps/2/"
    assert str(hand.folder()) in client.get(page).content.decode()
    empty = client.post(f"{page}done/")
    assert empty.status_code == 422 and "Nothing was changed" in empty.content.decode()
    hand.append("bells.py", "\n\ndef small():\n    return 'ting'\n")
    assert client.post(f"{page}done/").status_code == 302
    hand.work()
    assert hand.step("2").status == "passed"


def test_a_step_is_given_back_from_its_page(client, hand):
    hand.start()
    hand.approve()
    client.post(f"/runs/{hand.run.pk}/steps/2/give-back/", {"note": "I have no bronze"})
    html = client.get(f"/decisions/{hand.card('returned').pk}/").content.decode()
    assert "I have no bronze" in html and "given back" in html
