"""What a dispatch is told: template × the step's own words × facts from the run's rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from agents import briefs
from agents.configuration import guideline_path
from agents.workspaces.sparse import Cone, cone_of
from orchestrator.engine.approved import settings_of
from orchestrator.engine.findings import name_of, unmended
from orchestrator.engine.ground import Ground
from orchestrator.engine.items import items_of, open_items
from orchestrator.models import Decision, Dispatch, Finding, RunStep

_PHASE = {"builder": "build", "reviewer": "review", "verifier": "verify"}
_UNSTATED = "The plan states no instructions of its own for this phase; the objective and the criteria are the brief."

_PERSON: dict[str, Any] = {"system": "", "model": "", "tools": (), "guidelines": ()}
"""Whoever has no definition: a person is told by the brief alone."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The words as they are sent, with their hash; model and tools as the approved definition says."""

    system: str
    text: str
    model: str
    tools: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def brief(dispatch: Dispatch, ground: Ground) -> Brief:
    """The brief of a dispatch. Raises UnfilledPlaceholder when the template asks for what is not there."""
    answer = _last_answer(dispatch)
    return _rendered(dispatch, ground, answer.instructions if answer else "")


def rebuild_brief(step: RunStep, instructions: str, ground: Ground) -> Brief:
    """The brief that the builder would get were this step sent back to it now, with these instructions."""
    ahead = Dispatch(run=step.run, step=step, role="builder", round=step.round + 1)
    return _rendered(ahead, ground, instructions)


def _rendered(dispatch: Dispatch, ground: Ground, guidance: str) -> Brief:
    agent = dispatch.run.compiled["agents"].get(agent_of(dispatch), _PERSON)
    values = _values(dispatch, ground) | {"guidance": guidance}
    names = briefs.placeholders(dispatch.role)  # type: ignore[arg-type]
    text = briefs.render(dispatch.role, {name: values[name] for name in names if name in values})  # type: ignore[arg-type]
    return Brief(agent["system"], text, agent["model"], tuple(agent["tools"]))


def agent_of(dispatch: Dispatch) -> str:
    """The name of the agent whose definition a dispatch uses."""
    return _builder_of(dispatch) if dispatch.role == "builder" else dispatch.role


def _builder_of(dispatch: Dispatch) -> str:
    steps = dispatch.run.compiled["plan"]["steps"]
    return next((step["builder"] for step in steps if step["key"] == dispatch.step.key), "builder")


def _values(dispatch: Dispatch, ground: Ground) -> dict[str, Any]:
    step = dispatch.step
    content = step.step.content if step.step else {}
    phase = content.get("instructions", {}).get(_PHASE[dispatch.role])
    items = items_of(step)
    return {
        "key": step.key,
        "title": step.title,
        "objective": (content.get("objective") or {}).get("text") or step.title,
        "within": (content.get("within") or {}).get("text", ""),
        "criteria": [part["text"] for part in content.get("criteria", [])] or ["The step's title holds."],
        "phase": phase["text"] if phase else _UNSTATED,
        "findings": _findings(dispatch),
        "landed": _landed(dispatch, ground),
        "guidelines": "\n".join(
            f"{path}, section {section}" if section else path for path, section in _guidelines(dispatch)
        ),
        "cone": "\n".join(_cone(dispatch)),
        "tool_chain": "\n".join(f"{row['category']}: {row['command']}" for row in dispatch.run.compiled["toolchain"]),
        "build_summary": _summary(step),
        "changed_files": _changed(step, ground),
        "items": [items[index]["text"] for index in open_items(step)],
    }


def _cone(dispatch: Dispatch) -> Cone:
    """The folders that an agent's worktree is limited to; a person's is not."""
    is_agent = agent_of(dispatch) in dispatch.run.compiled["agents"]
    return cone_of(settings_of(dispatch.run).worktrees.sparse) if is_agent else ()


def files_about(dispatch: Dispatch) -> list[str]:
    """Paths of the files that a dispatch is told of: those that its step declares, and its guidelines."""
    content = dispatch.step.step.content if dispatch.step.step else {}
    return [*content.get("files", ()), *(path for path, _ in _guidelines(dispatch))]


