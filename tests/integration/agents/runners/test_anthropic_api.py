"""Our own loop, over real HTTP, with real tools, against the rehearsal server on good and bad days."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from agents.rehearsal import Fault
from agents.rehearsal.script import Call, Turn
from agents.runners import load
from agents.types import Cancelled, Done, Failed, Limits, NeedsDecision, RateLimited, TimedOut
from tests.integration.agents.dispatching import Recorder, assignment

REPORT = {"files": [], "decisions": [], "deviations": [], "summary": "Done."}


def shell(command: str) -> Turn:
    return Turn(say="I run it.", calls=(Call(tool="shell", input={"command": command}),))


def report(**changed: object) -> Turn:
    return Turn(calls=(Call(tool="report", input={**REPORT, **changed}),))


@pytest.mark.ledger("X15")
@pytest.mark.parametrize("ref", ["builder/1/1", "reviewer/1/1", "verifier/1/1"])
def test_every_role_plays_any_plan_and_hands_in_its_report(run, tmp_path, ref):
    outcome = run(Recorder(), ref=ref)
    assert isinstance(outcome, Done), outcome
    notes = tmp_path / "REHEARSAL.md"
    assert (notes.read_text() == "- 1: Say hello\n") if ref.startswith("builder") else not notes.exists()


def test_what_happens_is_told_in_order_and_the_tokens_are_summed(run):
    channel = Recorder()
    outcome = run(channel, shell("echo hello"), report())
    kinds = [kind for kind in channel.kinds() if kind != "text"]
    assert kinds == ["init", "usage", "tool_call", "tool_result", "usage", "result"]
    assert channel.text("text") == "I run it."
    assert channel.text("tool_result") == "exit 0\nhello\n"
    told = [event.data["output_tokens"] for event in channel.events if event.kind == "usage"]
    assert outcome.usage.output_tokens == sum(told)


def test_a_refused_tool_call_goes_back_to_the_model(run):
    channel = Recorder()
    run(channel, Turn(calls=(Call(tool="read_file", input={"path": "../x"}),)), report())
    answer = channel.saved[0][-1]["content"][0]
    assert answer["is_error"] is True
    assert "leaves the worktree" in answer["content"]


def test_an_unfit_report_is_asked_for_once_more(run):
    channel = Recorder()
    assert isinstance(run(channel, report(summary=""), report()), Done)
    assert "summary" in channel.saved[0][-1]["content"][0]["content"]


@pytest.mark.ledger("B8")
def test_a_report_that_stays_unfit_fails_the_dispatch(run):
    outcome = run(Recorder(), report(files="all of them"))
    assert isinstance(outcome, Failed)
    assert outcome.kind == "report_invalid"
    assert "files" in outcome.detail


def test_half_a_character_that_a_model_says_does_not_end_its_conversation(run):
    channel = Recorder()
    half = shell("echo hello").model_copy(update={"say": "Half: \ud800."})
    assert isinstance(run(channel, half, report()), Done)
    assert channel.text("text") == "Half: \ufffd." and "Half: \ufffd." in str(channel.saved[0])


def test_an_answer_that_nobody_can_read_is_asked_for_again_and_then_told(run):
    channel = Recorder()
    outcome = run(channel, report(summary="Half: \ud800."))
    assert (outcome.kind, channel.kinds().count("retry")) == ("garbled", 2)
    assert "The model's answer could not be read" in outcome.detail


def test_an_agent_that_never_reports_is_reminded_once(run):
    channel = Recorder()
    outcome = run(channel, Turn(say="I am done."))
    assert (outcome.kind, len(channel.saved)) == ("report_invalid", 2)


def test_a_call_that_was_cut_off_at_the_token_limit_is_not_carried_out(run, tmp_path):
    cut = Turn(calls=(Call(tool="write_file", input={"path": "half", "content": "ha"}),), stop_reason="max_tokens")
    assert isinstance(run(Recorder(), cut, report()), Done)
    assert not (tmp_path / "half").exists()


def test_a_model_that_declines_is_told_as_refused(run):
    assert run(Recorder(), Turn(say="I will not.", stop_reason="refusal")).kind == "refused"


def test_turns_are_limited(run):
    assert run(Recorder(), shell("true"), limits=Limits(turns=3)).kind == "turns"


def test_a_question_stops_the_dispatch_and_the_answer_resumes_it(run, server, tmp_path):
    channel = Recorder()
    question = Turn(
        calls=(
            Call(tool="ask_person", input={"question": "Blue or red?"}),
            Call(tool="shell", input={"command": "echo once >> log"}),
        )
    )
    asked = run(channel, question, report())
    assert isinstance(asked, NeedsDecision)
    assert asked.question == "Blue or red?"
    assert not (tmp_path / "log").exists()
    again = Recorder()
    work = assignment(tmp_path, server.start(), session=channel.saved[-1], answer="Blue.")
    assert isinstance(load("anthropic_api").run(work, again), Done)
    assert "Blue." in again.saved[0][-1]["content"][0]["content"]
    assert (tmp_path / "log").read_text() == "once\n"


def test_a_dispatch_goes_on_from_its_last_whole_turn(run, server, tmp_path):
    channel = Recorder()
    outcome = run(
        channel, shell("echo once >> log"), report(), faults=(Fault(kind="overloaded", times=9, ref="builder/1/2"),)
    )
    assert isinstance(outcome, Done)
    resumed = Recorder()
    work = assignment(tmp_path, server.start(), session=channel.saved[0])
    assert isinstance(load("anthropic_api").run(work, resumed), Done)
    assert (tmp_path / "log").read_text() == "once\n"


def test_a_rate_limit_is_no_failure_and_keeps_the_session(run):
    channel = Recorder()
    outcome = run(channel, faults=(Fault(kind="rate_limit", retry_after=7),))
    assert isinstance(outcome, RateLimited)
    assert outcome.retry_after == 7
    assert "retry" not in channel.kinds()


@pytest.mark.parametrize("kind", ["overloaded", "error", "cut", "end_early", "error_event"])
def test_a_passing_trouble_is_tried_again(run, kind):
    channel = Recorder()
    assert isinstance(run(channel, faults=(Fault(kind=kind, times=2),)), Done)
    assert channel.kinds().count("retry") == 2


@pytest.mark.parametrize(
    ("kind", "ended"),
    [("overloaded", RateLimited), ("error_event", RateLimited), ("error", "server"), ("cut", "network")],
)
def test_a_lasting_trouble_ends_the_dispatch_by_its_kind(run, kind, ended):
    outcome = run(Recorder(), faults=(Fault(kind=kind, times=3),))
    assert outcome.kind == ended if isinstance(ended, str) else isinstance(outcome, ended)


def test_what_a_broken_answer_cost_is_counted(run):
    whole = run(Recorder()).usage
    broken = run(Recorder(), faults=(Fault(kind="cut"),)).usage
    assert broken.input_tokens > whole.input_tokens


def test_a_refused_key_says_where_to_look_and_does_not_show_it(run):
    outcome = run(Recorder(), faults=(Fault(kind="authentication"),))
    assert outcome.kind == "authentication"
    assert "Check the API key" in outcome.detail


def test_a_server_that_is_not_there_is_a_network_failure(tmp_path):
    outcome = load("anthropic_api").run(assignment(tmp_path, "http://127.0.0.1:9"), Recorder())
    assert outcome.kind == "network"


def test_an_unknown_script_is_a_wrong_request(server, tmp_path):
    outcome = load("anthropic_api").run(assignment(tmp_path, server.start() + "/nowhere"), Recorder())
    assert (outcome.kind, "no rehearsal at" in outcome.detail) == ("request", True)


def test_a_silent_server_is_an_idle_time_out(run):
    outcome = run(Recorder(), faults=(Fault(kind="stall"),), limits=Limits(idle_seconds=0.3))
    assert isinstance(outcome, TimedOut)
    assert outcome.which == "idle"


def test_the_total_time_is_kept_while_a_command_runs(run):
    began = time.monotonic()
    outcome = run(Recorder(), shell("sleep 30"), limits=Limits(total_seconds=0.5))
    assert isinstance(outcome, TimedOut)
    assert outcome.which == "total"
    assert time.monotonic() - began < 20


def test_cancelling_ends_a_stream_within_a_moment(run):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    outcome = run(Recorder(lambda channel: stop.is_set()), faults=(Fault(kind="stall"),))
    assert isinstance(outcome, Cancelled)
    assert time.monotonic() - began < 10


def test_cancelling_ends_a_command_and_what_it_started(run, tmp_path):
    def told(channel: Recorder) -> bool:
        return (tmp_path / "begun").exists()

    script = "(sleep 1.5; echo late > late) & echo x > begun; sleep 30"
    assert isinstance(run(Recorder(told), shell(script)), Cancelled)
    time.sleep(1.6)
    assert not (tmp_path / "late").exists()


def test_without_a_server_nothing_is_tried(tmp_path):
    work = replace(assignment(tmp_path, "http://unused"), endpoint=None)
    assert load("anthropic_api").run(work, Recorder()).kind == "request"
