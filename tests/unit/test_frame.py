"""What the repository says about itself is so: names in the environment, links, targets and commands."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import load_command_class

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE, COMPOSE_ALONE = (ROOT / ".env.example").read_text(encoding="utf-8").split("# == Read by docker-compose.yml")
OF_THE_DATABASE_IMAGE = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def commands() -> list[str]:
    return sorted(path.stem for path in (ROOT / "orchestrator/management/commands").glob("[!_]*.py"))


def listed(text: str) -> set[str]:
    return set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def read_by_the_code() -> set[str]:
    """Names given to `env.<type>(…)` and `secret(…)`; a secret can also be read from a file."""
    found = set()
    for path in (ROOT / "orchestrator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name, called = node.args[0].value, ast.unparse(node.func)
            if called == "secret":
                found |= {name, f"{name}_FILE"}
            elif called.startswith("env.") and called != "env.read_env":
                found.add(name)
    return found


def test_the_environment_example_lists_exactly_the_names_that_the_code_reads():
    assert listed(EXAMPLE) == read_by_the_code()


def test_the_compose_file_sets_only_names_that_somebody_reads():
    given = set(re.findall(r"^\s+([A-Z][A-Z0-9_]+):", COMPOSE, re.MULTILINE))
    assert given - OF_THE_DATABASE_IMAGE <= read_by_the_code()


def test_the_compose_file_asks_only_for_names_of_the_environment_example():
    asked = set(re.findall(r"\$\{([A-Z][A-Z0-9_]+)", COMPOSE))
    assert asked <= listed(EXAMPLE) | listed(COMPOSE_ALONE)
    assert listed(COMPOSE_ALONE) <= asked


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_compose_itself_accepts_the_file():
    asked = subprocess.run(
        ["docker-compose", "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "POSTGRES_PASSWORD": "x"}, capture_output=True, text=True,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page):
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_target_that_a_page_names_is_in_the_makefile(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z]+)`", page.read_text(encoding="utf-8"))) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page):
    ours = set(commands())
    named = set(re.findall(r"manage\.py ([a-z][a-z-]+)", page.read_text(encoding="utf-8")))
    assert named <= ours | {"plan", "migrate", "createsuperuser"}


@pytest.mark.parametrize("command", commands())
def test_every_command_has_its_place_on_the_page_about_them(command):
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    parser = load_command_class("orchestrator", command).create_parser("manage.py", command)
    groups = parser._subparsers._group_actions if parser._subparsers else []
    actions = [name for group in groups for name in group.choices]
    assert [name for name in actions or [""] if f"`{command} {name}".rstrip() not in page] == []
