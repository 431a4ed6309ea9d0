"""The rows of runs."""

from orchestrator.models.check import Artifact, CheckRun
from orchestrator.models.decision import Decision, DecisionSubject
from orchestrator.models.event import Event
from orchestrator.models.person import SentForm, SignInLink
from orchestrator.models.run import Batch, Line, Receipt, Run, RunHead
from orchestrator.models.runstep import RunStep, RunStepDependency
from orchestrator.models.setup import Setup
from orchestrator.models.work import Candidate, Dispatch, Finding, LogChunk, Workspace
from orchestrator.models.worker import Worker

__all__ = [
    "Artifact",
    "Batch",
    "Candidate",
    "CheckRun",
    "Decision",
    "DecisionSubject",
    "Dispatch",
    "Event",
    "Finding",
    "Line",
    "LogChunk",
    "Receipt",
    "Run",
    "RunHead",
    "RunStep",
    "RunStepDependency",
    "SentForm",
    "Setup",
    "SignInLink",
    "Worker",
    "Workspace",
]
