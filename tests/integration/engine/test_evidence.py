"""Checks are believed only on evidence: sorted against the base, reused where nothing changed, red before green."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.engine import keeping
from orchestrator.models import Artifact, Candidate, CheckRun, Decision, Run
from tests.integration.engine.hand import Hand
from tests.repositories import git, plan_of, repository

pytestmark = pytest.mark.django_db(transaction=True)

THERE = ["It is there — `test -f PLAN.md`"]
SUITE = "python3 -m unittest -q"
TESTS = """import unittest, bells


class Bells(unittest.TestCase):
    def test_small(self):
        self.assertEqual(bells.small(), 'ting')

    def test_big(self):
        self.assertEqual(bells.big(), 'bong')
"""
BELLS = "def small():\n    return 'ting'\n\n\ndef big():\n    return 'bong'\n"
OLD_BREACH = BELLS.replace("bong", "bang")


@pytest.fixture
def begin(tmp_path, data):
    def go(*steps: list[str], plan: str = "", **files: str) -> Hand:
        files = {"bells.py": BELLS, "test_bells.py": TESTS} | {name.replace("__", "."): f for name, f in files.items()}
        hand = Hand(repository(tmp_path / "bells", files, plan=plan or plan_of(*steps)))
        hand.start()
        hand.approve()
        return hand

    return go


def write(hand: Hand, name: str, text: str) -> None:
    """Replace a file in the step's worktree."""
    file = hand.folder() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def rows(source: str = "plan") -> list[CheckRun]:
    return list(CheckRun.objects.filter(source=source).order_by("candidate", "position"))


# -- the base decides --------------------------------------------------------------------------------------------------


TABLE = """import unittest, bells


def load_tests(loader, tests, pattern):
    def one(name):
        return unittest.FunctionTestCase(lambda: getattr(bells, name)())
    return unittest.TestSuite(one(name) for name in bells.NAMES)
"""
NAMED = BELLS + 'NAMES = ["small", "big"]\n'


@pytest.mark.ledger("X4", "X5")
@pytest.mark.parametrize(
    ("title", "status", "verdict"),
    [("Remove the big bell", "passed", "passed"), ("Polish the bells", "needs_decision", "failed")],
)
def test_fewer_tests_than_on_the_base_block_unless_tests_changed_or_something_was_to_go(begin, title, status, verdict):
    plan = plan_of([f"All pass — `{SUITE}`"]).replace("Do 1", title)
    hand = begin(plan=plan, test_bells__py=TABLE, bells__py=NAMED)
    write(hand, "bells.py", NAMED.replace(', "big"', ""))
    hand.done()
    assert hand.step("1").status == status
    (row,), (measured,) = rows(), rows("baseline")
    assert row.reason == f"exit 0, but 1 test ran; on the base {measured.candidate.base_oid[:7]} 2 did"
    assert (row.verdict, measured.verdict) == (verdict, "passed")


@pytest.mark.ledger("X4", "B10")
def test_a_test_that_failed_before_does_not_block_and_is_never_called_a_pass(begin):
    hand = begin([f"All is well — `{SUITE}`"], bells__py=OLD_BREACH)
    hand.do("notes.py", "x = 1\n")
    (row,), (base,) = rows(), rows("baseline")
    assert hand.step("1").status == "passed"
    assert (row.verdict, base.verdict) == ("not_new", "failed")
    assert row.reason == f"1 failed: 0 new, 1 was there before (base {row.candidate.base_oid[:7]})"
    assert row.compared["before"] == ["test_bells.Bells.test_big"]
    assert base.tree == git(hand.source, "rev-parse", "main^{tree}") and not base.decides


@pytest.mark.ledger("X4", "B11")
def test_a_new_failure_blocks_and_the_card_names_it_with_what_it_says_first(begin):
    hand = begin([f"All is well — `{SUITE}`"], bells__py=OLD_BREACH)
    write(hand, "bells.py", OLD_BREACH.replace("ting", "clonk"))
    hand.done()
    reason = hand.card("check").payload["reasons"][0]
    assert "2 failed: 1 new, 1 was there before" in reason["text"]
    assert reason["detail"] == "test_bells.Bells.test_small: AssertionError: 'clonk' != 'ting'"
    again = rows("rerun")
    assert [row.rerun_of for row in again] == rows() and again[0].verdict == "failed"


