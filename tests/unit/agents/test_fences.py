"""What a fence refuses by name, and which mounts it asks for."""

from __future__ import annotations

import pytest

from agents.sandbox import RULES, Fence

pytestmark = pytest.mark.ledger("X6")


@pytest.mark.parametrize(
    "path",
    [
        "signalbox.toml", ".github/workflows/ci.yml", ".claude/agents/builder.md", "agents/reviewer.md", ".envrc",
        ".gitattributes", "sub/.gitattributes", ".husky/pre-commit", "Jenkinsfile", ".circleci/config.yml",
    ],
)  # fmt: skip
def test_the_files_that_make_the_rules_are_closed(path):
    assert Fence(closed=RULES).refuses(path)


@pytest.mark.parametrize("path", ["src/app.py", "agents/base.py", "docs/github.md", "signalbox.toml.md", "README.md"])
def test_all_else_is_open(path):
    assert not Fence(closed=RULES).refuses(path)


def test_where_globs_are_open_all_else_is_closed():
    fence = Fence(closed=("src/generated/**",), open=("src/**", "docs/guide.md"))
    assert [fence.refuses(path) for path in ("src/a.py", "src/deep/b.py", "docs/guide.md")] == [False] * 3
    assert [fence.refuses(path) for path in ("a.py", "docs/other.md", "src/generated/c.py")] == [True] * 3


@pytest.fixture
def tree(tmp_path):
    for name in ("src/deep", "src/generated", "docs/images", "tests"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "signalbox.toml").touch()
    (tmp_path / "outside").symlink_to("/etc")
    return tmp_path


@pytest.mark.parametrize(
    ("fence", "mounts"),
    [
        (Fence(), {"": True}),
        (Fence(closed=("signalbox.toml", "none.toml")), {"": True, "signalbox.toml": False}),
        (Fence(open=("src/**",)), {"": False, "src": True}),
        (Fence(open=("src",)), {"": False, "src": True}),
        (Fence(open=("src/new/part/**",)), {"": False, "src": True}),
        (Fence(open=("docs/guide.md",)), {"": False, "docs": True, "docs/images": False}),
        (Fence(open=("docs/*.md", "docs/images/a.png")), {"": False, "docs": True, "docs/images": True}),
        (Fence(open=("src/**",), closed=("src/generated",)), {"": False, "src": True, "src/generated": False}),
        (Fence(open=("README.md",)), {"": True, "docs": False, "src": False, "tests": False}),
        (Fence(open=("**/*.py",)), {"": True}),
    ],
)
def test_a_fence_is_the_mounts_of_what_exists(tree, fence, mounts):
    assert fence.mounts(tree) == mounts


def test_no_glob_climbs_or_follows_a_link(tree):
    assert Fence(open=("../x/**", "outside/passwd"), closed=("../*", "outside", "outside/passwd")).mounts(tree) == {
        "": True
    }
