"""Who builds a step: the plan's word, the rubric, the builder; and when an approval is stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents import configuration, registry
from orchestrator.engine.compile import Crew, compile_plan, stopping
from orchestrator.engine.definitions import Definitions
from orchestrator.engine.policy import load_policy
from orchestrator.engine.staffing import model_of, post_of, staff

PAINTER = b"---\nname: painter\ndescription: d\nmodel: haiku\n---\nPaint.\n"
RUBRIC = b"""[[agents.rubric]]
agent = "painter"
titles = ["wall"]
[[agents.rubric]]
agent = "db-architect"
paths = ["db/**"]
[[agents.rubric]]
agent = "nobody"
kinds = ["odd"]
"""
POLICY = load_policy("blueprint").with_runner("anthropic_api")


def definitions(toml: bytes | None = RUBRIC, guidelines: tuple[str, ...] = (), **files: bytes) -> Definitions:
    found = {f".claude/agents/{name}.md": data for name, data in {"painter": PAINTER, **files}.items()}
    return Definitions(registry.load(found), configuration.read(toml), dict.fromkeys(guidelines, "1"), "")


def step(owner: str | None = None, title: str = "A step", key: str = "1", **more):
    return {
        "key": key, "title": title, "owner": owner, "files": [], "kind": "code", "line": 7, "done": False, "checks": [],
        "depends_on": [], "criteria": [], "group": None, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "agent", "because"),
    [
        (step(), "builder", ""),
        (step("painter"), "painter", "named in line 7 of the plan"),
        (step("Painter"), "painter", "named in line 7 of the plan"),
        (step("debugger", "The wall"), "debugger", "named in line 7 of the plan"),
        (step(title="Paint the Wall"), "painter", "by the rubric, signalbox.toml:2"),
        (step(files=["db/x.sql"]), "db-architect", "by the rubric, signalbox.toml:5"),
        (step("Team Blue", "Paint the wall"), "painter", "by the rubric, signalbox.toml:2"),
    ],
)
def test_the_plan_decides_then_the_rubric_then_the_builder(given, agent, because):
    post = post_of(given, definitions(), "PLAN.md")
    assert (post.agent, post.because) == (agent, because)


@pytest.mark.parametrize(
    ("given", "place", "level", "code"),
    [
        (step("Team Blue"), "PLAN.md:7", "warning", "unknown-agent"),
        (step("verifier"), "PLAN.md:7", "warning", "unknown-agent"),
        (step("broken"), ".claude/agents/broken.md:1", "error", "no-frontmatter"),
        (step(kind="odd"), "signalbox.toml:8", "error", "unknown-agent"),
        (step(title="wall", files=["db/x"]), "signalbox.toml:2", "error", "doubly-mapped"),
    ],
)
def test_whoever_cannot_be_found_is_named_with_file_and_line(given, place, level, code):
    post = post_of(given, definitions(broken=b"nothing"), "PLAN.md")
    assert post.agent == "builder" and post.problem
    assert (f"{post.problem.path}:{post.problem.line}", post.problem.level, post.problem.code) == (place, level, code)


@pytest.mark.parametrize(("given", "code"), [(step("Team Blue"), "unknown-agent"), (step(), "no-agent")])
def test_where_the_profile_requires_owners_a_step_without_one_stops_the_approval(given, code):
    policy = replace(POLICY, owners="require")
    found = staff([given], policy, definitions(), "PLAN.md")
    assert [(one["path"], one["line"], one["level"], one["code"]) for one in found.problems] == [
        ("PLAN.md", 7, "error", code)
    ]
    assert stopping(found.problems, compile_plan([given], policy).as_dict())


def test_only_the_steps_that_are_chosen_stop_an_approval():
    steps = [step(key="1"), step("broken", key="2")]
    found = staff(steps, POLICY, definitions(broken=b"nothing"), "PLAN.md")
    assert stopping(found.problems, compile_plan(steps, POLICY, "2").as_dict())
    assert not stopping(found.problems, compile_plan(steps, POLICY, "1").as_dict())


def test_a_broken_definition_that_nobody_names_stops_nothing_but_a_roles_own_does():
    assert staff([step()], POLICY, definitions(broken=b"nothing"), "PLAN.md").problems == []
    (problem,) = staff([step()], POLICY, definitions(reviewer=b"nothing"), "PLAN.md").problems
    assert (problem["path"], problem["level"], problem["step"]) == (".claude/agents/reviewer.md", "error", "")


def test_a_guideline_file_that_is_not_in_the_commit_stops_whoever_reads_it():
    toml = b"[agents.guidelines]\n'*' = ['A.md']\npainter = [\n 'B.md#One',\n]\ntester = ['C.md']"
    found = staff([step("painter")], POLICY, definitions(toml, ("A.md",)), "PLAN.md")
    assert [(one["path"], one["line"], one["code"]) for one in found.problems] == [
        ("signalbox.toml", 4, "missing-guideline")
    ]
    assert found.guidelines == {"A.md": "1"}
    assert found.agents["painter"]["guidelines"] == ["A.md", "B.md#One"]


def test_what_is_frozen_is_all_that_a_dispatch_uses():
    found = staff([step("painter"), step(key="2", done=True, owner="tester")], POLICY, definitions(), "PLAN.md")
    assert sorted(found.agents) == ["builder", "painter", "reviewer", "verifier"]
    painter = found.agents["painter"]
    assert painter["model"] == "claude-haiku-5-5" and painter["system"].startswith("Paint.")
    assert painter["origin"] == ".claude/agents/painter.md:2"


def test_a_person_who_builds_needs_no_agent():
    policy = load_policy("blueprint").with_runner("person")
    found = staff([step("Team Blue")], policy, definitions(), "PLAN.md")
    assert (dict(found.agents), list(found.problems)) == ({}, [])


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("painter", "claude-haiku-5-5"),
        ("builder", "claude-sonnet-5-5"),
        ("architect", "claude-opus-5-5"),
        ("plain", "claude-sonnet-5-5"),
    ],
)
def test_a_repositorys_definition_chooses_its_model_then_the_profile_then_the_built_in(name, model):
    plain = PAINTER.replace(b"painter", b"plain").replace(b"haiku", b"inherit")
    assert model_of(definitions(plain=plain).registry.find(name), POLICY) == model


def test_the_dispatch_plan_shows_who_builds_and_with_which_model():
    crew = Crew({"1": ("painter", "because")}, {"painter": "m1", "reviewer": "m2"})
    (planned,) = compile_plan([step()], POLICY, "", crew).steps
    assert (planned.builder, planned.because) == ("painter", "because")
    assert planned.agents == {"build": "painter · anthropic_api · m1", "review": "anthropic_api · m2"}