@pytest.mark.ledger("X4")
def test_what_a_step_mended_is_told_and_a_landed_result_is_the_next_base(begin):
    item = f"All is well — `{SUITE}`"
    hand = begin([item], [item], bells__py=OLD_BREACH)
    hand.do("notes.py", "x = 1\n")
    write(hand, "bells.py", BELLS)
    hand.done()
    first, second = rows()
    assert (second.verdict, second.compared["fixed"]) == ("passed", ["test_bells.Bells.test_big"])
    assert second.compared["from"] == first.candidate_id
    assert len(rows("baseline")) == 1


@pytest.mark.ledger("X4")
def test_a_failing_test_that_passes_when_run_once_more_is_flaky_and_both_runs_stay(begin, tmp_path):
    hand = begin([f"All is well — `{SUITE}`"])
    # A jail forgets everything; without one, a file outside can tell the first run from the second.
    Run.objects.update(unsafe=True)
    mark = tmp_path / "seen"
    once = f"there = os.path.exists('{mark}')\n        open('{mark}', 'w').close()\n        self.assertTrue(there)"
    write(hand, "test_odd.py", "import os, unittest\n" + TINY_TEST.format(once))
    hand.done()
    (row,), (again,) = rows(), rows("rerun")
    assert (row.verdict, again.verdict, again.rerun_of) == ("not_new", "passed", row)
    assert row.compared["flaky"] == ["test_odd.Tiny.test_tiny"] and hand.step("1").status == "passed"
    assert not any(row.reused_from for row in rows())


@pytest.mark.ledger("X4")
def test_a_gap_that_was_accepted_is_waived_at_its_decision_for_later_steps(begin):
    item = f"All is well — `{SUITE}`"
    hand = begin([item], [item])
    write(hand, "bells.py", OLD_BREACH)
    hand.done()
    hand.decide("accept_gap", reason="the big bell is away")
    decision = Decision.objects.get(option="accept_gap")
    hand.decide("continue")
    hand.do("notes.py", "x = 1\n")
    last = rows()[-1]
    assert last.compared["waived"] == {"test_bells.Bells.test_big": decision.pk}
    assert f"0 new, 1 waived at decision {decision.pk}" in last.reason and hand.step("2").status == "passed"


@pytest.mark.ledger("X4")
def test_a_step_whose_own_item_has_no_passing_test_blocks_even_if_it_failed_before(begin):
    hand = begin(["The big bell rings — `python3 -m unittest test_bells.Bells.test_big`"], bells__py=OLD_BREACH)
    hand.do("notes.py", "x = 1\n")
    assert "none of its tests passes" in hand.card("check").payload["reasons"][0]["text"]


@pytest.mark.ledger("X4", "B11")
def test_an_item_without_tests_blocks_whatever_the_base_does(begin):
    hand = begin(["It is there — `test -f missing.txt`"])
    hand.do("notes.py", "x = 1\n")
    assert hand.card("check") and not rows("baseline")


# -- the project's own checks ------------------------------------------------------------------------------------------

LINT = "grep -rn FIXME --include=*.py . && exit 1 || exit 0"


def toml(name: str, command: str, more: str = "") -> str:
    return f"[[checks]]\nname = '{name}'\ncommand = '''{command}'''\n{more}\n"


@pytest.mark.ledger("P20", "B10")
def test_a_project_check_runs_exactly_when_a_path_of_its_own_is_touched(begin):
    text = toml("web builds", "true", "paths = ['web/**']") + toml("always", "true")
    hand = begin(THERE, THERE, signalbox__toml=text)
    hand.do("notes.py", "x = 1\n")
    write(hand, "web/a.js", "1\n")
    hand.done()
    found = [(row.item, row.verdict) for row in rows("project")]
    assert found == [
        ("web builds", "not_applicable"),
        ("always", "passed"),
        ("web builds", "passed"),
        ("always", "passed"),
    ]
    assert "nothing that fits web/** was changed" in rows("project")[0].reason


