"""Which agent builds which step, and why: a person's word, else the plan's, else the rubric, else the builder. What is
chosen is frozen into the run: orders, models, tools and guideline files as they were at the run's start commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from agents import configuration
from agents.configuration import guideline_path
from agents.configuration.matching import path_fits, title_fits
from agents.configuration.model import Rule
from agents.registry import AgentDefinition, Problem, agent_key, builtin, model_id
from orchestrator.engine.compile import Content
from orchestrator.engine.definitions import Definitions
from orchestrator.engine.policy import PERSON, Policy

BUILDER = "builder"


@dataclass(frozen=True, slots=True)
class Post:
    """Who builds a step. `because` is "" where nothing names anybody; `problem` says why it is not who is named."""

    agent: str
    because: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """`posts` by step, `builders` are the names a person may choose from; `agents` by name and `guidelines` by path
    are what a run freezes; `problems` are JSON, those of a step with its key, and stop an approval only where that
    step is chosen."""

    posts: Mapping[str, Post]
    builders: Sequence[str]
    agents: Mapping[str, dict[str, Any]]
    guidelines: Mapping[str, str]
    problems: Sequence[dict[str, Any]]


Assigned = Mapping[str, Mapping[str, str]]
"""Step's key → {agent, by}: who a person has chosen to build it, and who that person is."""


def staff(
    steps: Sequence[Content], policy: Policy, definitions: Definitions, plan: str, assigned: Assigned | None = None
) -> Staff:
    """The staff of a plan's open steps. `plan` is its path, for what is said of it."""
    builders = builders_of(policy, definitions)
    steps = [step for step in steps if not step["done"]] if builders else []
    posts = {step["key"]: post_of(step, definitions, plan, required=policy.owners == "require") for step in steps}
    chosen = {key: Post(one["agent"], f"chosen by {one['by']}") for key, one in (assigned or {}).items()}
    posts |= {key: post for key, post in chosen.items() if key in posts and post.agent in builders}
    roles = {role for role, runner in policy.runners.items() if runner != PERSON}
    names = sorted(roles | {post.agent for post in posts.values()})
    agents = {name: _frozen(name, policy, definitions) for name in names}
    used = {_normal(entry) for agent in agents.values() for entry in agent["guidelines"]}
    guidelines = {path: blob for path, blob in definitions.guidelines.items() if path in used}
    problems = [_as_dict(post.problem, key) for key, post in posts.items() if post.problem]
    problems += [_as_dict(problem) for problem in _shared(names, definitions)]
    return Staff(posts, builders, agents, guidelines, problems)


def builders_of(policy: Policy, definitions: Definitions) -> list[str]:
    """The names of all agents that can build a step; none where a person builds."""
    if policy.runners.get(BUILDER) in (None, PERSON):
        return []
    return sorted(name for name, found in definitions.registry.definitions.items() if found.role == BUILDER)


def post_of(step: Content, definitions: Definitions, plan: str, *, required: bool = False) -> Post:
    """Who builds one step. With `required`, a step that nobody can be found for has an error."""
    owner = step.get("owner") or ""
    found = definitions.registry.find(owner) if owner else None
    if found and found.role == BUILDER:
        return Post(found.name, f"named in line {step['line']} of the plan")
    problem = _owner_problem(step, owner, definitions, plan, required) if owner else None
    post = _by_rubric(step, definitions)
    return Post(post.agent, post.because, problem or post.problem or _nobody(step, post, plan, required))


def _owner_problem(step: Content, owner: str, definitions: Definitions, plan: str, required: bool) -> Problem:
    broken = definitions.registry.broken.get(agent_key(owner))
    if broken:
        return _cannot_be_used(broken, f"step {step['key']} names “{owner}”")
    found = definitions.registry.find(owner)
    what = f"which is a {found.role} and builds nothing" if found else "which is no agent here"
    words = f"Step {step['key']} names “{owner}”, {what}; name another, or add .claude/agents/{agent_key(owner)}.md"
    return Problem(step.get("path") or plan, step["line"], "error" if required else "warning", "unknown-agent", words)


def _nobody(step: Content, post: Post, plan: str, required: bool) -> Problem | None:
    if post.because or not required:
        return None
    words = f"Step {step['key']} names no agent and no rule of the rubric fits it; name one"
    return Problem(step.get("path") or plan, step["line"], "error", "no-agent", words)


