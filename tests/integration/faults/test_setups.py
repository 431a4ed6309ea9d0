"""A worker is killed while it sets up, or is slow at it: no half result is ever shown, and nothing is made twice."""

from __future__ import annotations

import threading

import pytest

from agents.preparing import Recipe, Store, about
from orchestrator import failpoints
from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, Setup
from tests.integration.faults.stage import Stage, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X14", "X16")]

FILES = {
    "signalbox.toml": '[setup]\ncommands = ["mkdir .tools; for n in 1 2 3; do echo $n >> .tools/n; done"]\n',
    ".gitignore": ".tools/\n",
}


@pytest.mark.parametrize("name", failpoints.SETUPS)
def test_the_next_worker_sets_up_whole_after_one_was_killed_at(name, tmp_path, data):
    stage = Stage(tmp_path, files=FILES)
    assert stage.killed(name)
    stage.play()
    stage.assert_done()
    store = Ground.of(stage.hand.project).store
    ((made, _),) = store.all()
    assert (made.folder / ".tools" / "n").read_text() == "1\n2\n3\n"
    assert sorted(row.outcome for row in Setup.objects.all()) == (
        ["made", "stopped"] if name != "after_setup_kept" else ["stopped"]
    )
    assert not [path.name for path in store.root.iterdir() if path.name.startswith(".")]


def test_two_that_want_the_same_make_it_once_and_the_second_says_for_whom_it_waits(tmp_path):
    store, order, told = Store(tmp_path / "prepared"), [], []
    first, second = threading.Event(), threading.Event()

    def make(name: str, begun: threading.Event, go_on: threading.Event) -> None:
        with store.claim("k", name, lambda owner: bool(told.append(owner))):
            begun.set()
            order.append(name)
            assert go_on.wait(10)
            if store.find("k") is None:
                store.put(about("k", "0" * 40, Recipe(("x",)), {}), lambda folder: ())
                order.append(f"{name} made it")

    one = threading.Thread(target=make, args=("one", first, second))
    one.start()
    assert first.wait(10) and store.is_claimed("k")
    two = threading.Thread(target=make, args=("two", threading.Event(), second))
    two.start()
    until(lambda: told)
    second.set()
    one.join(10)
    two.join(10)
    assert order == ["one", "one made it", "two"] and set(told) == {"one"}
    assert not store.is_claimed("k")


def test_a_dispatch_that_is_paused_while_it_is_set_up_goes_back_to_the_queue(tmp_path, data):
    files = FILES | {"signalbox.toml": '[setup]\ncommands = ["echo begun; sleep 60"]\n'}
    stage = Stage(tmp_path, files=files)
    worker = stage.worker()
    until(lambda: Setup.objects.filter(log__contains="begun").exists())
    from orchestrator.actions import runs

    runs.pause(stage.run, stage.hand.actor)
    assert stage.end_of(worker) == 0
    assert Setup.objects.get().outcome == "stopped"
    assert Dispatch.objects.get().status == "queued"
    stage.run.refresh_from_db()
    assert stage.run.status == "paused"
    assert not list((stage.data / "worktrees").glob("*/*"))
