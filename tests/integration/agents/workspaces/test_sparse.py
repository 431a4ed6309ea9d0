"""Worktrees of a part of a repository: what is not there is unchanged, and whatever is put there counts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.sandbox import Jail, run
from agents.workspaces.pool import Pool
from agents.workspaces.sparse import cone_of
from agents.workspaces.worktrees import Worktrees
from tests.repositories import git

FILES = {
    "services/README": b"all\n",
    "services/api/main.py": b"api\n",
    "services/api/deep/er.py": b"deep\n",
    "services/web/main.js": b"web\n",
    "libs/one/x": b"1\n",
    "odd [a]*\\b/x": b"odd\n",
    "odd [a]*\\b c/x": b"not odd\n",
}


@pytest.fixture
def large(place) -> str:
    return place.commit(dict(FILES))


def files_of(path) -> set[str]:
    found = (file.relative_to(path) for file in path.rglob("*") if not file.is_dir())
    return {str(file) for file in found} - {".git"}


TOP = {"PLAN.md", "a.txt", "bells.py", "tool.sh"}


def test_it_holds_its_folders_and_what_lies_beside_the_way_to_them(place, large):
    path = place.worktrees.add(large, "w", ("services/api",))
    assert files_of(path) == TOP | {"services/README", "services/api/main.py", "services/api/deep/er.py"}
    assert place.worktrees.cone(path) == ("services/api",)
    assert git(path, "status", "--porcelain") == ""
    assert git(path, "show", "HEAD:libs/one/x") == "1"
    assert place.worktrees.tree_state(path) == place.hub.tree_of(large)


def test_names_that_look_like_patterns_are_names(place, large):
    path = place.worktrees.add(large, "w", ("odd [a]*\\b",))
    assert files_of(path) == TOP | {"odd [a]*\\b/x"}
    assert place.worktrees.tree_state(path) == place.hub.tree_of(large)


def test_a_snapshot_has_what_was_done_inside_and_outside_and_loses_nothing_that_was_not_there(place, large):
    path = place.worktrees.add(large, "w", ("services/api",))
    (path / "services/api/main.py").write_text("new\n")
    (path / "services/api/deep/er.py").unlink()
    (path / "services/README").unlink()
    (path / "services/web").mkdir()
    (path / "services/web/other.js").write_text("added beside what is not there\n")
    (path / "libs/one").mkdir(parents=True)
    (path / "libs/one/x").write_text("written over what is not there\n")
    found = place.snapshot(path, large)
    changed = {change.path: change.status for change in place.hub.changed_files(large, found.commit)}
    assert changed == {
        "services/api/main.py": "M", "services/api/deep/er.py": "D", "services/README": "D",
        "services/web/other.js": "A", "libs/one/x": "M",
    }  # fmt: skip


def test_what_is_put_in_the_place_of_a_folder_that_is_not_there_is_seen(place, large, tmp_path):
    path = place.worktrees.add(large, "w", ("services/api",))
    (path / "libs").symlink_to(tmp_path)
    (path / "services/web").write_text("a file now\n")
    found = place.snapshot(path, large)
    changed = {change.path: change.status for change in place.hub.changed_files(large, found.commit)}
    assert changed == {"libs": "A", "libs/one/x": "D", "services/web": "A", "services/web/main.js": "D"}


def test_bits_that_somebody_sets_in_its_index_hide_nothing(place, large):
    path = place.worktrees.add(large, "w", ("services/api",))
    (path / "services/api/main.py").unlink()
    git(path, "update-index", "--skip-worktree", "services/api/main.py")
    (path / ".git").write_text("gitdir: /nowhere\n")
    found = place.snapshot(path, large)
    assert [change.path for change in place.hub.changed_files(large, found.commit)] == ["services/api/main.py"]


def test_it_can_be_made_to_hold_more_less_or_all(place, large):
    path = place.worktrees.add(large, "w", ("services/api",))
    for cone, there in (
        (("libs", "services/web"), {"libs/one/x", "services/web/main.js", "services/README"}),
        ((), set(FILES)),
    ):
        place.worktrees.show(path, cone)
        assert (files_of(path), place.worktrees.cone(path)) == (TOP | there, cone)
        assert git(path, "status", "--porcelain") == ""
        assert place.worktrees.tree_state(path) == place.hub.tree_of(large)


def test_a_folder_that_is_not_in_the_commit_is_no_error(place, large):
    assert files_of(place.worktrees.add(large, "w", ("services/none",))) == TOP | {"services/README"}


def test_what_the_vault_keeps_of_it_is_the_whole_tree(place, large):
    path = place.worktrees.add(large, "w", ("services/api",))
    (path / "libs").mkdir()
    (path / "libs/new").write_text("x")
    kept = place.worktrees.keep(path, place.vault, "run-1", large)
    place.worktrees.remove(path, place.vault, kept)
    again = place.worktrees.restore(place.vault, kept, "again")
    assert files_of(again) == TOP | set(FILES) | {"libs/new"}


def test_an_agent_in_its_jail_reads_by_git_what_is_not_there(place, large):
    path = place.worktrees.add(large, "w", ("services/api",))
    mirror = place.worktrees.mirror.path
    done = run(
        ["sh", "-c", "git status --porcelain; git show HEAD:libs/one/x; ls"],
        Jail("agent", path, writable=True, readable=(mirror,)),
    )
    assert done.output.decode().split() == ["1", *sorted({"services", *TOP})]


def test_one_that_was_made_ahead_holds_the_part_that_was_wanted(place, large):
    pool = Pool(place.worktrees)
    (path,) = pool.fill({large: ("libs",)}, lambda: ())
    assert files_of(path) == TOP | {"libs/one/x"} and pool.ready(large) == [path]


NAMES = st.sampled_from(["a", "b", "a b", "[a]", "*", "\\", "!a", "#", "-", "é", "a.b"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(st.sets(PATHS, min_size=1, max_size=8), st.sets(PATHS, min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_and_we_agree_on_what_is_outside(place, files, wanted):
    commit = place.commit({f"{name}/file": b"x" for name in files})
    path = place.worktrees.add(commit, "w", cone_of(wanted))
    assert place.worktrees.tree_state(path) == place.hub.tree_of(commit)
    inside = {name for name in files if any(f"{name}/".startswith(f"{folder}/") for folder in wanted)}
    assert {f"{name}/file" for name in inside} <= files_of(path)


@pytest.mark.parametrize(
    ("folders", "cone"),
    [
        (["b/c", "a", "b"], ("a", "b")),
        (["a/", "./b//c"], ("a", "b/c")),
        (["a", "."], ()),
        (["a\nb", "c"], ("c",)),
        (["/etc", "../up", "a/../b", "c"], ("c",)),
        ([], ()),
    ],
)
def test_a_part_has_no_folder_within_another(folders, cone):
    assert cone_of(folders) == cone


def test_whoever_waits_for_many_files_is_told_how_far_they_are(place):
    many = place.commit({f"many/file{n}": b"x" for n in range(300)})
    told: list[tuple[int, int]] = []
    Worktrees(place.worktrees.mirror, place.worktrees.root, progress_seconds=0).add(
        many, "w", heard=lambda there, of: told.append((there, of))
    )
    assert told == sorted(told) and len(told) > 10 and told[-1] == (304, 304)
