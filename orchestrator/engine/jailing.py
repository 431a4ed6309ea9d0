"""What the jails of one run may do, from what was frozen at its start: nothing that lies in a worktree, or was
committed since, changes it."""

from __future__ import annotations

from agents.sandbox import RULES, Fence, Hosts
from orchestrator import sandboxing
from orchestrator.engine.definitions import Definitions
from orchestrator.engine.ground import Ground
from orchestrator.models import Run


def fence(run: Run) -> Fence:
    """What no agent of this run may change: the files that make the rules, and the guidelines that it froze."""
    return Fence(closed=(*RULES, *sorted(run.compiled.get("guidelines", {}))))


def setup_hosts(run: Run) -> Hosts:
    """Whom setup commands may ask: the operator's hosts, or those of them that the repository chose at the commit the
    run started from. It can add none."""
    found = Definitions.at(Ground.of(run.project).hub, run.start_oid).configuration
    return sandboxing.setup_hosts().narrowed(found.settings.setup.hosts)
