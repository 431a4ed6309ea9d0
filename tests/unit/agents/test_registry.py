"""Agent definitions and runners by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agents import runners
from agents.exceptions import DefinitionUnreadable, UnknownRunner
from agents.registry import MODELS, builtin, definition
from agents.tools import ASK, TOOLS

BY_SOURCE = [
    *("plan-keeper", "db-architect", "fastapi-engineer", "realtime-engineer", "svelte-engineer", "test-author"),
    *("builder", "reviewer", "verifier", "architect", "debugger", "security-reviewer", "researcher", "tester"),
    *("validator", "phase-orchestrator", "rust-developer", "database-expert", "schema-architect"),
]
BY_MODEL = [
    *((name, "opus") for name in ("builder", "architect", "debugger", "security-reviewer")),
    *((name, "sonnet") for name in ("researcher", "reviewer", "tester")),
    ("validator", "haiku"),
]


@pytest.mark.parametrize("role", ["builder", "reviewer", "verifier"])
def test_every_role_has_a_definition_with_known_tools(role):
    found = definition(role)
    assert found.role == role
    assert set(found.tools) <= {*TOOLS, ASK}
    assert found.body


def test_only_those_who_build_have_tools_that_write():
    writers = {one.role for one in builtin().values() if any(TOOLS[tool].writes for tool in one.tools if tool in TOOLS)}
    assert writers == {"builder"}


def test_our_own_definitions_are_read_without_the_yaml_library():
    code = "import sys; from agents.registry import builtin; builtin(); sys.exit('ruamel.yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", BY_SOURCE)
def test_every_agent_that_a_source_names_is_built_in(name):
    found = definition(name)
    assert found.description and found.body and found.model in MODELS.values()


@pytest.mark.parametrize(("name", "model"), BY_MODEL)
def test_the_delegated_agents_have_the_models_of_their_source(name, model):
    assert definition(name).model == MODELS[model]


def test_an_unknown_agent_or_runner_is_refused_with_the_choice():
    with pytest.raises(DefinitionUnreadable, match="builder"):
        definition("juggler")
    with pytest.raises(UnknownRunner, match="anthropic_api"):
        runners.load("carrier-pigeon")


def test_a_person_is_no_program():
    assert runners.capabilities("person").path is None
    with pytest.raises(UnknownRunner, match="person"):
        runners.load("person")


def test_naming_the_runners_does_not_load_the_sdk():
    code = "import sys, agents.runners, agents.loop, agents.rehearsal; sys.exit('anthropic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
