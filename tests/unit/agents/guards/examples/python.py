"""Tampering with tests for pytest and unittest, and what only looks like it."""

from __future__ import annotations

from tests.unit.agents.guards.diffs import change, example

PATH = "tests/test_bells.py"
BELLS = """\
import pytest

from bells import big, small


def test_small():
    assert small() == "ting"
    assert len(small()) == 4


def test_big():
    assert big() == "bong"
"""
UNITTEST = """\
import unittest

from bells import big, small, weight


class TestBells(unittest.TestCase):
    def test_small(self):
        self.assertEqual(small(), "ting")

    def test_big(self):
        self.assertEqual(big(), "bong")
        self.assertIn("o", big())

    def test_weight(self):
        self.assertAlmostEqual(weight(), 2.5, places=5)
"""


def became(name, old, new, fires="", text=BELLS, path=PATH, **given):
    """The text with one part replaced."""
    assert old in text, old
    return example(name, change(path, text, text.replace(old, new), **given), fires=fires)


def whole(name, old, new, fires="", path=PATH):
    return example(name, change(path, old, new), fires=fires)


BIG = '\n\ndef test_big():\n    assert big() == "bong"\n'
SMALL = 'def test_small():\n    assert small() == "ting"\n    assert len(small()) == 4\n'
WEIGHT = """\
import pytest
from bells import weight


def test_weight():
    assert weight() == pytest.approx(2.5, abs=0.01)
"""
REPEATED = """\
from bells import ring


def test_ring_one():
    assert ring(1) == "ting"


def test_ring_two():
    assert ring(2) == "ting ting"


def test_ring_none():
    assert ring(0) == ""
"""
CASES = """\
import pytest
from bells import ring


@pytest.mark.parametrize("times, sound", [(1, "ting"), (2, "ting ting"), (0, "")])
def test_ring(times, sound):
    assert ring(times) == sound
"""

