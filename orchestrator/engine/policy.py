"""The knobs of one run, read from a profile file and frozen into the run and its receipt."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestrator.exceptions import PersonError

PROFILES = Path(__file__).resolve().parent.parent / "profiles"

ROLE_OF_STAGE = {"build": "builder", "review": "reviewer", "prove": "verifier"}
STAGE_OF_ROLE = {role: stage for stage, role in ROLE_OF_STAGE.items()}
PERSON = "person"
GIT_MODES = ("user", "engine")


@dataclass(frozen=True, slots=True)
class Policy:
    """`runners` names the runner of each role that has one; a stage whose role has none is left out.

    `pause_after` holds any of step and batch. Times in `limits` are seconds, by role: total, idle, turns.
    `owners` is "use" where a step's owner builds it if there is such an agent, "require" where one has to be found.
    `models` holds words of `agents.registry.MODELS` or ids, by the name of an agent or a role.
    `guards` holds blocking or advisory by the name of a guard; some of them no policy can make advisory.
    `setup` is "allow" where a candidate's new lock files need no person's word before their packages are fetched.
    `fix_rounds` is 0 where a failure always asks. `options` are the answers to a failure, in the card's order.
    """

    profile: str = "blueprint"
    stages: tuple[str, ...] = ("build", "review", "prove", "verify")
    batch: int = 3
    max_agents: int = 1
    pause_after: tuple[str, ...] = ("batch",)
    fix_rounds: int = 0
    blocking: tuple[str, ...] = ("blocking",)
    options: tuple[str, ...] = ("recheck", "rebuild", "skip", "accept_gap", "abort")
    git: str = ""
    owners: str = "use"
    branch: str = "signalbox/{plan}-{run}"
    runners: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    guards: Mapping[str, str] = field(default_factory=dict)
    setup: str = "ask"
    check_seconds: float = 600.0
    lost_tries: int = 2
    infra_tries: int = 5
    stale_tries: int = 5

    def as_dict(self) -> dict[str, Any]:
        """A JSON-serialisable form; `Policy.from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Policy:
        known = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        for name in ("stages", "pause_after", "blocking", "options"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def with_runner(self, runner: str, reviewer: str | None = None) -> Policy:
        """This policy with every agent's role played by `runner`.

        A person builds alone unless a reviewer is set; what then has no role is left out of the stages.
        """
        if runner == PERSON:
            runners = {"builder": PERSON, **({"reviewer": reviewer} if reviewer else {})}
        else:
            runners = dict.fromkeys(STAGE_OF_ROLE, runner)
        kept = tuple(s for s in self.stages if s == "prove" or s not in ROLE_OF_STAGE or ROLE_OF_STAGE[s] in runners)
        return replace(self, runners=runners, stages=kept)

    def with_git(self, mode: str) -> Policy:
        """This policy in a git mode; user-managed runs also pause after every single step (B5)."""
        if mode not in GIT_MODES:
            raise PersonError(f"The git mode is 'user' or 'engine', not '{mode}'.")
        pauses = ("step", "batch") if mode == "user" else ("batch",)
        return replace(self, git=mode, pause_after=pauses)


def profile_names() -> list[str]:
    """The profiles that are installed, in alphabetical order."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def load_policy(profile: str) -> Policy:
    """The policy of a profile file. Raises PersonError when there is no such profile."""
    if profile not in profile_names():
        raise PersonError(f"There is no profile '{profile}'. Known profiles: {', '.join(profile_names())}.")
    data = tomllib.loads((PROFILES / f"{profile}.toml").read_text(encoding="utf-8"))
    return Policy.from_dict({"profile": profile, **data})
