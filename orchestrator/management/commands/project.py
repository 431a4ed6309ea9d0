"""manage.py project add|list|plans|agents: the repositories that runs work on."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from orchestrator.actions.projects import add_project, find_project
from orchestrator.actions.reading import plans_of
from orchestrator.management.person import PersonCommand, person
from orchestrator.roster import Agent, roster
from plans.models import Project


class Command(PersonCommand):
    help = "Add a repository, list those that are here, and the plans in one."

    def declare(self, add: Callable[..., ArgumentParser]) -> None:
        new = add("add", "add a repository by its folder or URL")
        new.add_argument("location", help="a folder, or a URL: https://…, ssh://…, user@host:path")
        new.add_argument("--name", default="", help="what to call it (default: the folder's name)")
        new.add_argument(
            "--branch", default="", help="the branch runs start from (default: the one checked out, or its HEAD)"
        )
        new.add_argument("--author", default="", help="whose name commits carry: 'NAME <ADDRESS>' (default: git's)")
        add("list", "list the projects")
        show = add("plans", "list the plans in a project")
        show.add_argument("name")

        team = add("agents", "list the agents of a project and what is wrong with their definitions")
        team.add_argument("name")

    def do_add(self, options: dict[str, Any]) -> None:
        actor, _ = person(options)
        project = add_project(
            options["location"], actor, name=options["name"], branch=options["branch"], author=options["author"]
        )
        text = f"Added project {project.name}: {project.location}, runs start from {project.branch}."
        self.out(options, _as_dict(project), text)

    def do_list(self, options: dict[str, Any]) -> None:
        projects = list(Project.objects.all())
        text = "\n".join(f"{p.name:24} {p.branch:16} {p.location}" for p in projects)
        self.out(
            options, [_as_dict(p) for p in projects], text or "No projects yet. Add one: manage.py project add PATH"
        )

    def do_plans(self, options: dict[str, Any]) -> None:
        found = plans_of(find_project(options["name"]))
        text = "\n".join(f"{p.done:3}/{p.steps:<3} {p.path}  {p.name}" for p in found)
        values = [{"path": p.path, "title": p.title, "steps": p.steps, "done": p.done} for p in found]
        self.out(options, values, text or "No plan was found in this project.")

    def do_agents(self, options: dict[str, Any]) -> None:
        found = roster(find_project(options["name"]))
        lines = [_agent_line(agent) for agent in (*found.own, *found.builtin)]
        lines += [str(problem) for problem in found.problems]
        lines += [f"Not committed, so no run sees it: {path}" for path in found.unseen]
        self.out(options, found.as_dict(), "\n".join(lines))


def _agent_line(agent: Agent) -> str:
    uses = [f"{use.plan.path} {', '.join(use.steps)}" for use in agent.uses]
    uses += [f"rubric {line}" for line in agent.rules]
    facts = f"{agent.definition.name:20} {agent.model:20} {agent.definition.origin}"
    return f"{facts}  (used by {'; '.join(uses)})" if uses else facts


def _as_dict(project: Project) -> dict[str, str]:
    return {"name": project.name, "location": project.location, "branch": project.branch}
