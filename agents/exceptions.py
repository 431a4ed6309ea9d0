"""What can go wrong in the agents' room. A message is a sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.texts import characters

if TYPE_CHECKING:
    from agents.types import Outcome


class AgentsError(Exception):
    """Root of every error this room raises on purpose."""


# --- sandbox ---------------------------------------------------------------------------------------------------


class SandboxUnavailable(AgentsError):
    """No bubblewrap works here and the caller did not allow running without it."""


class SandboxFailed(AgentsError):
    """bubblewrap ended before the command began; nothing was run."""


class SetupFailed(AgentsError):
    """The repository's setup could not be carried out; nothing is kept of it."""


class SetupStopped(AgentsError):
    """Whoever wanted a setup has to end."""


# --- git and workspaces ----------------------------------------------------------------------------------------


class GitError(AgentsError):
    """A git command failed. `arguments` is what was asked, `stderr` what git said, names that are no text as such."""

    def __init__(self, arguments: Sequence[str], stderr: str, code: int | None = None) -> None:
        self.arguments = tuple(arguments)
        self.stderr = characters(stderr.strip())
        self.code = code
        super().__init__(f"git {characters(' '.join(self.arguments))} failed: {self.stderr or f'exit {code}'}")


class HistoryRefused(GitError):
    """A history holds what git's own check takes for an attack."""

    def __str__(self) -> str:
        found = dict.fromkeys(re.findall(r"^(?:remote: )?error: object \w+: (.+)$", self.stderr, re.MULTILINE))
        what = "; ".join(list(found)[:3]) or self.stderr
        return f"This history holds what git takes for an attack: {what}. Take it out of the history, then try again."


class GitTimeout(GitError):
    """A git command was killed because it took longer than its limit."""


class GitMissing(AgentsError):
    """git is not installed, or is older than 2.38."""


class InvalidRef(AgentsError):
    """A branch or ref name that git would not accept."""


class NotARepository(AgentsError):
    """The path is no git repository, or a bare one."""


class AddressRefused(AgentsError):
    """An address that no repository may be fetched from, or that cannot be found."""


class Unreachable(AgentsError):
    """A repository elsewhere did not answer, or did not let us in."""


class NoSuchBranch(AgentsError):
    """The repository has no branch of this name."""


class PlanOutsideRepository(AgentsError):
    """The path leaves the repository, passes a symbolic link, or is no regular file."""


class WorktreeGone(AgentsError):
    """The worktree's folder was deleted by hand."""


class NotKept(AgentsError):
    """A worktree may go only after the vault holds exactly its state."""


# --- evidence ----------------------------------------------------------------------------------------------------


class ResultsUnreadable(AgentsError):
    """A report that a check wrote is broken, hostile or too large. The rest of a sentence: "it is …"."""


# --- briefs, definitions, runners, tools and rehearsal ---------------------------------------------------------


class UnfilledPlaceholder(AgentsError):
    """A brief lacks a value that its template asks for; nothing is sent."""

    def __init__(self, role: str, name: str, why: str) -> None:
        super().__init__(
            f"The {role}'s brief was not sent: its “{name}” {why}. Add it to the step in the plan, then try again."
        )
        self.role = role
        self.name = name


class DefinitionUnreadable(AgentsError):
    """An agent definition is unknown or does not parse."""


class UnknownRunner(AgentsError):
    """A runner is named that this program does not have."""


class ToolRefused(AgentsError):
    """A tool call that is not carried out. The model reads the sentence and may try otherwise."""


class ScriptUnreadable(AgentsError):
    """A rehearsal script does not have the shape that `agents.rehearsal.script` reads."""


class DispatchEnded(AgentsError):
    """The model's server leaves no way on. Carries the outcome to the end of the dispatch; never leaves a runner."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"The dispatch ended: {outcome}")
        self.outcome = outcome