TAGGED = """# Bells

**Status:** Reviewed - Ready for Implementation

## Phases

### Phase 1: Write

**Principal Owner:** Toolsmith
**Dependencies:** None

**Acceptance Criteria:**
- [ ] `test -f PLAN.md`

### Phase 2: Ring

**Principal Owner:** Toolsmith
**Skills:** live
**Dependencies:** Phase 1

**Acceptance Criteria:**
- [ ] `test -f PLAN.md`
"""


@pytest.mark.ledger("T18")
def test_a_gate_by_tag_must_pass_for_a_step_with_the_tag_and_is_none_of_another(begin):
    gate = toml("live", "test -f live.txt", "tags = ['live']")
    hand = begin(plan=TAGGED, signalbox__toml=gate)
    hand.do("notes.py", "x = 1\n")
    assert hand.step("1").status == "passed" and not rows("gate")
    hand.do("notes.py", "y = 2\n")
    assert hand.card("check").payload["reasons"][0]["text"].startswith("live: exit 1, expected 0")
    (hand.held() / "live.txt").write_text("It rings.\n")
    hand.decide("recheck")
    assert hand.step("2").status == "passed"


@pytest.mark.ledger("P20", "X4")
def test_a_project_check_that_failed_before_in_the_same_way_does_not_block(begin):
    hand = begin(
        THERE,
        THERE,
        signalbox__toml=toml("lint", LINT),
        old__py="# FIXME\n",
    )
    hand.do("notes.py", "x = 1\n")
    assert rows("project")[0].verdict == "not_new" and "fails in the same way" in rows("project")[0].reason
    hand.do("notes.py", "y = 2  # FIXME\n")
    assert "fails otherwise" in hand.card("check").payload["reasons"][0]["text"]


def sarif(*found: tuple[str, int]) -> str:
    place = {"artifactLocation": {"uri": "bells.py"}}
    results = [
        {"ruleId": "R1", "message": {"text": text}, "locations": [{"physicalLocation": place | region}]}
        for text, region in ((text, {"region": {"startLine": line}}) for text, line in found)
    ]
    return json.dumps({"version": "2.1.0", "runs": [{"results": results}]})


@pytest.mark.ledger("X4")
def test_of_rule_findings_only_new_ones_block_and_they_are_named(begin):
    old, both = sarif(("old", 1)), sarif(("old", 9), ("new", 1))
    text = toml("scan", "cp findings.txt out.sarif; exit 1")
    hand = begin(THERE, signalbox__toml=text, findings__txt=old)
    write(hand, "findings.txt", both)
    hand.done()
    assert rows("project")[0].reason.startswith("2 findings: 1 new")
    assert hand.card("check").payload["reasons"][0]["detail"] == "bells.py:1: R1 new"


@pytest.mark.ledger("X4")
def test_a_new_rule_finding_is_named_where_the_base_passes_with_old_ones_too(begin):
    old, both = sarif(("old", 1)), sarif(("old", 9), ("new", 1))
    text = toml("scan", "cp findings.txt out.sarif; test $(wc -w < stop.txt) -eq 0")
    hand = begin(THERE, signalbox__toml=text, findings__txt=old, stop__txt="")
    write(hand, "findings.txt", both)
    write(hand, "stop.txt", "stop")
    hand.done()
    row = rows("project")[0]
    assert row.verdict == "failed" and row.reason.startswith("2 findings: 1 new (base ")
    assert row.reason.endswith("where it passes)")
    assert hand.card("check").payload["reasons"][0]["detail"] == "bells.py:1: R1 new"


@pytest.mark.ledger("X1")
def test_project_checks_are_part_of_what_is_approved(begin):
    hand = begin(THERE, signalbox__toml=toml("lint", LINT))
    assert hand.run.compiled["checks"] == [{"name": "lint", "command": LINT, "paths": [], "tags": []}]
    assert "checks" in hand.run.receipts.get().leaves


# -- reuse -------------------------------------------------------------------------------------------------------------


@pytest.mark.ledger("X3")
def test_what_passed_on_the_same_tree_is_not_run_again_and_says_where_it_was_run(begin):
    hand = begin(["It passes — `make stamp`", "It is made — `test -f missing.txt`"], Makefile="stamp:\n\t@date +%N\n")
    hand.do("notes.py", "x = 1\n")
    hand.decide("recheck")
    (one, _), (two, bad_again) = rows()[:2], rows()[2:]
    assert two.reused_from == one and two.output == one.output and two.candidate_id != one.candidate_id
    assert bad_again.reused_from is None and bad_again.verdict == "failed"


