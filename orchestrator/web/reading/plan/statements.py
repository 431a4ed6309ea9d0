"""Everything a plan states beside its steps, as tables; what it does not state is absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Parsed = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is 0 where the plan's reading keeps none."""

    cells: Sequence[str]
    line: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    title: str
    columns: Sequence[str]
    rows: Sequence[Row]

    @property
    def labelled(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its cells beside the names of their columns."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]


def statements(parsed: Parsed) -> list[Statement]:
    """In the order in which a reader asks for them."""
    found = [Statement(title, columns, list(rows(parsed.get(name) or ()))) for name, title, columns, rows in _KINDS]
    return [statement for statement in found if statement.rows]


def _entries(entries: Sequence[Parsed]) -> Iterator[Row]:
    for entry in entries:
        others = [f"{name}: {cell}" for name, cell in list(entry["cells"].items())[1:] if cell]
        yield Row([entry["text"], entry["command"] or " · ".join(others)], entry["line"], entry["done"])


def _pairs(pairs: Mapping[str, str] | Sequence[Any]) -> Iterator[Row]:
    for name, value in dict(pairs).items():
        yield Row([name, value])


def _tools(tools: Sequence[Parsed]) -> Iterator[Row]:
    for tool in tools:
        yield Row([tool["category"], tool["tool"], tool["command"]], tool["line"])


def _groups(groups: Sequence[Parsed]) -> Iterator[Row]:
    for group in groups:
        yield Row([group["key"], group["title"]], group["line"])


def _parallel(groups: Sequence[Sequence[str]]) -> Iterator[Row]:
    for number, keys in enumerate(groups, 1):
        yield Row([str(number), ", ".join(keys)])


def _gates(gates: Sequence[Parsed]) -> Iterator[Row]:
    for gate in gates:
        yield Row([gate["group"], "\n".join(check["text"] for check in gate["checks"])], gate["line"])


def _checkpoints(checkpoints: Sequence[Parsed]) -> Iterator[Row]:
    for noted in checkpoints:
        fields = "\n".join(f"{name}: {value}" for name, value in noted["fields"].items())
        yield Row([noted["key"], noted["status"], fields], noted["line"])


_KINDS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], Iterator[Row]]], ...] = (
    ("tool_chain", "Tool chain", ("Category", "Tool", "Command"), _tools),
    ("validation", "Validation commands", ("What", "Command"), _entries),
    ("criteria", "Acceptance criteria", ("Criterion", "Proof"), _entries),
    ("journeys", "User journeys", ("Journey", "More"), _entries),
    ("decisions", "Locked decisions", ("Decision", "More"), _entries),
    ("documentation", "Documentation requirements", ("What", "More"), _entries),
    ("groups", "Groups", ("Key", "Title"), _groups),
    ("parallel_groups", "Parallel groups", ("Order", "Steps that may run side by side"), _parallel),
    ("gates", "Gates", ("Group", "What has to hold"), _gates),
    ("checkpoints", "Checkpoints", ("Step", "Status", "Noted"), _checkpoints),
    ("review_policy", "Review policy", ("Rule", "Value"), _pairs),
    ("team", "Team", ("Setting", "Value"), _pairs),
    ("frontmatter", "Frontmatter", ("Field", "Value"), _pairs),
)
