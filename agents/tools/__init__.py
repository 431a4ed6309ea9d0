"""The tools of our own loop: one table, and how a call is carried out.

`report` and `ask_person` end a dispatch, so the loop itself answers them; here they only have their shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from agents.exceptions import ToolRefused
from agents.reports import report_model
from agents.tools import commands, files
from agents.tools.bench import Bench
from agents.types import Role

REPORT = "report"
ASK = "ask_person"


@dataclass(frozen=True, slots=True)
class Tool:
    """`call` is the model of its arguments; `run` gets one and a Bench and returns what the model reads."""

    description: str
    call: type[BaseModel]
    run: Callable[[Any, Bench], str]
    writes: bool = False


class AskCall(BaseModel):
    question: str = Field(min_length=1, description="one question that a person can answer without reading the code")


TOOLS: Mapping[str, Tool] = {
    "shell": Tool("Run a shell command at the worktree's root.", commands.ShellCall, commands.shell),
    "read_file": Tool("Read a file; lines come with their numbers.", files.ReadCall, files.read_file),
    "write_file": Tool("Create or replace a file.", files.WriteCall, files.write_file, writes=True),
    "edit_file": Tool("Replace one exact piece of a file.", files.EditCall, files.edit_file, writes=True),
    "list_files": Tool("List all files below a folder.", files.ListCall, files.list_files),
    "search": Tool("Find lines by a regular expression.", commands.SearchCall, commands.search),
}


def allowed(names: Iterable[str], writable: bool) -> tuple[str, ...]:
    """The tools among `names` that may be used; those that write only where the worktree is writable."""
    return tuple(name for name in names if name in TOOLS and (writable or not TOOLS[name].writes))


def offers(names: Iterable[str], role: Role, asks: bool) -> list[dict[str, Any]]:
    """Tool definitions as the Messages API takes them: the named tools, the role's report, and perhaps the question."""
    offered = [_offer(name, TOOLS[name].description, TOOLS[name].call) for name in names]
    if asks:
        offered.append(_offer(ASK, "Ask a person and stop until they have answered.", AskCall))
    return [*offered, _offer(REPORT, "Hand in your report. This ends your work.", report_model(role))]


def use(name: str, arguments: object, names: Iterable[str], bench: Bench) -> str:
    """Carry out one call. A name that was not offered, unfit arguments and refusals are ToolRefused."""
    if name not in names:
        raise ToolRefused(f"There is no tool “{name}” here. You have: {', '.join(names)}.")
    try:
        call = TOOLS[name].call.model_validate(arguments)
    except ValidationError as error:
        raise ToolRefused(f"These arguments do not fit {name}: {problems(error)}") from error
    return TOOLS[name].run(call, bench)


def problems(error: ValidationError) -> str:
    """What pydantic found, in one line a model and a person can read."""
    return "; ".join(f"{'.'.join(map(str, item['loc'])) or 'input'}: {item['msg']}" for item in error.errors())


def _offer(name: str, description: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"name": name, "description": description, "input_schema": model.model_json_schema()}
