"""What the jails of one run may do, from what was frozen at its start: nothing that lies in a worktree, or was
committed since, changes it."""

from __future__ import annotations

from agents.preparing import Recipe
from agents.sandbox import RULES, Fence, Hosts
from orchestrator import sandboxing
from orchestrator.engine.approved import settings_of
from orchestrator.models import Run, RunStep

_MAY_BE_ASKED = (".github", ".gitlab-ci.yml", ".circleci", "azure-pipelines.yml", "Jenkinsfile", ".gitattributes",
                 ".pre-commit-config.yaml")  # fmt: skip
"""Rules that a step may name as its work; what else lies beside them the guards find."""


def fence(step: RunStep) -> Fence:
    """What no agent may change in a step: the files that make the rules, but for a pipeline that the step declares, and
    the guidelines that the run froze."""
    content = step.step.content if step.step else {}
    asked = {rule for rule in _MAY_BE_ASKED for path in content.get("files", ()) if f"{path}/".startswith(f"{rule}/")}
    rules = (rule for rule in RULES if rule not in asked)
    return Fence(closed=(*rules, *sorted(step.run.compiled.get("guidelines", {}))))


def setup_hosts(run: Run) -> Hosts:
    """Whom setup commands may ask: the operator's hosts, or those of them that the repository chose at the commit the
    run started from. It can add none."""
    return sandboxing.setup_hosts().narrowed(settings_of(run).setup.hosts)


def recipe(run: Run) -> Recipe:
    """What worktrees of this run are prepared with."""
    found = settings_of(run).setup
    return Recipe(found.commands, found.writable, found.path, found.copies)
