"""What a run is compiled into and frozen with: dispatch plan, tool chain, project checks, agents, guideline files,
problems."""

from __future__ import annotations

from typing import Any

from orchestrator.actions.reading import PlanText
from orchestrator.engine.compile import Crew, compile_plan
from orchestrator.engine.definitions import Definitions
from orchestrator.engine.ground import Ground
from orchestrator.engine.policy import Policy
from orchestrator.engine.staffing import Staff, staff
from orchestrator.models import Run
from plans import lint
from plans.folder import file_of_problem
from plans.types import Problem


def compiled(run: Run, text: PlanText, ground: Ground, scope: str) -> dict[str, Any]:
    """All that a run's plan, policy and start commit come to. Raises PersonError for a scope that does not fit."""
    policy = Policy.from_dict(run.policy)
    contents = [step.content for step in run.revision.steps()]
    definitions = Definitions.at(ground.hub, run.start_oid)
    assigned = run.compiled.get("assigned", {})
    crew = staff(contents, policy, definitions, run.plan.path, assigned)
    return {
        "plan": compile_plan(contents, policy, scope, _crew(crew)).as_dict(),
        "toolchain": text.toolchain(ground, run.start_oid),
        "agents": crew.agents,
        "builders": list(crew.builders),
        "assigned": assigned,
        "guidelines": crew.guidelines,
        "configuration": definitions.blob,
        "checks": [check.model_dump(mode="json") for check in definitions.configuration.settings.checks],
        "problems": [*(_problem(text, problem) for problem in lint.lint(text.parsed)), *crew.problems],
    }


def _crew(found: Staff) -> Crew:
    builders = {key: (post.agent, post.because) for key, post in found.posts.items()}
    return Crew(builders, {name: agent["model"] for name, agent in found.agents.items()})


def _problem(text: PlanText, problem: Problem) -> dict[str, Any]:
    file = file_of_problem(problem, list(text.files), text.parsed.steps)
    return {
        "path": file or text.path, "line": problem.line, "level": problem.level, "code": problem.code,
        "message": problem.message, "step": "",
    }  # fmt: skip