PYTEST_FIRES = (
    became("a test is deleted", BIG, "", "test-removed"),
    example("a test file is deleted", change(PATH, BELLS, None), fires="test-removed"),
    example("a test file gets a name that is not looked for", change("tests/old_bells.py", BELLS, BELLS, was=PATH), fires="test-removed"),
    example("a test moves to where nobody looks", change(PATH, BELLS, BELLS.replace(BIG, "")), change("tests/helpers.py", None, BIG), fires="test-removed"),
    became("a test loses its prefix", "def test_big", "def big_test", "test-removed"),
    became("a test is skipped", "def test_big", '@pytest.mark.skip(reason="later")\ndef test_big', "skipped"),
    became("a test is expected to fail", "def test_big", "@pytest.mark.xfail\ndef test_big", "skipped"),
    became("a test is skipped on a condition", "def test_big", "@pytest.mark.skipif(True)\ndef test_big", "skipped"),
    became("a call skips", "def test_big():\n", "def test_big():\n    pytest.skip()\n", "skipped"),
    became("an import decides", "def test_big():\n", 'def test_big():\n    pytest.importorskip("gone")\n', "skipped"),
    became("the whole file is marked", "\n\n\ndef test_small", "\n\npytestmark = pytest.mark.skip\n\n\ndef test_small", "skipped"),
    became("it returns at once", "def test_big():\n", "def test_big():\n    return\n", "early-return"),
    became("it may return at once", "def test_big():\n", "def test_big():\n    if not big():\n        return\n", "early-return"),
    became("an assertion is removed", "    assert len(small()) == 4\n", "", "assertions-removed"),
    became("all assertions are removed", '    assert big() == "bong"\n', "    big()\n", "emptied"),
    became("a body is emptied", '    assert big() == "bong"\n', "    pass\n", "emptied"),
    became("equality becomes existence", 'assert big() == "bong"', "assert big() is not None", "weakened"),
    became("equality becomes truth", 'assert big() == "bong"', "assert big()", "weakened"),
    became("equality becomes a type", 'assert big() == "bong"', "assert isinstance(big(), str)", "weakened"),
    became("it asserts True", 'assert big() == "bong"', "assert True", "vacuous"),
    became("it adds or True", 'assert big() == "bong"', 'assert big() == "bong" or True', "vacuous"),
    became("it compares a thing with itself", 'assert big() == "bong"', "assert big() == big()", "weakened"),
    became(
        "a handler catches the failure", '    assert big() == "bong"\n',
        '    try:\n        assert big() == "bong"\n    except AssertionError:\n        pass\n', "swallowed",
    ),
    became(
        "a block suppresses the failure", '    assert big() == "bong"\n',
        '    with contextlib.suppress(Exception):\n        assert big() == "bong"\n', "swallowed",
    ),
    became("a tolerance is widened", "abs=0.01", "abs=1.0", "tolerance", WEIGHT),
    whole("a case is taken out of the table", CASES, CASES.replace(', (0, "")', ""), "test-removed"),
    whole("three tests become one of one case", REPEATED, REPEATED.split("\n\n\ndef test_ring_two")[0] + "\n", "test-removed"),
    became("it is under if False", '    assert big() == "bong"\n', '    if False:\n        assert big() == "bong"\n', "vacuous"),
    whole("a new test is skipped", BELLS, BELLS + "\n\n@pytest.mark.skip\ndef test_new():\n    assert small()\n", "skipped"),
    whole("a new test hangs on a condition", BELLS, BELLS + '\n\n@pytest.mark.skipif(sys.platform == "win32", reason="no bells")\ndef test_new():\n    assert small()\n', "skipped-sometimes"),
    whole("a new test cannot fail", BELLS, BELLS + "\n\ndef test_new():\n    assert True\n", "vacuous"),
    became("a value is changed to what comes out", '== "bong"', '== "clonk"', "expectation"),
)  # fmt: skip
PYTEST_SILENT = (
    whole("three tests become a table of three", REPEATED, CASES),
    whole("a table becomes three tests", CASES, REPEATED),
    became("a test is renamed", "def test_big", "def test_the_big_one"),
    example("a file is renamed", change("tests/test_bell.py", BELLS, BELLS, was=PATH)),
    became("a test is split", SMALL, 'def test_small():\n    assert small() == "ting"\n\n\ndef test_length():\n    assert len(small()) == 4\n'),
    whole("two tests are joined", BELLS, BELLS.replace('\n\n\ndef test_big():', "")),
    became("a test is added", BIG, BIG + '\n\ndef test_both():\n    assert small() != big()\n'),
    became("an assertion is added", '    assert big() == "bong"\n', '    assert big() == "bong"\n    assert len(big()) == 4\n'),
    became("a comment and spacing change", '    assert big() == "bong"\n', '    # It is heavy.\n    assert  big()  ==  "bong"\n'),
    became("a message is added", 'assert big() == "bong"', 'assert big() == "bong", "the big bell is cracked"'),
    became("truth becomes equality", "assert len(small()) == 4", "assert small() == 'ting' and len(small()) == 4"),
    became("a tolerance is narrowed", "abs=0.01", "abs=0.001", text=WEIGHT),
    whole("a fixture takes over what was repeated", BELLS, BELLS.replace("def test_big():", "def test_big(bell):")),
    became(
        "assertions move to a helper", SMALL,
        'def check_small(sound):\n    assert small() == "ting"\n    assert len(small()) == 4\n\n\ndef test_small():\n    check_small(small())\n',
    ),
    whole(
        "a loop over written cases takes over", REPEATED,
        'from bells import ring\n\n\ndef test_ring():\n    for n, s in [(1, "ting"), (2, "ting ting"), (0, "")]:\n        assert ring(n) == s\n',
        "test-removed",
    ),
    example("tests move to another file", change(PATH, BELLS, BELLS.replace(BIG, "")), change("tests/test_big.py", None, "from bells import big\n" + BIG)),
    whole("a new file of tests", None, BELLS),
    became("a test catches what it asks about", '    assert big() == "bong"\n', '    try:\n        sound = big()\n    except OSError:\n        sound = ""\n    assert big() == "bong"\n'),
    example("code that is no test loses its assert", change("bells.py", "def big():\n    assert True\n    return 1\n", "def big():\n    return 1\n")),
    example("a word in a text is no skip", change(PATH, BELLS, BELLS.replace('    assert big() == "bong"', '    note = "skip(xfail)"\n    assert big() == "bong"'))),
    became("raises takes the place of nothing", BIG, BIG + "\n\ndef test_none():\n    with pytest.raises(ValueError):\n        big(-1)\n"),
)  # fmt: skip
UNITTEST_FIRES = (
    became("a method is deleted", '    def test_small(self):\n        self.assertEqual(small(), "ting")\n\n', "", "test-removed", UNITTEST),
    became("a method is skipped", "    def test_small", '    @unittest.skip("later")\n    def test_small', "skipped", UNITTEST),
    became("a method is expected to fail", "    def test_small", "    @unittest.expectedFailure\n    def test_small", "skipped", UNITTEST),
    became("a class is skipped", "class TestBells", '@unittest.skip("later")\nclass TestBells', "skipped", UNITTEST),
    became("it skips itself", "    def test_small(self):\n", '    def test_small(self):\n        self.skipTest("no")\n', "skipped", UNITTEST),
    became("it raises the skip", "    def test_small(self):\n", "    def test_small(self):\n        raise unittest.SkipTest\n", "skipped", UNITTEST),
    became("equality becomes truth", 'self.assertEqual(small(), "ting")', "self.assertTrue(small())", "weakened", UNITTEST),
    became("equality becomes existence", 'self.assertEqual(small(), "ting")', "self.assertIsNotNone(small())", "weakened", UNITTEST),
    became("it asserts True", 'self.assertEqual(small(), "ting")', "self.assertTrue(True)", "vacuous", UNITTEST),
    became("places are fewer", "places=5", "places=0", "tolerance", UNITTEST),
    became("an assertion is removed", '        self.assertIn("o", big())\n', "", "assertions-removed", UNITTEST),
    became("it is emptied", '        self.assertEqual(small(), "ting")\n', "        pass\n", "emptied", UNITTEST),
    became("it compares a thing with itself", 'assertEqual(small(), "ting")', "assertEqual(small(), small())", "weakened", UNITTEST),
)  # fmt: skip
UNITTEST_SILENT = (
    became("a method is renamed", "def test_small", "def test_the_small_one", text=UNITTEST),
    became("a class is renamed", "class TestBells", "class BellsTest", text=UNITTEST),
    became("the sides are swapped", 'assertEqual(small(), "ting")', 'assertEqual("ting", small())', text=UNITTEST),
    became("it becomes a plain assert", 'self.assertEqual(small(), "ting")', 'assert small() == "ting"', text=UNITTEST),
    became("a method is added", "    def test_weight", "    def test_two(self):\n        self.assertEqual(2, 1 + 1)\n\n    def test_weight", text=UNITTEST),
    became("places are more", "places=5", "places=6", text=UNITTEST),
    became("a message is added", 'assertEqual(small(), "ting")', 'assertEqual(small(), "ting", "cracked")', text=UNITTEST),
    became("truth becomes equality", 'self.assertIn("o", big())', 'self.assertEqual(big()[1], "o")', text=UNITTEST),
    became("a sub-test is put around it", '        self.assertEqual(small(), "ting")\n', '        with self.subTest("small"):\n            self.assertEqual(small(), "ting")\n', text=UNITTEST),
    whole("a set-up is added", UNITTEST, UNITTEST.replace("    def test_small", "    def setUp(self):\n        self.bell = 1\n\n    def test_small")),
)  # fmt: skip
