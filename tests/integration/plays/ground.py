"""The repository of all plays: a small package with tests, settings, a pipeline, a check of its own, and dead code."""

from __future__ import annotations

from pathlib import Path

from tests.integration.plays.play import Play
from tests.repositories import repository

BELLS = '''"""Bells."""


def small():
    return "ting"


def middle():
    return "tang"


def all_of_them():
    return [small(), middle()]
'''
TESTS = """import unittest

import bells


class Bells(unittest.TestCase):
    def test_small(self):
        self.assertEqual(bells.small(), "ting")

    def test_middle(self):
        self.assertEqual(bells.middle(), "tang")

    def test_all(self):
        self.assertEqual(len(bells.all_of_them()), 2)
        self.assertIn("ting", bells.all_of_them())
"""
OLD = '"""Bells of wood, no longer made."""\n\n\ndef wooden():\n    return "tock"\n'
OLD_TESTS = """import unittest

import old


class Wooden(unittest.TestCase):
    def test_wooden(self):
        self.assertEqual(old.wooden(), "tock")
"""
PYPROJECT = """[project]
name = "bells"
dependencies = ["chime>=1.0"]

[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.coverage.report]
fail_under = 90

[tool.ruff.lint]
select = ["E", "F"]
"""
FILES = {
    ".gitignore": "__pycache__/\n",
    "bells.py": BELLS,
    "old.py": OLD,
    "tests/__init__.py": "",
    "tests/test_bells.py": TESTS,
    "tests/test_old.py": OLD_TESTS,
    "pyproject.toml": PYPROJECT,
    "requirements.txt": "chime==1.0\n",
    "Makefile": "test:\n\tpython3 -m unittest -q\n",
    "check.sh": "set -e\npython3 -m unittest -q\ngrep -q Bells bells.py\n",
    "signalbox.toml": "[guards]\n",
    ".github/workflows/ci.yml": "on: push\n",
    "README.md": "# Bells\n\nA small bell and a middle one.\n",
    "docs/guide.md": "# Guide\n\nRing them.\n",
    "shop/prices.py": "SMALL = 3\n",
}


def plan_of(number: int) -> str:
    return f"plans/play-{number:02}.md"


def ground(folder: Path, plays: tuple[Play, ...]) -> Path:
    """The repository, with a plan for each play."""
    plans = {plan_of(number): play.asked.plan() for number, play in enumerate(plays)}
    return repository(folder, FILES | plans, plan=None)
