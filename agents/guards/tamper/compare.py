"""The tests of both sides of a diff against each other (X5).

A test may move, take another name, be split or become a table of cases; what may not happen is that less is asserted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from agents.guards import asked
from agents.guards.tamper.types import EXACT, VACUOUS, Assertion, Test, TestFile
from agents.guards.types import Hit, Scope

_NAME = re.compile(r"(?:await\s+)?[\w.]*")
_ALIKE = 0.6
_MOST_PAIRS = 400
_MAY_ASSERT = re.compile(
    r"assert|check|expect|verif|ensure|require|must|should|valid|rais|fail|compar|match|snapshot|approv|warn",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of a step beside its tests: its text, and the names that its code has no more, with their file."""

    scope: Scope
    gone: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    path: str
    test: Test


@dataclass(frozen=True, slots=True)
class Sides:
    """All tests of both sides that are not the same on both, and the assertions that are nowhere any more."""

    old: tuple[Placed, ...]
    new: tuple[Placed, ...]
    lost: Counter[str]
    step: Step


def compare(old: Sequence[TestFile], new: Sequence[TestFile], step: Step) -> Iterator[Hit]:
    """What became weaker. `old` and `new` are the files of a diff that hold tests on either side."""
    sides = _sides(old, new, step)
    pairs, gone, fresh = _matched(sides)
    for before, after in pairs:
        yield from _weaker(before, after, sides)
    yield from _removed(gone, fresh, [after for _, after in pairs], sides)
    for placed in fresh:
        yield from _born(placed, step)


def _sides(old: Sequence[TestFile], new: Sequence[TestFile], step: Step) -> Sides:
    before = [Placed(file.path, test) for file in old for test in file.tests]
    after = [Placed(file.path, test) for file in new for test in file.tests]
    same = Counter(_whole(one) for one in before) & Counter(_whole(one) for one in after)
    changed, fresh = tuple(_without(before, same)), tuple(_without(after, same))
    return Sides(changed, fresh, Counter(_texts(changed, before)) - Counter(_texts(fresh, after)), step)


_Whole = tuple[str, str, str, int, bool]


def _whole(placed: Placed) -> _Whole:
    test = placed.test
    return test.name, test.body, test.skip, test.cases, test.helper


def _without(tests: Sequence[Placed], same: Counter[_Whole]) -> Iterator[Placed]:
    left = same.copy()
    for placed in tests:
        if left[_whole(placed)]:
            left[_whole(placed)] -= 1
        else:
            yield placed


def _texts(changed: Sequence[Placed], everything: Sequence[Placed]) -> Iterator[str]:
    """What is asserted: by tests, and by those helpers that one of them calls."""
    called = "\n".join(placed.test.body for placed in everything)
    for test in (placed.test for placed in changed):
        if not test.helper or f"{test.name}(" in called:
            yield from (one.text for one in test.assertions if one.strength > VACUOUS)


_KEYS: tuple[Callable[[Placed], object], ...] = (
    lambda placed: (placed.test.helper, placed.path, placed.test.name),
    lambda placed: (placed.test.helper, placed.test.name),
    lambda placed: (placed.test.helper, placed.test.body),
)


def _matched(sides: Sides) -> tuple[list[tuple[Placed, Placed]], list[Placed], list[Placed]]:
    """Pairs of a test before and after: by place and name, by name, by body, then by likeness; and what is left."""
    old, new, pairs = list(sides.old), list(sides.new), []
    for key in _KEYS:
        there: dict[object, list[Placed]] = {}
        for placed in new:
            there.setdefault(key(placed), []).append(placed)
        for placed in list(old):
            if found := there.get(key(placed)):
                pairs.append((placed, found[0]))
                old.remove(placed)
                new.remove(found.pop(0))
    for before in list(old) if len(old) * len(new) <= _MOST_PAIRS else ():
        about = [one for one in new if _about_the_same(before.test, one.test, sides.step)]
        after = max(about, key=lambda one: _likeness(before, one), default=None)
        if after is not None and _likeness(before, after) >= _ALIKE:
            pairs.append((before, after))
            old.remove(before)
            new.remove(after)
    return pairs, old, new


