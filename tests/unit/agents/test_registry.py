"""Agent definitions and runners by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agents import runners
from agents.exceptions import DefinitionUnreadable, UnknownRunner
from agents.registry import builtin, definition, parse
from agents.tools import ASK, TOOLS

TEXT = "---\nname: n\nrole: builder\ndescription: d\nmodel: m\ntools: shell, search\n---\nBe good.\n"


@pytest.mark.parametrize("role", ["builder", "reviewer", "verifier"])
def test_every_role_has_a_definition_with_known_tools(role):
    found = definition(role)
    assert found.role == role
    assert set(found.tools) <= {*TOOLS, ASK}
    assert found.body


def test_only_those_who_build_have_tools_that_write():
    writers = {one.role for one in builtin().values() if any(TOOLS[tool].writes for tool in one.tools if tool in TOOLS)}
    assert writers == {"builder"}


def test_a_definition_is_read():
    found = parse(TEXT, "n.md")
    assert (found.name, found.tools, found.body) == ("n", ("shell", "search"), "Be good.")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Be good.", "n.md:1"),
        (TEXT.replace("model: m", "modell: m"), "n.md:5"),
        (TEXT.replace("model: m\n", ""), "n.md:6: add model"),
        (TEXT.replace("role: builder", "role: king"), "“king” is no role"),
    ],
)
def test_a_definition_that_does_not_parse_is_named_with_its_line(text, place):
    with pytest.raises(DefinitionUnreadable, match=place):
        parse(text, "n.md")


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
