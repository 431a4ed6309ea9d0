"""The rehearsal's pure parts: which turn is played, and how it is put on the wire."""

from __future__ import annotations

import json

import pytest

from agents import briefs
from agents.exceptions import ScriptUnreadable
from agents.rehearsal import general, stream
from agents.rehearsal.script import Call, Scene, Script, Turn, load
from agents.rehearsal.server import read_ref
from tests.integration.agents.dispatching import VALUES


def scene(attempt: int) -> Scene:
    return Scene(role="builder", step="3", attempt=attempt, turn=(Turn(say="one"), Turn(say="two")))


def test_attempts_beyond_the_last_scripted_one_play_the_last():
    script = Script(scene=(scene(1), scene(2)))
    assert [script.find("builder", "3", attempt).attempt for attempt in (1, 2, 3)] == [1, 2, 2]


def test_a_step_or_role_without_a_scene_is_not_in_the_script():
    script = Script(scene=(scene(1),))
    assert script.find("builder", "4", 1) is None
    assert script.find("reviewer", "3", 1) is None


def test_turns_beyond_the_last_repeat_it():
    assert [scene(1).at(number).say for number in (0, 1, 2)] == ["one", "two", "two"]


def test_a_ref_is_read_whatever_the_step_is_called():
    assert read_ref("builder/a/b c/2") == ("builder", "a/b c", 2)


@pytest.mark.parametrize("ref", ["", "builder", "builder/1", "king/1/1", "builder//1", "builder/1/x"])
def test_what_is_no_ref_is_refused(ref):
    with pytest.raises(ValueError, match=r"metadata\.user_id"):
        read_ref(ref)


@pytest.mark.parametrize("text", ["scene = 3", "[[scene]]\nrole = 'king'", "not toml"])
def test_a_script_that_does_not_fit_is_named(tmp_path, text):
    (tmp_path / "one.toml").write_text(text)
    with pytest.raises(ScriptUnreadable, match=r"one\.toml"):
        load(tmp_path)


def test_the_general_builder_quotes_the_title_for_the_shell():
    brief = briefs.render("builder", {**VALUES, "key": "7", "title": "Don't $(stop) `now`"})
    command = general.turn("builder", "7", brief, 0).calls[0].input["command"]
    assert command == "printf '%s\\n' '- 7: Don'\"'\"'t $(stop) `now`' >> REHEARSAL.md"


def test_the_general_reviewer_gives_a_verdict_for_every_criterion_of_its_brief():
    brief = briefs.render("reviewer", {**VALUES, "criteria": ["a", "Criterion 9:\n```\nCriterion 10:", "c"]})
    report = general.turn("reviewer", "1", brief, 0).calls[0].input
    assert [verdict["criterion"] for verdict in report["criteria"]] == [1, 2, 3]


def test_a_streamed_message_adds_up_to_the_whole_one():
    turn = Turn(
        say="A longer sentence than one piece holds.", calls=(Call(tool="shell", input={"command": "x" * 999}),)
    )
    whole = stream.message(turn, {"messages": []}, 4)
    deltas = [data["delta"] for name, data in stream.events(whole) if name == "content_block_delta"]
    text = "".join(delta["text"] for delta in deltas if delta["type"] == "text_delta")
    given = "".join(delta["partial_json"] for delta in deltas if delta["type"] == "input_json_delta")
    assert text == whole["content"][0]["text"]
    assert json.loads(given) == whole["content"][1]["input"]
