"""The agents of a project as its branch has them now: where each comes from, what it is given, and where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.configuration import Configuration
from agents.registry import AgentDefinition, Problem
from orchestrator.engine.definitions import Definitions, concerns_agents
from orchestrator.engine.ground import Ground
from orchestrator.engine.staffing import missing_guidelines, model_of, post_of
from plans.models import Plan, Project


@dataclass(frozen=True, slots=True)
class Use:
    """A plan's open steps that an agent builds, by the newest text of it that was read."""

    plan: Plan
    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class Agent:
    """A definition with what the project adds to it. `rules` are lines of the rubric in `signalbox.toml`."""

    definition: AgentDefinition
    model: str
    guidelines: Sequence[str]
    rules: Sequence[int]
    uses: Sequence[Use]

    def as_dict(self) -> dict[str, Any]:
        found = self.definition
        return {
            "name": found.name, "role": found.role, "description": found.description, "origin": found.origin,
            "model": self.model, "tools": list(found.tools), "guidelines": list(self.guidelines),
            "rubric_lines": list(self.rules),
            "used_by": [{"plan": use.plan.path, "steps": list(use.steps)} for use in self.uses],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Roster:
    """Read at `commit`. `unseen` are files that would count, but which no commit holds."""

    project: Project
    commit: str
    own: Sequence[Agent]
    builtin: Sequence[Agent]
    problems: Sequence[Problem]
    configuration: Configuration
    unseen: Sequence[str] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        stated = [
            {"field": one.name, "line": one.line, "used": one.used, "value": _plain(one.value)}
            for one in self.configuration.stated()
        ]
        return {
            "project": self.project.name,
            "commit": self.commit,
            "agents": [agent.as_dict() for agent in (*self.own, *self.builtin)],
            "problems": [{name: getattr(one, name) for name in Problem.__slots__} for one in self.problems],
            "configuration": stated,
            "not_in_the_commit": list(self.unseen),
        }


def roster(project: Project) -> Roster:
    """The roster at the tip of the project's branch. Raises AgentsError where the repository cannot be read."""
    ground = Ground.of(project)
    commit = ground.fetch(project.branch)
    definitions = Definitions.at(ground.hub, commit)
    uses, found = _uses(project, definitions)
    agents = [_agent(one, definitions, uses) for _, one in sorted(definitions.registry.definitions.items())]
    unseen = [path for path in ground.origin.unseen() if concerns_agents(path, definitions.guidelines)]
    return Roster(
        project,
        commit,
        own=[agent for agent in agents if agent.definition.path],
        builtin=[agent for agent in agents if not agent.definition.path],
        problems=[*definitions.registry.problems, *_configured(definitions), *found],
        configuration=definitions.configuration,
        unseen=unseen,
    )


def _agent(found: AgentDefinition, definitions: Definitions, uses: Mapping[str, list[Use]]) -> Agent:
    config = definitions.configuration
    rules = [
        config.line("agents", "rubric", index)
        for index, rule in enumerate(config.settings.agents.rubric)
        if definitions.registry.find(rule.agent) == found
    ]
    return Agent(found, model_of(found), config.guidelines_of(found.name), rules, uses[found.name])


def _uses(project: Project, definitions: Definitions) -> tuple[Mapping[str, list[Use]], list[Problem]]:
    uses: dict[str, list[Use]] = defaultdict(list)
    problems: dict[Problem, None] = {}
    for plan in project.plans.all():
        revision = plan.revisions.first()
        steps = [step.content for step in revision.steps() if not step.done] if revision else []
        posts = {step["key"]: post_of(step, definitions, plan.path) for step in steps}
        problems |= {post.problem: None for post in posts.values() if post.problem}
        for name in sorted({post.agent for post in posts.values() if post.because}):
            named = [key for key, post in posts.items() if post.agent == name and post.because]
            uses[name].append(Use(plan, named))
    return uses, list(problems)


def _configured(definitions: Definitions) -> list[Problem]:
    """What is wrong in `signalbox.toml`, with rules and guideline files that no step uses yet."""
    config = definitions.configuration
    unknown = [
        Problem(
            "signalbox.toml", config.line("agents", "rubric", index, "agent"), "warning", "unknown-agent",
            f"“{rule.agent}” is no agent here.",
        )
        for index, rule in enumerate(config.settings.agents.rubric)
        if definitions.registry.find(rule.agent) is None
    ]  # fmt: skip
    missing = [
        problem for name in config.settings.agents.guidelines for problem in missing_guidelines(name, definitions)
    ]
    return [*config.problems, *unknown, *missing]


def _plain(value: Any) -> Any:
    return {key: list(item) for key, item in value.items()} if isinstance(value, dict) else value