def _about_the_same(before: Test, after: Test, step: Step) -> bool:
    """Whether a test under another name may stand for one: it looks at the same, or that is there no more."""
    old = _asks(before)
    return not old or bool(old & _asks(after)) or not any(_last(name) not in step.gone for name in old)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _likeness(one: Placed, other: Placed) -> float:
    if (one.test.helper, one.test.cases) != (other.test.helper, other.test.cases):
        return 0.0
    matcher = SequenceMatcher(None, one.test.body[:2000], other.test.body[:2000], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0


def _removed(gone: Sequence[Placed], fresh: Sequence[Placed], kept: Sequence[Placed], sides: Sides) -> Iterator[Hit]:
    """Tests that nothing took the place of. A new table of cases takes the place of as many tests as it has cases, and
    as many new tests that of a table."""
    rooms = [_Room(one.test, one.test.cases, one.test.weight) for one in (*fresh, *kept) if not one.test.skip]
    for placed in gone:
        test = placed.test
        if test.helper or test.skip or _moved(test, sides):
            continue  # what a helper asserted is missed where it was called
        if not _placed_in(test, [room for room in rooms if test.cases > 1 or room.test.cases > 1]):
            yield _gone(placed, sides.step)


def _gone(placed: Placed, step: Step) -> Hit:
    name = placed.test.name
    if asked.removal(step.scope, _names_of(placed, step)):
        text = f"The test {name} is gone, as the step asks. See that nothing else was lost with it."
        return Hit("removal-asked", placed.path, None, text, name)
    text = f"The test {name} is gone, and nothing takes its place. Put it back; a person decides which go."
    return Hit("test-removed", placed.path, None, text, name)


def _names_of(placed: Placed, step: Step) -> Iterator[str]:
    """How a step may call a test: by its name, its file, or what it tested, where that is gone too."""
    yield from (placed.path, PurePosixPath(placed.path).name, _last(placed.test.name))
    for name in map(_last, _asks(placed.test)):
        if name in step.gone:
            yield from (name, step.gone[name], PurePosixPath(step.gone[name]).name)


@dataclass(slots=True)
class _Room:
    """How many cases and assertions of a new test stand for none that is gone yet."""

    test: Test
    cases: int
    weight: int


def _placed_in(test: Test, rooms: Sequence[_Room]) -> bool:
    """Take the room that a test needs among those that ask the same of the code; False where there is not enough."""
    asked = _asks(test)
    same = [room for room in rooms if room.cases and _asks(room.test) & asked]
    if sum(room.cases for room in same) < test.cases or sum(room.weight for room in same) < test.weight:
        return False
    cases, weight = test.cases, test.weight
    for room in same:
        taken, weighed = min(room.cases, cases), min(room.weight, weight)
        room.cases, room.weight, cases, weight = (
            room.cases - taken,
            room.weight - weighed,
            cases - taken,
            weight - weighed,
        )
    return True


def _asks(test: Test) -> set[str]:
    """What its assertions look at: the names that their subjects begin with."""
    return {found[0] for one in test.assertions if (found := _NAME.match(one.subject)) and found[0]}


def _moved(test: Test, sides: Sides) -> bool:
    """Whether all that a test asserted is asserted somewhere."""
    texts = [one.text for one in test.assertions if one.strength > VACUOUS]
    return bool(texts) and not any(sides.lost[text] for text in texts)


def _weaker(before: Placed, after: Placed, sides: Sides) -> Iterator[Hit]:
    old, new, path = before.test, after.test, after.path
    if new.skip and new.skip != old.skip:
        text = f"{new.name} no longer runs ({new.skip}). Let it run, and mend what it shows."
        yield Hit("skipped", path, new.skip_line or new.line, text, f"{new.name}\0{new.skip}")
    elif new.looked.swallows and not old.looked.swallows:
        text = f"{new.name} catches what its assertions raise, so it cannot fail. Take the handler away."
        yield Hit("swallowed", path, new.looked.swallows, text, new.name)
    elif new.looked.leaves and not old.looked.leaves and old.assertions:
        text = f"{new.name} may now end before it asserts anything. Take the early exit away."
        yield Hit("early-return", path, new.looked.leaves, text, new.name)
    elif old.weight and not new.assertions and not _moved(old, sides):
        text = f"{new.name} asserts nothing any more. Put its assertions back."
        yield Hit("emptied", path, new.line, text, new.name)
    else:
        yield from _assertions(path, old, new, sides)


def _assertions(path: str, old: Test, new: Test, sides: Sides) -> Iterator[Hit]:
    gone = Counter(one.text for one in old.assertions) - Counter(one.text for one in new.assertions)
    come = Counter(one.text for one in new.assertions) - Counter(one.text for one in old.assertions)
    removed, added = _these(old.assertions, gone), _these(new.assertions, come)
    for one in added:
        if one.strength == VACUOUS:
            text = f"{new.name} now asserts what always holds: {one.text[:80]}. Assert what the code has to do."
            yield Hit("vacuous", path, one.line, text, one.text)
    lost = 0
    for was in removed:
        match = _answer(was, added) if sides.lost[was.text] else None
        if match is None:
            lost += was.strength > VACUOUS and not was.loose and bool(sides.lost[was.text])
        else:
            added.remove(match)
            yield from _changed(path, new.name, was, match)
    if lost and new.weight < old.weight:
        first = next((one for one in removed if sides.lost[one.text]), old.assertions[0])
        text = f"{new.name} asserts less than before; “{first.text[:80]}” is gone. Put it back."
        yield Hit("assertions-removed", path, new.line, text, f"{new.name}\0{first.text}")
    elif new.cases < old.cases and new.weight < old.weight:
        text = (
            f"{new.name} has {old.cases - new.cases} cases fewer than before. Put them back; a person decides which go."
        )
        yield Hit("test-removed", path, new.line, text, f"{new.name}\0cases")


def _these(assertions: Sequence[Assertion], wanted: Counter[str]) -> list[Assertion]:
    left, found = wanted.copy(), []
    for one in assertions:
        if left[one.text]:
            left[one.text] -= 1
            found.append(one)
    return found


def _answer(was: Assertion, added: Sequence[Assertion]) -> Assertion | None:
    """The added assertion that stands for one that is gone: about the same subject, else one that says as much, else
    the next."""
    same = [one for one in added if one.subject == was.subject]
    if same:
        return max(same, key=lambda one: one.strength)
    return next((one for one in added if one.strength >= was.strength), next(iter(added), None))


def _changed(path: str, name: str, was: Assertion, now: Assertion) -> Iterator[Hit]:
    same = was.subject == now.subject
    if now.strength == VACUOUS:
        return  # told as such
    if now.strength < was.strength:
        text = f"{name} asserts less: “{was.text[:80]}” became “{now.text[:80]}”. Assert the value again."
        yield Hit("weakened", path, now.line, text, f"{was.text}\0{now.text}")
    elif same and (now.tolerance or 0.0) > (was.tolerance or 0.0):
        text = f"{name} allows more than before: “{was.text[:80]}” became “{now.text[:80]}”. Keep the tolerance."
        yield Hit("tolerance", path, now.line, text, f"{was.text}\0{now.text}")
    elif same and was.strength == EXACT and was.expected != now.expected:
        text = (
            f"{name} expects {now.expected[:60]}, and not {was.expected[:60]} any more. See that the plan asks for it."
        )
        yield Hit("expectation", path, now.line, text, f"{was.text}\0{now.text}")


def _born(placed: Placed, step: Step) -> Iterator[Hit]:
    """A new test that does not run, or that cannot fail."""
    test = placed.test
    if _asserts_nothing(placed):
        code = "smoke" if asked.smoke(step.scope) else "asserts-nothing"
        text = f"The new test {test.name} asserts nothing. Assert what the code has to do."
        yield Hit(code, placed.path, test.line, text, test.name)
    if test.skip:
        code = "skipped-sometimes" if test.sometimes else "skipped"
        text = f"The new test {test.name} does not run ({test.skip}). Let it run, or leave it out."
        yield Hit(code, placed.path, test.skip_line or test.line, text, f"{test.name}\0{test.skip}")
    for one in test.assertions:
        if one.strength == VACUOUS:
            text = (
                f"The new test {test.name} asserts what always holds: {one.text[:80]}. Assert what the code has to do."
            )
            yield Hit("vacuous", placed.path, one.line, text, one.text)
    if test.looked.swallows:
        text = f"The new test {test.name} catches what its assertions raise, so it cannot fail. Take the handler away."
        yield Hit("swallowed", placed.path, test.looked.swallows, text, test.name)


def _asserts_nothing(placed: Placed) -> bool:
    """Only where nothing that the test calls can assert by its name; what a helper elsewhere does is not seen."""
    test = placed.test
    known = test.helper or test.skip or test.assertions or not placed.path.endswith(".py")
    return not known and not _MAY_ASSERT.search(test.body)
