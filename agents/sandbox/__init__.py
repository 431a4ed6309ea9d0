"""The sandbox: what an agent or a check may touch, and the only place that starts their processes."""

from agents.sandbox.bubblewrap import probe
from agents.sandbox.environment import environment_of
from agents.sandbox.run import run
from agents.sandbox.types import Finished, Jail, SandboxState

__all__ = ["Finished", "Jail", "SandboxState", "environment_of", "probe", "run"]
