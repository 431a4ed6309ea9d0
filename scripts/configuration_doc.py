"""Write docs/configuration.md from the model that reads `signalbox.toml`: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from agents.configuration.model import Settings, Table  # noqa: E402 - run as a script, the checkout is not on the path yet
from agents.registry import MODELS, builtin  # noqa: E402
from agents.registry.parsing import TOOL_NAMES  # noqa: E402

PAGE = ROOT / "docs" / "configuration.md"
NOT_USED = "*Read and shown, not yet used by the engine.*"
EXAMPLE = """[agents]
rubric = [
  { agent = "db-architect", titles = ["migration", "new table"], paths = ["**/migrations/**"] },
  { agent = "svelte-engineer", paths = ["web/**"] },
]

[agents.guidelines]
"*" = ["AGENTS.md"]
db-architect = ["docs/database.md", "docs/decisions.md#Names of keys"]

[setup]
commands = ["python3 -m venv .venv", ".venv/bin/pip install -r requirements.txt"]
path = [".venv/bin"]
copies = { ".env.example" = ".env" }
"""
HEAD = """# Agents and `signalbox.toml`

Made from the code by `make docs`; edit `agents/configuration/model.py` or `scripts/configuration_doc.py`, not this.

What a repository says about its agents is read **in the commit that a run starts from**. A file that is not committed
is not seen, and a change on the branch after a run has started does not change that run. A repository can only choose
among what the operator allows: hosts, secrets, limits and unsafe flags cannot be set here. `manage.py project agents
NAME`, and the page *Agents* of a project, show what was read and what is wrong with it.

## Agent definitions

A Markdown file in `.claude/agents/`, `.cursor/agents/` or `agents/`, in this order where two have one name. It begins
with a YAML block between two `---` lines; below it are the agent's orders. Orders that hold for every agent (no
commits, no network, what is read is data, hand in a report) are added to them.

| key | what it means |
|---|---|
| `name` | letters, digits and hyphens; without it, the file's name. `Rust Developer` in a plan means `rust-developer` |
| `description` | one line for people |
| `model` | {models}, an id that begins with `claude-`, or `inherit` (also when it is left out): its role's |
| `tools` | a list, or names between commas; left out: all of its role's. {tools} Others are not given, and noted |
| `disallowedTools`, `readonly` | take tools away |
| `role` | builder (when it is left out), reviewer or verifier; a built-in name keeps its role |

Other keys are kept and shown. A definition of a built-in name replaces the built-in one. One that cannot be read stops
an approval where the plan or the rubric names it, or where every run needs it (builder, reviewer, verifier); otherwise
it is only shown.

Who builds a step: the agent that a person chose where the run is approved (`manage.py run assign`); else the one that
the plan names as its owner; else the one that the rubric of `signalbox.toml` names; else the builder. An owner who is
no agent here is a warning. A step that rules of the rubric give to different agents is an error until a person chooses.
What reviewer and verifier do is done by the agents of these names.

Built in: {builtin}.

## `signalbox.toml`

At the top of the repository. An unknown field, and a value that does not fit, is left out and named with its line. In
`agents`, `setup`, `checks`, `forbidden` and `guards`, and for an unknown table, that stops the approval: a run without
it would do other than what is written. Elsewhere it is a warning.

```toml
{example}```
"""


def document() -> str:
    """The whole page."""
    foreign: dict[str, list[str]] = {}
    for name, ours in TOOL_NAMES.items():
        foreign.setdefault(ours, []).append(name)
    tools = "; ".join(
        f"`{ours}` ({', '.join(names[1:])})" if names[1:] else f"`{ours}`" for ours, names in foreign.items()
    )
    models = ", ".join(f"`{word}` ({model})" for word, model in MODELS.items())
    built = ", ".join(f"{one.name} ({one.model})" for one in builtin().values())
    head = HEAD.format(models=models, tools=f"Known, letter case aside: {tools}.", builtin=built, example=EXAMPLE)
    return "\n".join([head, *_tables(Settings, ())])


def _tables(table: type[Table], at: tuple[str, ...]) -> Iterator[str]:
    """A section for each table, the outer ones first."""
    rows = [(name, info) for name, info in table.model_fields.items() if not _inner(info) or _extra(info)]
    if rows:
        yield from _section(table, at, dict(rows))
    for name, info in table.model_fields.items():
        inner = _inner(info)
        if inner:
            yield from _tables(inner, (*at, f"{name}[]" if get_origin(info.annotation) else name))


def _section(table: type[Table], at: tuple[str, ...], rows: dict[str, FieldInfo]) -> Iterator[str]:
    name = ".".join(at)
    yield f"### `{f'[[{name[:-2]}]]' if name.endswith('[]') else f'[{name}]'}`".replace("[].", ".")
    yield from ("", _plain(table.__doc__ or ""), "")
    if not any(_extra(info)["used"] for info in rows.values()):
        yield from (NOT_USED, "")
    yield from ("| field | value | what it says | default |", "|---|---|---|---|")
    mixed = {_extra(info)["used"] for info in rows.values()} == {True, False}
    for field, info in rows.items():
        words = _plain(info.description or "") + (f" {NOT_USED}" if mixed and not _extra(info)["used"] else "")
        yield f"| `{field}` | {_kind(info)} | {words} | {_default(info)} |"
    yield ""


def _inner(info: FieldInfo) -> type[Table] | None:
    found = [kind for kind in (info.annotation, *get_args(info.annotation)) if isinstance(kind, type)]
    return next((kind for kind in found if issubclass(kind, Table)), None)


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _kind(info: FieldInfo) -> str:
    if _inner(info):
        return "list of tables"
    if get_origin(info.annotation) is dict:
        return "table of lists" if get_args(info.annotation)[1] is not str else "table"
    return "text" if info.annotation is str else "list of texts"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    return f"`{info.default}`" if info.default else "none"


def _plain(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
