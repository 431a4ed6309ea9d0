"""XML that somebody else wrote, read without entities, without the network, and within bounds."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from agents.exceptions import ResultsUnreadable

DEEPEST = 64
MOST_ELEMENTS = 500_000


def parse(data: bytes) -> Element:
    """The root element, names without their namespaces. Raises ResultsUnreadable."""
    builder = _Bounded()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.tree.data
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ResultsUnreadable(f"it is no well-formed XML ({error})") from error
    root: Element = builder.tree.close()
    return root


class _Bounded:
    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.depth = self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            raise ResultsUnreadable(f"it nests deeper than {DEEPEST} or has more than {MOST_ELEMENTS:,} elements")
        self.tree.start(_plain(name), attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.tree.end(_plain(name))


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _no_entities(name: str, *rest: object) -> None:
    raise ResultsUnreadable(f"it declares the entity {name!r}, and a report of test results needs none")
