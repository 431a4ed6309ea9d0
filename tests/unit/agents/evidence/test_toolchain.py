"""The tool chain comes from the project's own files where the plan has no table."""

from __future__ import annotations

import pytest

from agents.evidence.toolchain import detect


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        ({}, []),
        ({"README.md": b"test:\n"}, []),
        ({"pyproject.toml": b"[project]\nname='x'\n"}, ["python3 -m unittest"]),
        (
            {"pyproject.toml": b"[tool.ruff]\n[tool.mypy]\n[tool.pytest.ini_options]\n"},
            ["python3 -m pytest", "ruff check .", "mypy ."],
        ),
        ({"pyproject.toml": b"[tool.ruff"}, []),
        (
            {"package.json": b'{"scripts": {"lint": "eslint", "build": "vite", "test": "vitest"}}'},
            ["npm run test", "npm run lint", "npm run build"],
        ),
        ({"package.json": b'{"scripts": []}'}, []),
        ({"package.json": b"\xff{"}, []),
        ({"Makefile": b"X := 1\ntest: build\n\tx\nbuild:\n\ty\n"}, ["make test", "make build"]),
        ({"Makefile": b"test:\n", "pyproject.toml": b"[tool.ruff]\n"}, ["make test", "ruff check ."]),
        ({"go.mod": b"module x\n"}, ["go test ./...", "go vet ./...", "go build ./..."]),
        ({"Cargo.toml": b""}, ["cargo test", "cargo clippy -- -D warnings", "cargo build"]),
    ],
)
def test_each_manifest_names_its_commands(files, commands):
    assert [tool.command for tool in detect(files)] == commands
