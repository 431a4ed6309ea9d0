"""The rehearsal: a scripted model server on the loopback interface. Nothing but the model is pretended."""

from agents.rehearsal.faults import Fault
from agents.rehearsal.server import RehearsalServer

__all__ = ["Fault", "RehearsalServer"]
