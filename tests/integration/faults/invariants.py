"""What must hold after any fault, whatever happened: one function for every test."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings

from orchestrator import chain
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import is_dead
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE, MACHINES
from orchestrator.engine.store import KIND_OF, MODEL_OF
from orchestrator.models import Candidate, Dispatch, Event, Line, Run, RunStep, Workspace
from tests.repositories import git

FOLDERS = {"prepared", "clones", "hubs", "mirrors", "vault", "worktrees", "secret_key"}


TAKEN = "taken from the clone\n"
"""In user-managed mode, what the person wrote beside the engine."""


def assert_invariants(run: Run, checkout: str = "") -> None:
    """Everything that a run must keep. `checkout` is what `seen` said of the person's repository before."""
    _events_are_whole(run)
    _statuses_follow_from_events(run)
    _every_live_lease_has_a_living_holder(run)
    _no_step_was_done_twice(run)
    _worktrees_and_rows_are_each_others()
    _nothing_lies_elsewhere()
    if checkout:
        assert seen(Path(run.project.location)) == checkout


def seen(repository: Path) -> str:
    """The person's own checkout: branch, commit, index and files."""
    parts = [("symbolic-ref", "HEAD"), ("rev-parse", "HEAD"), ("ls-files", "--stage"), ("status", "--porcelain")]
    return "\n".join(git(repository, *part) for part in parts)


def _events_are_whole(run: Run) -> None:
    assert list(chain.verify()) == []
    seqs = list(Event.objects.filter(chain=run.pk).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


def _statuses_follow_from_events(run: Run) -> None:
    """Replayed from the log alone, each row's events join end to end and end where the row stands."""
    stood: dict[tuple[str, int], str] = {}
    for event in Event.objects.filter(chain=run.pk).order_by("seq"):
        body = json.loads(event.body)
        if "machine" not in body:
            continue
        key = body["machine"], body["id"]
        assert stood.get(key, body["from"]) == body["from"], event
        stood[key] = body["to"]
    for machine in MACHINES:
        model = MODEL_OF[KIND_OF[machine]]
        rows = model._default_manager.filter(**({"pk": run.pk} if machine == "run" else {"run": run.pk}))
        for id, status in rows.values_list("id", "status"):
            told = stood.get((machine, id))
            assert status == told if told else status in MACHINES[machine].initial, (machine, id, status, told)


def _every_live_lease_has_a_living_holder(run: Run) -> None:
    for row in Dispatch.objects.filter(run=run, status__in=sorted(LEASED_DISPATCH)):
        assert not is_dead(row.holder), row
    for row in Candidate.objects.filter(run=run, status__in=sorted(LIVE_CANDIDATE)):
        assert not is_dead(row.holder), row


def _no_step_was_done_twice(run: Run) -> None:
    ground, line = Ground.of(run.project), Line.objects.get(run=run)
    landed = set(RunStep.objects.filter(run=run).exclude(landed_oid="").values_list("landed_oid", flat=True))
    passed = RunStep.objects.filter(run=run, status__in=("passed", "waived")).count()
    commits = [made for made in ground.hub.log(line.forked_at, line.head_oid) if made.message != TAKEN]
    assert {commit.oid for commit in commits} == landed and len(commits) == passed
    assert ground.hub.ref(line.ref) == line.head_oid
    assert not ground.hub.git.run("for-each-ref", f"refs/signalbox/runs/{run.pk}/candidates/").text
    if line.publish_state == "published":
        assert line.published_oid == line.head_oid
        assert git(Path(run.project.location), "rev-parse", run.branch) == line.head_oid


def _worktrees_and_rows_are_each_others() -> None:
    folders = {str(path) for path in (Path(settings.DATA) / "worktrees").glob("*/*")}
    rows = dict(Workspace.objects.exclude(path=None).values_list("path", "status"))
    assert folders <= set(rows), folders - set(rows)
    assert {path for path, status in rows.items() if status in ("live", "held")} <= folders
    assert not folders & {path for path, status in rows.items() if status in ("saved", "removed")}


def _nothing_lies_elsewhere() -> None:
    assert {path.name for path in Path(settings.DATA).iterdir()} <= FOLDERS
