"""What a test file says, in whichever language: tests, with what they assert and whether they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

EXACT, COMPARED, EXISTS, VACUOUS = 3, 2, 1, 0
"""How much an assertion says: a value, an order or a part, that there is something, nothing."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """`subject` is what is looked at, `expected` what it has to be ("" without one); `tolerance` is how far from it a
    number may be, None where it may not. `loose` is a call of something that asserts, but by its name need not."""

    line: int
    text: str
    strength: int
    subject: str = ""
    expected: str = ""
    tolerance: float | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What a test does, in its order. `leaves` is the line at which it may end before anything is asserted, `swallows`
    that of a handler that keeps it from failing; 0 without one."""

    assertions: tuple[Assertion, ...] = ()
    leaves: int = 0
    swallows: int = 0


@dataclass(frozen=True)
class Test:
    """One test. `body` is its text without spacing, to recognise it under another name; `look` reads it, which most
    are spared, being the same on both sides; `cases` is how often it runs, by parameters. `skip` says why it does not
    run ("" where it does), `sometimes` where that hangs on a condition. A `helper` is no test, and asserts for those
    that call it."""

    name: str
    line: int
    body: str
    look: Callable[[], Looked] = field(repr=False)
    cases: int = 1
    skip: str = ""
    skip_line: int = 0
    sometimes: bool = False
    helper: bool = False

    @cached_property
    def looked(self) -> Looked:
        return self.look()

    @property
    def assertions(self) -> tuple[Assertion, ...]:
        return self.looked.assertions

    @property
    def weight(self) -> int:
        """Assertions that say something, as often as they are made."""
        return sum(one.strength > VACUOUS for one in self.assertions) * self.cases


@dataclass(frozen=True, slots=True)
class TestFile:
    """The tests and helpers of one side of a file."""

    path: str
    tests: tuple[Test, ...] = ()
