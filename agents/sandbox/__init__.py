"""The sandbox: what an agent or a check may touch, and the only place that starts their processes."""

from agents.sandbox.environment import REPO, environment_of
from agents.sandbox.fences import RULES, Fence
from agents.sandbox.jails import JAILS, asked_for_network
from agents.sandbox.probing import probe
from agents.sandbox.proxy import Asked, Hosts
from agents.sandbox.run import run
from agents.sandbox.setup import setup_jail
from agents.sandbox.types import Caps, Finished, Host, Jail, Kit, Mount, Remains, SandboxState

__all__ = [
    "JAILS", "REPO", "RULES", "Asked", "Caps", "Fence", "Finished", "Host", "Hosts", "Jail", "Kit", "Mount",
    "Remains", "SandboxState", "asked_for_network", "environment_of", "probe", "run", "setup_jail",
]  # fmt: skip
