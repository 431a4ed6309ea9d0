"""A report as Markdown: what was not done first, then every step with its files, its checks and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestrator import queries
from orchestrator.reports import Report
from orchestrator.stepreports import facts

Step = Mapping[str, Any]


def markdown(value: Report) -> str:
    """The report as Markdown."""
    head = f"# {'INTERIM: ' if value['interim'] else ''}{value['title']}"
    parts = (_summary, _not_done, _steps, _batches, _decisions)
    return "\n".join([head, "", *(line for part in parts for line in part(value))])


def _summary(value: Report) -> list[str]:
    counts = ", ".join(f"{n} {queries.words(status)}" for status, n in value["counts"].items())
    lines = [f"Run {value['run']} of `{value['plan']}`: **{queries.words(value['status'])}**. {counts}.", ""]
    if value["scripted"]:
        lines += ["This was a rehearsal: the model was scripted. Everything else was real.", ""]
    if value["unsafe"]:
        lines += ["Commands ran WITHOUT a sandbox.", ""]
    return [*lines, _where(value), ""]


def _where(value: Report) -> str:
    if value["clone"]:
        return f"Your clone: `{value['clone']}`. What passed lies there for you to commit."
    at = f" at `{value['head'][:12]}`" if value["head"] else ""
    return (
        f"Branch `{value['branch']}`{at}: {queries.PUBLISHED[value['published']]}. {value['published_detail']}".rstrip()
    )


def _not_done(value: Report) -> list[str]:
    rows = [f"- Step {s['key']}, {s['title']}: {queries.words(s['status'])}. {s['why']}" for s in value["not_done"]]
    return ["## Not done", "", *[row.rstrip() for row in rows], ""] if rows else []


def _steps(value: Report) -> list[str]:
    return ["## Steps", "", *(line for step in value["steps"] for line in _step(step)), ""]


def _step(step: Step) -> list[str]:
    return [
        f"- Step {step['key']}, {step['title']}: {', '.join([step['words'], *facts(step, '`')])}",
        *_account(step),
        *(f"  - `{file['path']}` {_size(file)}{_said(file['intent'])}" for file in step["files"]),
        *(f"  - {_check(check)}" for check in [*step["checks"], *step["not_applicable"]]),
        *(f"  - {_line(note)}" for note in step["notes"]),
        *_claims(step),
        *(f"  - {_finding(found)}" for found in step["findings"] if found["severity"] == "blocking"),
        *(f"  - advisory: {text}" for text in step["advisory"]),
    ]


def _account(step: Step) -> list[str]:
    summary = step["summary"]
    told = [f"  - by {summary['by']}{_said(_line(summary['text']))}"] if summary["by"] and step["files"] else []
    told += [f"  - decided: {_line(text)}" for text in summary["decisions"]]
    return told + [f"  - left the plan: {_line(text)}" for text in summary["deviations"]]


def _claims(step: Step) -> list[str]:
    """How many claims hold, and each that does not, or that nothing shows."""
    found = step["claims"]
    holding = sum(row["verdict"] == "so" for row in found)
    lines = [f"  - claims: {holding} of {len(found)} are so"] if found else []
    return lines + [
        f"    - {row['verdict']}: {_line(row['claimed'] or 'nothing')}{_said(_line(row['observed']))}"
        for row in found
        if row["verdict"] != "so"
    ]


def _finding(found: Mapping[str, Any]) -> str:
    """A blocking finding by its name, and what became of it."""
    place = f"{found['path']}:{found['line']} " if found["line"] else f"{found['path']} ".lstrip()
    ended = f"waived at decision {found['decision']}" if found["decision"] else found["status"]
    return f"{found['name']} ({found['by']}, {ended}): {place}{_line(found['title'])}"


def _size(file: Mapping[str, Any]) -> str:
    return "(binary)" if file["added"] is None else f"+{file['added']} −{file['deleted']}"


def _said(text: str) -> str:
    return f": {text}" if text else ""


def _check(check: Mapping[str, Any]) -> str:
    """One check: verdict, the plan's words, its command where they do not hold it, exit code and duration."""
    command = f" {_code(check['command'])}" if check["command"] and check["command"] not in check["item"] else ""
    ran = [] if check["exit"] is None else [f"exit {check['exit']}", _took(check["seconds"])]
    told = check["verdict"] != "passed" or not ran or check["source"] == "red-first"
    why = [check["reason"]] if check["reason"] and told else []
    why += [f"not run again, from {check['reused_from'][:12]}"] if check["reused_from"] else []
    lines = check["changed_lines"]
    why += [f"{lines['run']} of {lines['of']} changed lines run"] if lines["of"] else []
    tail = f" ({', '.join(ran + why)})" if ran + why else ""
    return f"{queries.words(check['verdict'])}: {_line(check['item'])}{command}{tail}"


def _code(text: str) -> str:
    """A command as a code span on one line, whatever backticks it holds; ⏎ stands for its line feeds."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text.strip().replace(chr(10), ' ⏎ ')}{pad}{fence}"


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _batches(value: Report) -> list[str]:
    rows = [f"- Batch {batch['number']}: {_figures(batch['figures'])}" for batch in value["batches"]]
    return ["## Batches", "", *rows, ""] if rows else []


def _figures(figures: Mapping[str, int]) -> str:
    return (
        f"{figures['passed']} of {figures['steps']} steps passed, {queries.many(figures['files'], 'file')} "
        f"(+{figures['added']} −{figures['deleted']}), checks {figures['checks_passed']}/{figures['checks']}, "
        f"{queries.many(figures['attempts'], 'attempt')}, {queries.many(figures['commits'], 'commit')}"
    )


def _decisions(value: Report) -> list[str]:
    rows = [
        f"- {card['about']}: **{card['option']}** by {card['by']} ({card['via']}) {card['reason']}".rstrip()
        for card in value["decisions"]
        if card["option"]
    ]
    return ["## Decisions", "", *rows, ""] if rows else []


def _line(text: str) -> str:
    """A text on one line, as an entry of a list needs it."""
    return " ".join(text.split())
