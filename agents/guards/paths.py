"""What a path is for: tables of globs. One that begins with `/` fits at the top alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from agents.configuration.matching import path_fits

CI = (
    ".github/workflows/**", ".github/actions/**", ".gitlab-ci.yml", ".gitlab/ci/**", ".circleci/**", ".buildkite/**",
    "azure-pipelines*.yml", ".azure-pipelines/**", "/Jenkinsfile*", ".travis.yml", ".drone.yml", "/appveyor.yml",
    "bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker/**", "cloudbuild.yaml", "/tox.ini", "/noxfile.py",
)  # fmt: skip
DEFINES_RULES = (
    "/signalbox.toml", ".claude/**", ".cursor/agents/**", ".cursor/rules/**", "/agents/*.md",
)  # fmt: skip
RUNS_BY_ITSELF = (
    ".husky/**", ".githooks/**", ".pre-commit-config.yaml", "lefthook.yml", ".lefthook.yml",
    ".envrc", ".vscode/tasks.json", ".vscode/launch.json", ".vscode/settings.json", ".devcontainer/**",
    ".idea/runConfigurations/**", ".gitattributes", ".gitmodules", ".gitconfig",
)  # fmt: skip
LINT = (
    ".eslintrc*", "eslint.config.*", ".eslintignore", "ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pylintrc",
    "mypy.ini", ".mypy.ini", "pyrightconfig.json", ".golangci.y*ml", ".golangci.toml", "clippy.toml", ".clippy.toml",
    "biome.json*", ".stylelintrc*", "tsconfig*.json", ".prettierignore", ".rubocop.yml",
)  # fmt: skip
TEST_SETUP = (
    "pytest.ini", ".pytest.ini", "conftest.py", "jest.config.*", "vitest.config.*", "vitest.workspace.*", ".mocharc*",
    "karma.conf.*", "playwright.config.*", ".coveragerc", ".nycrc*", "codecov.yml", ".codecov.yml",
)  # fmt: skip
MIXED = ("pyproject.toml", "setup.cfg", "tox.ini", "package.json", "vite.config.*", "Cargo.toml")
"""Files that hold settings of tests and linters beside others."""
MARKDOWN = ("*.md", "*.mdx", "*.markdown", "*.rst", "*.adoc")


_GLOB = frozenset("*?[")


def fits(path: str, globs: tuple[str, ...]) -> bool:
    """Whether a path is one of a table's. A glob with `/` begins at the top, another fits the name in any folder."""
    return _compiled(globs).match(path) is not None


def declared(path: str, names: Iterable[str]) -> bool:
    """Whether exactly this path is named, and not only a folder or glob around it."""
    return any(path == name.removeprefix("./") for name in names)


def covered(path: str, names: Iterable[str]) -> bool:
    """Whether a path is named, or lies in a folder or glob that is."""
    return any(_covers(name.removeprefix("./"), path) for name in names if name)


def _covers(name: str, path: str) -> bool:
    return (
        path == name or path.startswith(f"{name.rstrip('/')}/") or (bool(_GLOB & set(name)) and path_fits(path, name))
    )


@cache
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_expression, globs)))


def _expression(glob: str) -> str:
    """Our own tables only: a glob that a repository gives is never made a regular expression."""
    begin = "" if "/" in glob else "(?:.*/)?"
    body = re.escape(glob.removeprefix("/")).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return rf"(?:{begin}{body})\Z"
