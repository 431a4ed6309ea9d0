"""A repository at a URL, over git's real protocol: fetched, read, published to, never forced."""

from __future__ import annotations

import os

import pytest

from agents.exceptions import AddressRefused, NoSuchBranch, Unreachable
from agents.workspaces.remote import Remote
from agents.workspaces.types import Published, Refused
from tests.forge import forge
from tests.repositories import git

HERE = ("127.0.0.1",)


@pytest.fixture
def bare(place, tmp_path):
    (tmp_path / "forge").mkdir()
    path = tmp_path / "forge" / "bells.git"
    git(tmp_path, "clone", "-q", "--bare", str(place.source), str(path))
    return path


@pytest.fixture
def address(bare):
    with forge(bare.parent) as base:
        yield f"{base}/bells.git"


@pytest.fixture
def remote(place, address):
    return Remote.at(address, place.hub, HERE)


def test_branches_and_the_default_one_are_told(place, remote):
    assert remote.default_branch() == "main"
    assert dict(remote.tips()) == {"main": place.start}


def test_a_branch_is_fetched_anew_only_when_it_may_have_moved(place, bare, remote):
    assert remote.fetch("main") == place.start
    git(place.source, "commit", "-q", "--allow-empty", "-m", "second")
    git(place.source, "push", "-q", str(bare), "main")
    assert remote.fetch("main", max_age=60) == place.start
    assert remote.fetch("main") == git(place.source, "rev-parse", "main")


def test_an_unknown_branch_and_an_unknown_repository_are_told(place, remote, address):
    with pytest.raises(NoSuchBranch, match="no branch 'absent'"):
        remote.fetch("absent")
    with pytest.raises(Unreachable, match="cannot be used"):
        Remote.at(address.replace("bells", "absent"), place.hub, HERE).tips()


def test_a_private_address_is_refused_before_anything_is_sent(place, address):
    with pytest.raises(AddressRefused, match="private network"):
        Remote.at(address, place.hub).tips()


def test_a_redirect_is_not_followed(place, bare, address):
    with forge(bare.parent, moved_to=address.removesuffix("/bells.git")) as detour, pytest.raises(Unreachable):
        Remote.at(f"{detour}/bells.git", place.hub, HERE).tips()


def test_our_branch_is_made_and_moved_there(place, bare, remote):
    first = place.commit({"b.txt": b"1"})
    assert remote.publish("run/bells", first, None) == Published(first)
    second = place.commit({"b.txt": b"2"}, parent=first)
    assert remote.publish("run/bells", second, first) == Published(second)
    assert remote.publish("run/bells", second, first) == Published(second)
    assert git(bare, "rev-parse", "run/bells") == second


def test_a_branch_that_others_moved_or_deleted_is_left_alone(place, bare, remote):
    ours = place.commit({"b.txt": b"1"})
    refused = remote.publish("main", ours, None)
    assert isinstance(refused, Refused)
    assert "not ours" in refused.reason
    assert git(bare, "rev-parse", "main") == place.start
    remote.publish("run/bells", ours, None)
    git(bare, "update-ref", "-d", "refs/heads/run/bells")
    refused = remote.publish("run/bells", place.commit({"c": b"1"}, parent=ours), ours)
    assert isinstance(refused, Refused)
    assert "deleted" in refused.reason


def test_what_the_forge_refuses_is_told_with_a_way_on(place, bare, remote):
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no pushes on Fridays' >&2\nexit 1\n")
    hook.chmod(0o755)
    refused = remote.publish("run/bells", place.commit({"b.txt": b"1"}), None)
    assert isinstance(refused, Refused)
    assert "declined" in refused.reason or "Fridays" in refused.reason
    assert refused.mend.startswith("To push it yourself: git -C ")


def test_files_that_can_be_plans_are_laid_out_without_links(place, remote):
    link = place.hub.git.run("hash-object", "-w", "--stdin", stdin=b"/etc/passwd").text
    index = place.hub.with_files(place.hub.tree_of(place.start), {"docs/plan.md": b"# Plan\n", "x.py": b"1\n"})
    listed = place.hub.git.run("ls-tree", "-z", index).out + f"120000 blob {link}\tevil.md\0".encode()
    tree = place.hub.git.run("mktree", "-z", stdin=listed).text
    with remote.laid_out(tree) as folder:
        found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        assert (folder / "docs/plan.md").read_bytes() == b"# Plan\n"
        assert not os.path.lexists(folder / "evil.md")
    assert found == ["PLAN.md", "a.txt", "docs/plan.md"]
    assert not folder.exists()
