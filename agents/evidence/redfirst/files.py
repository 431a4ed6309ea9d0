"""Which files of a change are tests, which help tests, which are documentation; all else is code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

Read = Callable[[str], bytes | None]
"""A path's bytes, None where no regular file is there."""

FRAMEWORK_OF = (
    ("python", re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests?)\.py$")),
    ("script", re.compile(r"(?:\.(?:test|spec)|(?:^|/)__tests__/[^/]+)\.[cm]?[jt]sx?$")),
    ("go", re.compile(r"_test\.go$")),
    ("cargo", re.compile(r"(?:^|/)tests/[^/]+\.rs$")),
)
HELPING_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "__snapshots__"})
DOCUMENTS = frozenset({".md", ".markdown", ".rst", ".txt", ".adoc", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"})
DOCUMENT_NAMES = frozenset({"LICENSE", "NOTICE", "AUTHORS", "CHANGELOG", "README"})


@dataclass(frozen=True, slots=True)
class Diff:
    """Paths of a change by what happened to them. A rename is a deletion and an addition."""

    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    @property
    def there(self) -> tuple[str, ...]:
        return (*self.added, *self.modified)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.there, *self.deleted)


def framework_of(path: str) -> str:
    """python · script · go · cargo for a file of tests, "" for any other."""
    return next((name for name, pattern in FRAMEWORK_OF if pattern.search(path)), "")


def helps_tests(path: str) -> bool:
    """Whether a file is a test, or something only tests use."""
    place = PurePosixPath(path)
    return bool(framework_of(path)) or place.name == "conftest.py" or bool(HELPING_FOLDERS.intersection(place.parts))


def is_document(path: str) -> bool:
    place = PurePosixPath(path)
    return place.suffix.lower() in DOCUMENTS or place.name in DOCUMENT_NAMES


_OF_WHAT_IS_THERE = re.compile(
    r"\b(?:existing|present|current) (?:behaviou?r|order|code|output|functions?|functionality|api|features?)\b"
    r"|\bcharacteri[sz](?:ation|e)\b|\balready (?:works?|does|behaves?)\b"
    r"|\b(?:no|without)(?: any)? changes? (?:in|of|to) behaviou?r|\bwithout changing (?:the |its )?behaviou?r"
    r"|\brefactor",
    re.IGNORECASE,
)


def nothing_to_measure(diff: Diff, tests: Sequence[object], words: str = "") -> str:
    """Why a change needs no red test, as a sentence; "" where it does: it adds tests, and code that is no test. `words`
    are the step's."""
    if all(is_document(path) for path in diff.all):
        return "Red first does not apply: only documentation was changed."
    if not tests:
        return "Red first does not apply: no test was added."
    if all(helps_tests(path) or is_document(path) for path in diff.all):
        return "Red first does not apply: tests alone were changed, so they describe code that was there."
    if asks := _OF_WHAT_IS_THERE.search(words):
        return f"Red first does not apply: the step asks for tests of what is there (“{asks[0]}”)."
    return ""
