"""Make worktrees of a run ready for work: run its setup once for the same files, then furnish each with the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.evidence.fingerprint import environment_sha256
from agents.exceptions import SandboxUnavailable, SetupFailed
from agents.preparing import Made, Recipe, about, copy_files, furnish, key_of, make, programs
from agents.sandbox import Jail, Kit
from agents.workspaces.staging import Traces
from orchestrator import sandboxing
from orchestrator.engine import jailing
from orchestrator.engine.diary import Diary
from orchestrator.engine.fire import allows, fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import me
from orchestrator.engine.rows import DecisionRow
from orchestrator.engine.transitions import change
from orchestrator.failpoints import failpoint
from orchestrator.models import Decision, Run, RunStep, Setup

NAME = "setup-"
"""How the folders of checkouts begin in which setup runs; sixteen digits of the key follow."""
DIGITS = 16


def _silent(_: str) -> None:
    """For who has no log of their own: the row of the setup has it all."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Who wants a worktree prepared: for which step, whether they have to end, and where they tell about it."""

    run: Run
    step: RunStep
    stopped: Callable[[], bool]
    say: Callable[[str], None] = _silent


def ready(errand: Errand, ground: Ground, oid: str, base: str) -> Made | None:
    """What the run's setup makes of a commit: as it is kept, or made now; None where nothing is asked for. Where `base`
    has the same lock files, that commit is taken: it has landed, and nobody's work can get into what all are shown.

    Raises SetupFailed with what to mend, SetupStopped."""
    recipe = jailing.recipe(errand.run)
    if not recipe.commands:
        return None
    key = key_at(ground, recipe, oid)
    if key == key_at(ground, recipe, base):
        oid = base
    return ground.store.find(key) or _made(errand, ground, recipe, key, oid)


def key_at(ground: Ground, recipe: Recipe, oid: str) -> str:
    """The key of what setup makes of a commit, here and now."""
    return key_of(recipe.commands, ground.inputs(oid), _environment())


def _environment() -> str:
    jail = Jail("setup", Path("/"), writable=True, host=sandboxing.host())
    return environment_sha256(jail, sandboxing.state())


def _configuration(run: Run) -> str:
    """What beside the repository decides whether setup can work: the hosts that are allowed, the tools of this host."""
    hosts = jailing.setup_hosts(run)
    known = [sorted(hosts.allowed), sorted(hosts.private), _environment()]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def try_again_where_changed() -> None:
    """Take back the question about a setup that failed on this host under another configuration than the present one:
    it is tried once under each."""
    for card in Decision.objects.filter(kind="setup", status="open").select_related("run__project"):
        failed = Setup.objects.filter(step__in=card.subjects, outcome="failed")
        last = failed.last()
        here = last is not None and last.holder.get("host") == me()["host"]
        if here and not failed.filter(configuration=_configuration(card.run)).exists():
            with change(card.run_id) as unit:
                if allows(unit.board, DecisionRow, card.pk, "cause_gone"):
                    fire(unit.board, DecisionRow, card.pk, "cause_gone")


def _made(errand: Errand, ground: Ground, recipe: Recipe, key: str, oid: str) -> Made:
    told: set[str] = set()

    def waiting(owner: str) -> bool:
        if owner not in told:
            errand.say(f"The same setup is being made by another worker ({owner}): waiting for it.")
        told.add(owner)
        return errand.stopped()

    holder = me()
    with ground.store.claim(key, f"process {holder['pid']} on {holder['host']}", waiting):
        return ground.store.find(key) or _really_made(errand, ground, recipe, key, oid)


def _really_made(errand: Errand, ground: Ground, recipe: Recipe, key: str, oid: str) -> Made:
    errand.say("Setting up. Its log is on the step's page.")
    wanted = about(key, oid, recipe, ground.inputs(oid))
    with Diary(errand.run, errand.step, wanted, _configuration(errand.run), errand.stopped) as diary:
        made = _carried_out(ground, recipe, wanted, diary)
        diary.made(made)
    errand.say(f"Set up in {made.seconds:.1f} s: {', '.join(place.path for place in made.places) or 'nothing kept'}.")
    return made


def _carried_out(ground: Ground, recipe: Recipe, wanted: Made, diary: Diary) -> Made:
    checkout = ground.checkout(wanted.oid, f"{NAME}{wanted.key[:DIGITS]}")

    def traces() -> Traces:
        failpoint("before_setup_kept")
        return ground.worktrees.traces(checkout)

    failpoint("in_setup")
    try:
        copy_files(checkout, recipe, lambda words: diary.say(f"{words}\n"))
        hosts = jailing.setup_hosts(diary.run)
        with sandboxing.setup_jail(diary.run, checkout, ground.readable, hosts, diary.heard) as jail:
            made = make(recipe, jail, ground.store, wanted, traces, diary.say, diary.stopped)
        failpoint("after_setup_kept")
        return made
    except SandboxUnavailable as error:
        raise SetupFailed(str(error)) from error
    finally:
        ground.drop(checkout)


@dataclass(frozen=True, slots=True)
class Furnished:
    """`kit` is for the jails; `told` stands in the workspace's row."""

    kit: Kit
    told: dict[str, Any] = field(default_factory=dict)


def furnished(
    run: Run, ground: Ground, path: Path, made: Made | None, variables: dict[str, str] | None = None, *,
    copied: bool = False,
) -> Furnished:  # fmt: skip
    """Put into a fresh worktree what was made, and the run's copies. `copied` where somebody works in it outside of any
    jail: then nothing is left to be mounted."""
    recipe, notes = jailing.recipe(run), list[str]()
    mounted = sandboxing.can_mount(run) and not copied
    mounts = furnish(path, made, recipe, mounted=mounted, say=notes.append) if made else ()
    copies = copy_files(path, recipe, notes.append)
    if copies:
        ground.worktrees.leave_out(path, copies)
    kit = Kit(mounts, programs(recipe, mounts), variables or {}, recipe.sha256)
    told: dict[str, Any] = {"copies": list(copies), "notes": notes}
    if made:
        told |= {"key": made.key, "places": [place.path for place in made.places]}
    return Furnished(kit, {name: value for name, value in told.items() if value})
