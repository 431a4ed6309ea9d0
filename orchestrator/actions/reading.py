"""The plan as the person has it: which one they mean, and its bytes from where they edit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from agents.evidence.toolchain import READERS as MANIFESTS
from agents.evidence.toolchain import detect
from agents.exceptions import AgentsError
from agents.workspaces.confined import read_confined
from agents.workspaces.origin import LocalOrigin, Origin
from orchestrator.engine.ground import Ground
from orchestrator.engine.scope import in_scope
from orchestrator.exceptions import PersonError
from plans import intake
from plans.folder import FoundPlan, file_of, find_plans, fingerprint, read_folder, step_files
from plans.models import Plan, Project, Revision
from plans.naming import matching_plans, steps_in_section
from plans.reading import read_plan as parse
from plans.types import ParsedPlan


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan as it was read: `files` by their path in the repository; `dirty` are other files of the person's
    working tree that no commit holds, so that no run sees them; `chosen` is the dialect that a person has set."""

    path: str
    files: dict[str, bytes]
    parsed: ParsedPlan
    dirty: list[str]
    chosen: str = ""

    @property
    def meaning(self) -> str:
        """Hash of the text without marks."""
        return intake.meaning(self.files, self.chosen, self.parsed)

    def store(self, project: Project, made_by: str) -> Revision:
        """`made_by` says in words what reads it."""
        return intake.store(project, self.path, self.files, self.parsed, self.chosen, made_by)

    def differs_from(self, ground: Ground, oid: str) -> bool:
        """Whether the commit holds another text of the plan, or none."""
        return any(ground.hub.read_blob(oid, path) != text for path, text in self.files.items())

    def toolchain(self, ground: Ground, oid: str) -> list[dict[str, Any]]:
        """The plan's Tool Chain table, else what the project's own files say (B10)."""
        if self.parsed.tool_chain:
            return [
                {"category": row.category, "tool": row.tool, "command": row.command, "from": f"{self.path}:{row.line}"}
                for row in self.parsed.tool_chain
            ]
        files = {name: ground.hub.read_blob(oid, name) for name in MANIFESTS}
        present = {name: text for name, text in files.items() if text is not None}
        return [asdict(tool) | {"from": "the project's files"} for tool in detect(present)]


def plans_of(project: Project) -> list[FoundPlan]:
    """The plan files and folders that people have in the project now (B1); read again only where one has changed."""
    origin = Ground.of(project).origin
    return list(_plans_at(origin, project.branch, origin.version(project.branch, fingerprint)))


@lru_cache(maxsize=256)
def _plans_at(origin: Origin, branch: str, version: str) -> Sequence[FoundPlan]:
    with origin.reading(branch) as root:
        return tuple(find_plans(root))


def resolve_plan(project: Project, wanted: str) -> str:
    """The path of the plan that is meant: by path, by number or name ("m4", "channels"; M1), else the only one (B1)."""
    if _leads_out(wanted):
        return _inside(project.location, wanted)
    with Ground.of(project).origin.reading(project.branch) as root:
        if wanted and (root / file_of(wanted)).exists():
            return _inside(project.location, wanted)
        found = find_plans(root)
    if not wanted:
        return _only(project, found, "plans")
    meant = matching_plans(wanted, [plan.path for plan in found])
    if not meant:
        return _inside(project.location, wanted)
    return _only(project, [plan for plan in found if plan.path in meant], f"plans that “{wanted}” may mean")


def _leads_out(wanted: str) -> bool:
    """Whether it can only be a path, right or wrong, and no name."""
    return wanted.startswith(("/", "~")) or ".." in Path(wanted).parts


def _only(project: Project, found: Sequence[FoundPlan], what: str) -> str:
    if len(found) == 1:
        return found[0].path
    where = project.location
    if not found:
        raise PersonError(f"No plan was found in {where}. Name its file: run start PLAN --project {project.name}")
    listed = "\n".join(f"  {plan.path}  ({plan.done} of {plan.steps} steps complete)  {plan.name}" for plan in found)
    raise PersonError(f"There are {len(found)} {what} in {where}. Name one:\n{listed}")


def scope_of(plan: ParsedPlan, wanted: str) -> str:
    """The scope as keys where it names a part of the plan by its heading; else as it was given (M1)."""
    try:
        in_scope(wanted, [step.key for step in plan.steps])
    except PersonError:
        return ", ".join(steps_in_section(plan, wanted)) or wanted
    return wanted


def _inside(location: str, wanted: str) -> str:
    given = Path(wanted).expanduser()
    if given.is_absolute():
        try:
            given = given.resolve().relative_to(location)
        except ValueError:
            raise PersonError(f"{wanted} is not inside the project's repository {location}.") from None
    if ".." in given.parts:
        raise PersonError(f"{wanted} leads out of the repository {location}. Name a file inside it.")
    return given.as_posix()


def read_plan(project: Project, path: str, clone: Path | None = None) -> PlanText:
    """Read a plan as people have it now, in their working tree or `clone`, else at their branch's tip; no link is
    followed out of it.

    Raises PersonError for a plan that is missing, outside, unreadable, or without steps."""
    files = plan_files(project, path, clone)
    ground = Ground.of(project)
    try:
        unseen = (LocalOrigin(clone, ground.hub) if clone else ground.origin).unseen()
    except AgentsError as error:
        raise PersonError(str(error)) from error
    chosen = Plan.chosen_for(project, path)
    parsed = parse_files(files, path, chosen)
    if not parsed.steps:
        why = parsed.problems[0] if parsed.problems else None
        line = why.line if why else 1
        raise PersonError(f"{path}:{line}: {why.message if why else 'no step was found in this file'}")
    long = next((problem for problem in parsed.problems if problem.code == "long-key"), None)
    if long is not None:
        raise PersonError(f"{path}:{long.line}: {long.message}")
    return PlanText(path, files, parsed, [name for name in unseen if name not in files], chosen)


def plan_files(project: Project, path: str, clone: Path | None = None) -> dict[str, bytes]:
    """The files of a plan as `read_plan` would read them, by their path. Raises PersonError."""
    ground = Ground.of(project)
    try:
        origin = LocalOrigin(clone, ground.hub) if clone else ground.origin
        with origin.reading(project.branch) as root:
            return _files(root, path)
    except FileNotFoundError:
        where = clone or project.location
        raise PersonError(f"There is no plan {path} in {where}. manage.py plan show lists what a file holds.") from None
    except AgentsError as error:
        raise PersonError(str(error)) from error


def parse_files(files: Mapping[str, bytes], path: str, chosen: str = "") -> ParsedPlan:
    """The plan in a file or in a folder's files."""
    file = file_of(path)
    if file in files:
        return parse(files[file], path, chosen or None)
    names = {name.removeprefix(f"{path}/"): data for name, data in files.items()}
    return read_folder(names, path, chosen or None)


def _files(root: Path, path: str) -> dict[str, bytes]:
    if (root / path).is_dir() and not (root / path).is_symlink():
        names = [f"{path}/{name}" for name in step_files(root / path)]
        if not names:
            raise PersonError(f"{path} is a folder without numbered step files. Name a plan file in it.")
        return {name: read_confined(root, name) for name in names}
    file = file_of(path)
    return {file: read_confined(root, file)}
