"""What can go wrong with a plan. The message is for a person: what happened and what to do."""

from __future__ import annotations

from collections.abc import Sequence


class PlanError(Exception):
    """Base of every error of this room."""


class UnreadablePlan(PlanError):
    """The file cannot be opened or is no text."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or 'The plan'} cannot be read: {reason}")


MAX_STEPS = 100_000


class TooManySteps(PlanError):
    """The plan has more steps than are read."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path or 'The plan'} has more than {MAX_STEPS} steps; split it.")


class StepNotFound(PlanError):
    """The plan has no step with this key."""

    def __init__(self, path: str, key: str) -> None:
        super().__init__(f"{path or 'The plan'} has no step {key}; read the plan anew and choose one of its steps.")


class AmbiguousStep(PlanError):
    """Several steps share the key, so a mark could land on the wrong one."""

    def __init__(self, path: str, key: str, lines: Sequence[int]) -> None:
        where = " and ".join(map(str, lines))
        super().__init__(
            f"{path or 'The plan'} has more than one step {key} (lines {where}); give each its own number."
        )


class CycleFound(PlanError):
    """Steps depend on each other in a circle; `path` names them and ends where it began."""

    def __init__(self, path: Sequence[str]) -> None:
        self.path = tuple(path)
        super().__init__(f"Steps depend on each other: {' → '.join(self.path)}; remove one of these dependencies.")