@pytest.mark.ledger("X3")
def test_no_item_rests_on_what_another_one_left_so_each_is_reused_alone(begin):
    hand = begin(["It builds — `echo $(date +%N) > built.txt`", "It is built — `test -f built.txt`"])
    hand.do("notes.py", "x = 1\n")
    hand.decide("recheck")
    builds, is_built = rows()[:2]
    assert (builds.verdict, is_built.verdict) == ("passed", "failed")
    assert [row.reused_from for row in rows()] == [None, None, builds, None]


# -- red first ---------------------------------------------------------------------------------------------------------

TINY = "\n\ndef tiny():\n    return 'tink'\n"
TINY_TEST = "import unittest, bells\n\n\nclass Tiny(unittest.TestCase):\n    def test_tiny(self):\n        {}\n"
RED = "self.assertEqual(bells.tiny(), 'tink')"


@pytest.mark.parametrize(
    ("test", "verdict", "said"),
    [
        (TINY_TEST.format(RED), "passed", "1 new test fails (test_tiny.Tiny.test_tiny) without the change"),
        (TINY_TEST.format("pass"), "failed", "green without it as well: test_tiny.Tiny.test_tiny. Let the tests"),
        ("from bells import tiny\n" + TINY_TEST.format("tiny()"), "passed", "they cannot be loaded without the change"),
        ("import nowhere\n" + TINY_TEST.format("pass"), "unmeasured", "nowhere is missing, not by this change"),
        (TINY_TEST.format("x = ("), "failed", "a new test file does not parse: test_tiny.py:6"),
    ],
)  # fmt: skip
def test_new_tests_must_be_red_without_the_change(begin, test, verdict, said):
    hand = begin(THERE)
    hand.append("bells.py", TINY)
    write(hand, "test_tiny.py", test)
    hand.done()
    (row,) = rows("red-first")
    assert row.verdict == verdict and said in row.reason
    assert bool(hand.run.decisions.filter(kind="check")) == (verdict == "failed")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README.md": "Bells.\n"}, "only documentation was changed"),
        ({"notes.py": "x = 1\n"}, "no test was added"),
        ({"test_tiny.py": TINY_TEST.format("pass")}, "tests alone were changed"),
    ],
)
def test_where_red_first_does_not_apply_the_reason_is_told(begin, files, said):
    hand = begin(THERE)
    for name, text in files.items():
        write(hand, name, text)
    hand.done()
    assert hand.step("1").status == "passed" and not rows("red-first")
    assert said in Candidate.objects.get().notes[0]


# -- artifacts ---------------------------------------------------------------------------------------------------------


@pytest.mark.ledger("B10")
def test_reports_and_images_are_kept_by_hash_and_coverage_counts_the_changed_lines(begin):
    report = "SF:notes.py\\nDA:1,1\\nDA:2,0\\nend_of_record\\n"
    make = f"printf '{report}' > lcov.info; printf '\\211PNG\\r\\n\\032\\n' > a.png; ln -s /etc/passwd b.png"
    hand = begin(["It draws — `make draw`"], Makefile=f"draw:\n\t{make}\n")
    hand.do("notes.py", "x = 1\ny = 2\n")
    found = {artifact.path: artifact for artifact in Artifact.objects.all()}
    assert set(found) == {"lcov.info", "a.png"}
    assert keeping.file_of(found["a.png"]).read_bytes() == b"\x89PNG\r\n\x1a\n"
    (row,) = rows()
    assert row.changed_lines == {"notes.py": {"covered": 1, "missed": [2]}}
    assert any("b.png was not read: it is no regular file" in text for text in row.results.told)


def test_a_check_that_deletes_its_checkout_deletes_nothing_of_the_next_one(begin):
    hand = begin(["It sweeps — `make sweep`", "It is there — `test -f bells.py`"], Makefile="sweep:\n\trm -rf ./*\n")
    hand.do("notes.py", "x = 1\n")
    assert [row.verdict for row in rows()] == ["passed", "passed"]
    assert not list(Path(hand.source.parent / "data" / "worktrees").rglob("*candidate*"))