def _guidelines(dispatch: Dispatch) -> list[tuple[str, str]]:
    """Path and section of each file to read; a reviewer also reads what the builder had to follow."""
    agents = dispatch.run.compiled["agents"]
    names = (agent_of(dispatch), *([_builder_of(dispatch)] if dispatch.role == "reviewer" else []))
    entries = dict.fromkeys(entry for name in names for entry in agents.get(name, _PERSON)["guidelines"])
    return [guideline_path(entry) for entry in entries]


def _last_answer(dispatch: Dispatch) -> Decision | None:
    """The decision that sent this step back to its builder, or None in the first round."""
    if dispatch.round == 1:
        return None
    applied = Decision.objects.filter(run=dispatch.run_id, status="applied", option="rebuild")
    return next((d for d in applied.order_by("-id") if dispatch.step_id in d.subjects), None)


def rebuild_base(dispatch: Dispatch) -> str:
    """The commit a rebuild starts on top of: the last attempt's work, or "" for a fresh start."""
    answer = _last_answer(dispatch)
    if answer is None or answer.payload.get("answer", {}).get("base") == "fresh":
        return ""
    return work_so_far(dispatch.step)


def work_so_far(step: RunStep) -> str:
    """The commit that holds what was last done on a step, handed in or not; "" when nothing was kept."""
    last = step.dispatches.filter(role="builder").exclude(tree="").order_by("-id").first()
    return last.tree if last is not None and last.status != "succeeded" else step.work_oid


def interrupted(dispatch: Dispatch) -> Dispatch | None:
    """The attempt at the same work that was lost, or ran out of time, with a turn saved to go on from."""
    found = Dispatch.objects.filter(
        step=dispatch.step, role=dispatch.role, round=dispatch.round, rechecks=dispatch.rechecks,
        status__in=("lost", "timed_out"),
    ).exclude(messages=[])  # fmt: skip
    before = found.order_by("-id").first()
    return before if before is not None and (before.tree or before.report or dispatch.role != "builder") else None


def answer_to(dispatch: Dispatch) -> dict[str, str]:
    """The person's answer to a question that parked this dispatch, as the runner's setting."""
    if not dispatch.messages:
        return {}
    applied = Decision.objects.filter(run=dispatch.run_id, status="applied", option="answer", kind="question")
    found = next((d for d in applied.order_by("-id") if dispatch.step_id in d.subjects), None)
    return {"answer": found.instructions} if found else {}


def _findings(dispatch: Dispatch) -> str:
    if dispatch.round == 1 and dispatch.rechecks == 0:
        return ""
    return "\n".join(map(_finding, unmended(dispatch.step_id)))


def _finding(finding: Finding) -> str:
    """Its name, place and words, how often it was found, and what its builder has said against it."""
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    times = f" (found {finding.times} times)" if finding.times > 1 else ""
    disputed = f"The builder disputes it: {finding.dispute}" if finding.status == "disputed" else ""
    head = " ".join(filter(None, [f"{name_of(finding)}:", place, finding.title]))
    return "\n".join(filter(None, [head + times, finding.detail, disputed]))


def _landed(dispatch: Dispatch, ground: Ground) -> str:
    """One line per step of this run that has landed, with the files it changed."""
    lines = []
    for step in RunStep.objects.filter(run=dispatch.run_id).exclude(landed_oid="").order_by("position"):
        files = ", ".join(change.path for change in ground.changed_by(step.landed_oid))
        lines.append(f"Step {step.key}: {step.title} ({step.landed_oid[:10]}): {files}")
    return "\n".join(lines)


def _changed(step: RunStep, ground: Ground) -> str:
    if not step.work_oid:
        return ""
    return "\n".join(f"{c.status} {c.path}" for c in ground.changed_by(step.work_oid))


def _summary(step: RunStep) -> str:
    report = step.summary
    if not report:
        return "A person did this step; there is no summary."
    lines = [report.get("summary", "")]
    lines += [f"- {file['path']}: {file['intent']}" for file in report.get("files", [])]
    lines += [f"- decided: {text}" for text in report.get("decisions", [])]
    lines += [f"- deviation: {text}" for text in report.get("deviations", [])]
    return "\n".join(lines)
