"""A candidate with other lock files or manifests than its base needs a setup of its own: packages are fetched that
nobody has approved yet. The policy says whether a person is asked first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from agents.guards import manifests
from agents.workspaces.hub import Hub
from orchestrator.engine import jailing, preparing
from orchestrator.engine.ground import Ground
from orchestrator.engine.policy import Policy
from orchestrator.models import Candidate, Decision, Finding

GUARD = "setup"
KIND = "new_setup"
ALLOW = "allow"


def reasons(candidate: Candidate, ground: Ground) -> list[dict[str, Any]]:
    """Why a person is asked before the candidate is set up; none where nothing new is to be made, the policy allows
    it, or a person has. What changed is a finding in any case."""
    recipe = jailing.recipe(candidate.run)
    changed = _changed(candidate, ground) if recipe.commands else []
    if not changed:
        return []
    key = preparing.key_at(ground, recipe, candidate.oid)
    packages = _added(ground.hub, candidate, changed)
    text = _words(changed, packages)
    _keep(candidate, changed, key, text)
    allowed = Policy.from_dict(candidate.run.policy).setup == ALLOW or _allowed_by_person(candidate, key)
    if allowed or ground.store.find(key):
        return []
    return [{"text": text, "files": changed, "packages": packages, "key": key}]


def _changed(candidate: Candidate, ground: Ground) -> list[str]:
    """The paths of what setup depends on that differ from the base, in order."""
    before, after = ground.inputs(candidate.base_oid), ground.inputs(candidate.oid)
    return sorted(path for path in before | after if before.get(path) != after.get(path))


def _added(hub: Hub, candidate: Candidate, changed: Sequence[str]) -> list[str]:
    """Packages that a manifest asks for now and did not before."""
    found: dict[str, str] = {}
    for path in changed:
        had, has = (_names(hub, oid, path) for oid in (candidate.base_oid, candidate.oid))
        found |= {key: name for key, name in has.items() if key not in had}
    return sorted(found.values())


def _names(hub: Hub, oid: str, path: str) -> dict[str, str]:
    text = hub.read_blob(oid, path) or b""
    return manifests.names(path, text.decode(errors="replace"))


def _words(changed: Sequence[str], packages: Sequence[str]) -> str:
    adds = f"It adds {', '.join(packages)}." if packages else "No manifest names a new package: versions may differ."
    return f"{', '.join(changed)} changed, so the checks need a new setup, with the network. {adds}"


def _keep(candidate: Candidate, changed: Sequence[str], key: str, text: str) -> None:
    identity = hashlib.sha256(f"{GUARD}\0{key}".encode()).hexdigest()
    about = {"guard": GUARD, "severity": "advisory", "path": changed[0], "title": text[:500], "oid": candidate.work_oid}
    step = candidate.step
    Finding.objects.get_or_create(run=candidate.run, step=step, round=step.round, identity=identity, defaults=about)


def _allowed_by_person(candidate: Candidate, key: str) -> bool:
    answers = Decision.objects.filter(run=candidate.run_id, kind=KIND, status="applied", option=ALLOW)
    told = (reason for answer in answers for reason in answer.payload.get("reasons", ()))
    return any(reason.get("key") == key for reason in told)
