"""Red first: new tests must fail on the code they were written for, before that code is there."""

from agents.evidence.redfirst.added import NewTests, added_tests
from agents.evidence.redfirst.files import Diff, helps_tests, nothing_to_measure
from agents.evidence.redfirst.frameworks import command_for
from agents.evidence.redfirst.judging import Verdict, judge

__all__ = [
    "Diff",
    "NewTests",
    "Verdict",
    "added_tests",
    "command_for",
    "helps_tests",
    "judge",
    "nothing_to_measure",
]
