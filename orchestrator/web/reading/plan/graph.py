"""Who waits for whom in a plan, drawn: columns are the earliest start, bands are groups. The list of waves is its twin
in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.web.reading.plan.text import Text
from plans.graph import dependents, find_cycle, waves
from plans.types import ParsedStep

MOST_NODES = 60
PAGE = 200
MOST_CYCLES = 20
WIDE, HIGH, COLUMN, ROW, MARGIN, HEADING, RETURN = 168, 34, 216, 46, 12, 26, 48
"""Sizes in px: a node, the distance of columns and rows, the edge, a band's heading, and the
room below for a line that leads back."""
TITLE_LETTERS = 17


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A step in words. `wave` counts from 1; `after`, `before` and `outside` are keys, the last of no step of this
    plan."""

    number: int
    step: ParsedStep
    wave: int
    after: Sequence[str]
    before: Sequence[str]
    outside: Sequence[str]


@dataclass(frozen=True, slots=True)
class Node:
    """A box with its upper left corner. `row` is None for a dependency that is no step of this plan."""

    x: int
    y: int
    label: str
    title: str
    row: WaveRow | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A line as an SVG path; `in_cycle` where it closes a circle."""

    path: str
    in_cycle: bool


@dataclass(frozen=True, slots=True)
class Band:
    y: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    bands: Sequence[Band]


@dataclass(frozen=True, slots=True)
class Graph:
    """`cycles` are paths that end where they began. `drawing` is None above MOST_NODES nodes; `rows` is a page of what
    the filter lets through, in the order of the waves."""

    cycles: Sequence[Sequence[str]]
    drawing: Drawing | None
    rows: Sequence[WaveRow]
    matching: int
    waves: int
    widest: int
    total: int


def graph(text: Text, words: str = "", page: int = 1) -> Graph:
    """The graph of a text; its list holds the steps whose key, title or group contains `words`."""
    steps, cycles = _cut(text.outline)
    rows = _rows(text.outline, waves(steps))
    titles = {group["key"]: group["title"] for group in text.parsed.get("groups", [])}
    wanted = words.casefold()
    matching = [row for row in rows if wanted in f"{row.step.key} {row.step.title} {row.step.group or ''}".casefold()]
    widths = Counter(row.wave for row in rows)
    drawing = _draw(rows, titles, cycles) if len(rows) <= MOST_NODES else None
    shown = matching[(page - 1) * PAGE : page * PAGE]
    return Graph(cycles, drawing, shown, len(matching), len(widths), max(widths.values(), default=0), len(rows))


def _cut(steps: Sequence[ParsedStep]) -> tuple[Sequence[ParsedStep], list[Sequence[str]]]:
    """The steps without one dependency of each circle, and the circles with it as their last: one on a later step,
    which every circle has."""
    found: list[Sequence[str]] = []
    place = _places(steps)
    while path := find_cycle(steps):
        if len(found) == MOST_CYCLES:
            return _backward_only(steps), found
        turned = _ending_forward(path, place)
        found.append(turned)
        waiting, on = turned[-2:]
        steps = [_without(step, on) if step.key == waiting else step for step in steps]
    return steps, found


def _backward_only(steps: Sequence[ParsedStep]) -> Sequence[ParsedStep]:
    """Only dependencies on earlier steps, which close no circle."""
    place = _places(steps)
    return [
        replace(step, depends_on=tuple(key for key in step.depends_on if place.get(key, number) < number))
        for number, step in enumerate(steps)
    ]


def _places(steps: Sequence[ParsedStep]) -> dict[str, int]:
    return {step.key: number for number, step in reversed(list(enumerate(steps)))}


def _ending_forward(path: Sequence[str], place: Mapping[str, int]) -> Sequence[str]:
    """The same circle, turned so that its last dependency is one on a step that does not stand earlier."""
    ring = list(path[:-1])
    for turn in range(len(ring)):
        turned = ring[turn:] + ring[:turn]
        if place[turned[0]] >= place[turned[-1]]:
            return [*turned, turned[0]]
    return path


def _without(step: ParsedStep, key: str) -> ParsedStep:
    return replace(step, depends_on=tuple(name for name in step.depends_on if name != key))


def _rows(steps: Sequence[ParsedStep], layers: Sequence[Sequence[str]]) -> list[WaveRow]:
    wave = {key: number for number, layer in enumerate(layers, 1) for key in layer}
    after = dependents(steps)
    rows = [
        WaveRow(number, step, wave[step.key], step.depends_on, after[step.key], step.outside_dependencies)
        for number, step in enumerate(steps, 1)
    ]
    return sorted(rows, key=lambda row: row.wave)


def _draw(rows: Sequence[WaveRow], titles: Mapping[str, str], cycles: Sequence[Sequence[str]]) -> Drawing:
    """Bands in the order of the plan; what stands outside of it has a column of its own at the left."""
    outside = list(dict.fromkeys(name for row in rows for name in row.outside))
    shift = 1 if outside else 0
    nodes, bands, y = [], [], MARGIN
    for group, members in _grouped(rows).items():
        top, taken = y + (HEADING if group else 0), Counter[int]()
        for row in members:
            x = MARGIN + (row.wave - 1 + shift) * COLUMN
            label = f"{row.step.key} · {row.step.title}"
            nodes.append(Node(x, top + taken[row.wave] * ROW, _short(label), label, row))
            taken[row.wave] += 1
        height = top - y + max(taken.values()) * ROW
        bands.append(Band(y, height, titles.get(group) or group))
        y += height + 6
    nodes += [
        Node(MARGIN, MARGIN + HEADING + place * ROW, _short(name), name, None) for place, name in enumerate(outside)
    ]
    width = max((node.x for node in nodes), default=0) + WIDE + MARGIN
    height = max([y, *(node.y + ROW for node in nodes)]) + (RETURN if cycles else MARGIN)
    return Drawing(width, height, nodes, _edges(nodes, cycles), bands)


def _grouped(rows: Sequence[WaveRow]) -> dict[str, list[WaveRow]]:
    groups: dict[str, list[WaveRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.number):
        groups[row.step.group or ""].append(row)
    return groups


def _short(label: str) -> str:
    return label if len(label) <= TITLE_LETTERS + 4 else f"{label[: TITLE_LETTERS + 3].rstrip()}…"


def _edges(nodes: Sequence[Node], cycles: Sequence[Sequence[str]]) -> list[Edge]:
    closing = {(path[-2], path[-1]) for path in cycles}
    steps = {node.row.step.key: node for node in reversed(nodes) if node.row}
    others = {node.title: node for node in nodes if node.row is None}
    edges = []
    for node in steps.values():
        assert node.row is not None
        for name in node.row.after:
            in_cycle = (node.row.step.key, name) in closing
            edges.append(Edge((_return if in_cycle else _curve)(steps[name], node), in_cycle))
        edges += [Edge(_curve(others[name], node), False) for name in node.row.outside]
    return edges


def _curve(start: Node, end: Node) -> str:
    """From the right side of one node to the left side of another."""
    x1, y1, x2, y2 = start.x + WIDE, start.y + HIGH // 2, end.x, end.y + HIGH // 2
    bend = max(24, abs(x2 - x1) // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _return(start: Node, end: Node) -> str:
    """From below one node back to below another."""
    x1, y1, x2, y2 = start.x + WIDE // 2, start.y + HIGH, end.x + WIDE // 2, end.y + HIGH
    deep = max(y1, y2) + RETURN + 12
    return f"M{x1} {y1}C{x1} {deep} {x2} {deep} {x2} {y2}"