def _by_rubric(step: Content, definitions: Definitions) -> Post:
    fitting = [(index, rule) for index, rule in enumerate(_rules(definitions)) if rule_fits(rule, step)]
    names = dict.fromkeys(agent_key(rule.agent) for _, rule in fitting)
    if not fitting:
        return Post(BUILDER)
    index, rule = fitting[0]
    line = definitions.configuration.line("agents", "rubric", index, "agent")
    if len(names) > 1:
        words = f"rules of the rubric name {' and '.join(names)} for step {step['key']}; choose one of them for it."
        return Post(BUILDER, problem=Problem(configuration.PATH, line, "error", "doubly-mapped", words))
    found = definitions.registry.find(rule.agent)
    if found and found.role == BUILDER:
        return Post(found.name, f"by the rubric, {configuration.PATH}:{line}")
    broken = definitions.registry.broken.get(agent_key(rule.agent))
    if broken:
        return Post(BUILDER, problem=_cannot_be_used(broken, f"the rubric names “{rule.agent}” in line {line}"))
    words = f"“{rule.agent}” is no agent that builds; step {step['key']} is mapped to it."
    return Post(BUILDER, problem=Problem(configuration.PATH, line, "error", "unknown-agent", words))


def _rules(definitions: Definitions) -> tuple[Rule, ...]:
    return definitions.configuration.settings.agents.rubric


def rule_fits(rule: Rule, step: Content) -> bool:
    """Whether a rule of the rubric applies to a step."""
    titles = any(title_fits(step["title"], words) for words in rule.titles)
    paths = any(path_fits(path, glob) for path in step["files"] for glob in rule.paths)
    return titles or paths or step.get("kind") in rule.kinds


def _shared(names: Sequence[str], definitions: Definitions) -> Iterator[Problem]:
    """What is wrong whichever steps are chosen: the roles' own definitions, guideline files, `signalbox.toml`."""
    for name in names:
        if name in definitions.registry.broken:
            yield _cannot_be_used(definitions.registry.broken[name], f"every step needs the {name}")
    yield from (problem for problem in definitions.configuration.problems if problem.level != "note")
    for name in ("*", *names):
        yield from missing_guidelines(name, definitions)


def missing_guidelines(agent: str, definitions: Definitions) -> Iterator[Problem]:
    """Errors for the guideline files of an agent (`*`: of all) that the commit does not hold."""
    for index, entry in enumerate(definitions.configuration.settings.agents.guidelines.get(agent, ())):
        path = _normal(entry)
        if path not in definitions.guidelines:
            line = definitions.configuration.line("agents", "guidelines", agent, index)
            words = f"{path} is not in the commit that the run starts from; commit it, or correct the path."
            yield Problem(configuration.PATH, line, "error", "missing-guideline", words)


def _cannot_be_used(broken: Problem, why: str) -> Problem:
    return Problem(
        broken.path, broken.line, "error", broken.code, f"{why}, but its definition cannot be read: {broken.message}"
    )


def _frozen(name: str, policy: Policy, definitions: Definitions) -> dict[str, Any]:
    """Everything of a definition that a dispatch uses."""
    found = definitions.registry.find(name) or builtin()[name]
    return {
        "role": found.role,
        "model": model_of(found, policy),
        "tools": list(found.tools),
        "system": found.system,
        "origin": found.origin,
        "guidelines": list(definitions.configuration.guidelines_of(name)),
    }


def model_of(found: AgentDefinition, policy: Policy | None = None) -> str:
    """The model's id: a repository's definition decides for itself, then the policy by the agent's name, then the
    built-in definition, of the agent or of its role."""
    said = {name: model_id(word) or "" for name, word in (policy.models if policy else {}).items()}
    own = found.model if found.path else said.get(found.name) or found.model
    return own or said.get(found.name) or said.get(found.role) or builtin()[found.role].model


def _normal(entry: str) -> str:
    return str(PurePosixPath(guideline_path(entry)[0]))


def _as_dict(problem: Problem, step: str = "") -> dict[str, Any]:
    return {
        "path": problem.path, "line": problem.line, "level": problem.level, "code": problem.code,
        "message": problem.message, "step": step,
    }  # fmt: skip
