"""Findings over the rounds of a step: the same one is one row, and whether rounds converge is told (X10)."""

from __future__ import annotations

import pytest

from agents.rehearsal.script import Call, Scene, Script, Turn
from orchestrator.models import Decision, Dispatch, Finding
from orchestrator.reports import report
from tests.integration.cards.agents import SMALL, Agents, scene, shell
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X10")]


def says(**given) -> Turn:
    return Turn(say="Done.", calls=(Call(tool="report", input=given),))


def build(attempt: int, command: str = f"{SMALL}", **more) -> Scene:
    files = [{"path": "bells.py", "intent": "the small bell"}]
    told = says(files=files, decisions=[], deviations=[], summary="Done.", **more)
    return scene(shell(command), told, attempt=attempt)


def review(attempt: int, *titles: str, earlier: tuple[tuple[str, str], ...] = ()) -> Scene:
    found = [{"severity": "blocking", "path": "bells.py", "line": 4, "title": t, "detail": "It is."} for t in titles]
    verdicts = [{"criterion": 1, "verdict": "met", "note": ""}]
    judged = [{"finding": name, "verdict": verdict, "note": ""} for name, verdict in earlier]
    return scene(says(criteria=verdicts, findings=found, earlier=judged), role="reviewer", attempt=attempt)


@pytest.fixture
def agents(tmp_path, settings, data):
    here = Agents(tmp_path, settings)
    yield here
    here.server.stop()


def again(hand, text: str = "Mend it.") -> None:
    hand.decide("rebuild", instructions=text)


def card(hand, client) -> str:
    client.force_login(hand.user)
    return client.get(f"/decisions/{hand.card().pk}/").content.decode()


def test_a_finding_keeps_its_name_over_the_rounds_and_the_card_tells_whether_they_converge(agents, client):
    hand = agents.play(build(1), review(1, "Too loud", "Too long"), scope="2")
    assert "Round" not in card(hand, client)
    loud, long = (f"F{finding.pk}" for finding in Finding.objects.order_by("id"))
    agents.server.scripts["bells"] = Script(
        scene=(
            build(2, "echo '# soft' >> bells.py", disputes=[{"finding": loud, "evidence": "bells.py:4 is soft"}]),
            review(2, "No name", earlier=((loud, "stands"), (long, "mended"))),
            build(3, "echo '# softer' >> bells.py"),
            review(3, "Too loud"),
        )
    )
    again(hand)
    brief = Dispatch.objects.get(role="builder", attempt=2).brief
    assert f"{loud}: bells.py:4 Too loud" in brief and f"{long}: bells.py:4 Too long" in brief
    assert "The builder disputes it: bells.py:4 is soft" in Dispatch.objects.get(role="reviewer", attempt=2).brief
    found = {f.title: f for f in Finding.objects.order_by("id")}
    assert [(f.title, f.status, f.times) for f in found.values()] == [
        ("Too loud", "open", 2), ("Too long", "addressed", 1), ("No name", "open", 1),
    ]  # fmt: skip
    page = card(hand, client)
    assert "Round 2: 1 fixed, 1 the same again, 1 new" in page and "time, same finding" not in page
    assert "Its builder disputes it: bells.py:4 is soft" in page
    again(hand)
    page = card(hand, client)
    assert "Round 3: 1 fixed, 1 the same again" in page
    assert "Third time, same finding: instructions alone have not helped" in page
    assert Finding.objects.count() == 3 and Finding.objects.get(title="Too loud").last_round == 3
    hand.decide("accept_gap", reason="loud is fine")
    decision = Decision.objects.get(option="accept_gap")
    waived = Finding.objects.get(title="Too loud")
    assert (waived.status, waived.decision) == ("waived", decision.pk)
    assert Finding.objects.get(title="Too long").status == "addressed"
    step = next(step for step in report(hand.run)["steps"] if step["key"] == "2")
    assert (step["blocking"], step["addressed"]) == (3, 2)
    assert [step["findings"][0][name] for name in ("name", "status", "decision")] == [loud, "waived", decision.pk]


def test_what_was_mended_and_comes_back_is_open_again(agents, client):
    hand = agents.play(
        build(1), review(1, "Too loud"), build(2, "echo 1 >> bells.py"), review(2, "Too long"),
        build(3, "echo 2 >> bells.py"), review(3, "Too loud"), scope="2",
    )  # fmt: skip
    again(hand)
    assert {f.title: f.status for f in Finding.objects.all()} == {"Too loud": "addressed", "Too long": "open"}
    again(hand)
    assert {f.title: f.status for f in Finding.objects.all()} == {"Too loud": "open", "Too long": "addressed"}


def test_guards_findings_keep_their_name_too_and_a_skipped_step_leaves_them_behind(agents, client):
    weak = "printf 'def test_a():\\n    assert True\\n' > test_a.py"
    hand = agents.play(build(1, f"{SMALL}; {weak}"), build(2, "echo '# ting' >> bells.py"), scope="2")
    again(hand)
    finding = Finding.objects.get(guard="tamper")
    assert (finding.status, finding.times, finding.last_round) == ("repeated", 2, 2)
    assert "Round 2: 1 the same again" in card(hand, client)
    hand.decide("skip", reason="not now")
    finding.refresh_from_db()
    assert finding.status == "obsolete"


def test_the_diff_has_each_finding_at_its_line_with_name_status_and_scope(agents, client):
    plan = PLAN.replace("**Objective**: A small bell that says ting.", "**Files**: `bells.py`, `docs/`")
    agents.hand = Hand(repository(agents.hand.source.parent / "scoped", plan=plan))
    first = f"{SMALL}; mkdir docs; echo Ting. > docs/bells.md; echo more > notes.txt"
    weak = "printf 'def test_a():\\n    assert True\\n' > test_a.py"
    hand = agents.play(build(1, first), review(1, "Too loud"), build(2, weak), scope="2")
    again(hand)
    client.force_login(hand.user)
    attempts = list(Dispatch.objects.filter(role="builder").order_by("id"))
    page = client.get(f"/runs/{hand.run.pk}/steps/2/diff/").content.decode()
    assert "tamper" in page and "asserts what always holds" in page and "outside the declared files" in page
    view = client.get(f"/runs/{hand.run.pk}/steps/2/diff/?attempt={attempts[0].pk}").context["view"]
    flags = {file.path: (file.outside, len(file.findings), file.blocking) for file in view.files}
    assert flags == {"bells.py": (False, 1, 1), "docs/bells.md": (False, 0, 0), "notes.txt": (True, 1, 0)}
    notes = next(file for file in view.files if file.path == "notes.txt")
    assert [finding.guard for finding in notes.loose] == ["undeclared"]


def test_rounds_of_the_policy_go_on_while_findings_change_and_end_at_a_person_when_they_do_not(agents):
    agents.server.scripts["bells"] = Script(
        scene=(
            build(1), review(1, "Too loud"), build(2, f"{SMALL}; echo 1 >> bells.py"), review(2, "Too long"),
            build(3, f"{SMALL}; echo 2 >> bells.py"), review(3, "Too long"), build(4), review(4),
        )
    )  # fmt: skip
    run = agents.hand.start(runner="anthropic_api", scope="2")
    run.policy |= {"fix_rounds": 9}
    run.save(update_fields=["policy"])
    agents.hand.approve()
    assert agents.hand.card("review") and agents.hand.step("2").round == 3
    assert Finding.objects.get(title="Too long").times == 2
