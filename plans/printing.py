"""What was read and found, printed: as text for people, as JSON and SARIF for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from plans.types import ParsedPlan, ParsedStep, Problem

Findings = Sequence[tuple[str, Sequence[Problem]]]
"""(path, its problems) per file."""


def plan_text(plan: ParsedPlan) -> str:
    """A plan as a short list of steps below their groups."""
    done = sum(step.done for step in plan.steps)
    count = f"{len(plan.steps)} step{'' if len(plan.steps) == 1 else 's'}, {done} done"
    lines = [f"{plan.title} — {count}", f"{plan.path} ({plan.dialect})", *_section_lines(plan), *_step_lines(plan)]
    following = next((step for step in plan.steps if not step.done), None)
    if following:
        lines += ["", f"Next: Step {following.key} · {following.title}"]
    if plan.problems:
        lines += ["", problems_text([(plan.path, plan.problems)])]
    return "\n".join(map(_seen, lines))


_HIDDEN = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Characters that a terminal obeys instead of showing them, as they are written."""


def _seen(text: str) -> str:
    return text if text.isprintable() else text.translate(_HIDDEN)


def _section_lines(plan: ParsedPlan) -> Iterator[str]:
    """The parts that were looked for and found, each by the line of its heading."""
    for section in plan.sections:
        yield f"{plan.path}:{section.span.start - 1}: {section.name}, as “{section.title}”"


def _step_lines(plan: ParsedPlan) -> Iterator[str]:
    titles = {group.key: group.title for group in plan.groups}
    width = max((len(step.key) for step in plan.steps), default=0)
    group: str | None = None
    yield ""
    for step in plan.steps:
        if step.group != group:
            group = step.group
            yield f"{group}: {titles.get(group, '')}" if group else "Without a group"
        yield f"  {'✅' if step.done else '· '} {step.key:>{width}}  {step.title}{_facts(step)}"


def _facts(step: ParsedStep) -> str:
    ticked = sum(check.done for check in step.checks)
    facts = [f"{ticked}/{len(step.checks)} checks"] if step.checks else ["no checks"]
    facts += [f"needs {', '.join(step.depends_on)}"] if step.depends_on else []
    facts += [step.owner] if step.owner else []
    return f"  ({' · '.join(facts)})"


def plan_json(plan: ParsedPlan) -> str:
    """One line of JSON: the public contract of `plan show --json`."""
    return json.dumps(
        {
            "path": plan.path,
            "dialect": plan.dialect,
            "title": plan.title,
            "steps": [_step_json(step) for step in plan.steps],
            "problems": [_problem_json(problem) for problem in plan.problems],
        }
    )


def _step_json(step: ParsedStep) -> dict[str, Any]:
    return {
        "key": step.key,
        "title": step.title,
        "group": step.group,
        "depends_on": list(step.depends_on),
        "done": step.done,
        "owner": step.owner,
        "checks": len(step.checks),
        "line": step.line,
    }


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "level": problem.level, "code": problem.code, "message": problem.message}


def problems_text(findings: Findings) -> str:
    return "\n".join(
        _seen(f"{path}:{problem.line}: {problem.level}[{problem.code}]: {problem.message}")
        for path, problems in findings
        for problem in problems
    )


def problems_json(findings: Findings) -> str:
    """One line of JSON per file."""
    return "\n".join(
        json.dumps({"path": path, "problems": [_problem_json(problem) for problem in problems]})
        for path, problems in findings
    )


def problems_sarif(findings: Findings) -> str:
    """One SARIF 2.1.0 log with a result per problem."""
    codes = sorted({problem.code for _, problems in findings for problem in problems})
    driver = {"name": "signalbox-plan-lint", "rules": [{"id": code} for code in codes]}
    results = [_sarif_result(path, problem) for path, problems in findings for problem in problems]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2)


def _sarif_result(path: str, problem: Problem) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": quote(path)}, "region": {"startLine": problem.line}}
    return {
        "ruleId": problem.code,
        "level": problem.level,
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }
