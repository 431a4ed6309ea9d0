"""What decides which tests run and how strict the tools are: CI, settings of tests, coverage and linters (X5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from agents.guards import asked
from agents.guards.paths import CI, LINT, MIXED, TEST_SETUP, declared, fits
from agents.guards.types import Case, Hit
from agents.workspaces.types import FileDiff


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that must not be added to files that fit; `why` completes "… adds “line”, which …". `in_new_file` is the
    code in a file that was not there before, "" where it weighs the same."""

    code: str
    globs: tuple[str, ...]
    pattern: re.Pattern[str]
    why: str
    in_new_file: str = ""


def _rule(code: str, globs: tuple[str, ...], pattern: str, why: str, in_new_file: str = "") -> Rule:
    return Rule(code, globs, re.compile(pattern), why, in_new_file)


_PYTEST = ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "conftest.py")
_JEST = ("jest.config.*", "vitest.config.*", "vite.config.*", "vitest.workspace.*", "package.json", ".mocharc*")
_LINT_AND_MIXED = (*LINT, *MIXED)
RULES = (
    _rule(
        "collection", _PYTEST,
        r"(?:^|[\s\"'])(?:--ignore(?:-glob)?\b|--deselect\b|-k[ =\"']|--no-?cov\b|-m\s*[\"']?not\b"
        r"|--maxfail|--lf\b|-p\s*no:)",
        "leaves tests out",
    ),
    _rule(
        "collection", _PYTEST,
        r"^\s*(?:addopts|testpaths|norecursedirs|collect_ignore(?:_glob)?|python_(?:files|functions|classes)|xfail_strict)\b\s*(?:=|\+=|:|\.)",
        "changes which tests run", "collection-new",
    ),
    _rule(
        "collection", ("conftest.py",),
        r"\bdef\s+(?:pytest_(?:collection_modifyitems|ignore_collect|runtest_(?:makereport|call|protocol|setup)|pyfunc_call"
        r"|sessionfinish|report_teststatus|itemcollected|collect_file|deselected|exception_interact))\b|\.exitstatus\s*=|\.outcome\s*="
        r"|force_result|add_marker\(",
        "takes a hand in which tests run or how they end",
    ),
    _rule(
        "collection", _JEST,
        r"[\"']?(?:testPathIgnorePatterns|modulePathIgnorePatterns|testRegex|testMatch|testIgnore|passWithNoTests|dangerouslyIgnoreUnhandledErrors)"
        r"[\"']?\s*:|--passWithNoTests|--testPathIgnorePatterns|^\s*(?:exclude|include)\s*:",
        "changes which tests run", "collection-new",
    ),
    _rule("collection", ("Cargo.toml",), r"^\s*(?:autotests|test|doctest|harness)\s*=\s*false", "leaves tests out"),
    _rule(
        "coverage", (".coveragerc", "pyproject.toml", "setup.cfg", "tox.ini"),
        r"^\s*(?:omit|exclude_lines|exclude_also|exclude_file)\s*=", "leaves code out of the coverage",
    ),
    _rule("coverage", _JEST, r"[\"']?coveragePathIgnorePatterns[\"']?\s*:", "leaves code out of the coverage"),
    _rule(
        "lint", _LINT_AND_MIXED,
        r"^\s*[\"']?(?:extend-)?(?:ignore|exclude|per-file-ignores|ignore_errors|ignore_missing_imports|disable|ignorePatterns"
        r"|disable_error_code|skipLibCheck|allow-\w+|extend-exclude|force-exclude)[\"']?\s*[=:](?!\s*(?:false|\[\s*\]))",
        "makes a linter or type checker look away", "lint-changed",
    ),
    _rule(
        "lint", _LINT_AND_MIXED,
        r"[\"'](?:off|allow)[\"']|:\s*0\s*,?\s*$|[\"']?(?:strict\w*|noImplicit\w+|check_untyped_defs|disallow_\w+|warn_\w+)[\"']?\s*[=:]\s*[Ff]alse",
        "switches a rule off", "lint-changed",
    ),
)  # fmt: skip

_LEAST = re.compile(
    r"(?P<name>fail_under|--cov-fail-under|min[-_]coverage|minimum_coverage|branches|functions|lines|statements|threshold|target)"
    r"[\"']?\s*[=: ]\s*[\"']?(?P<value>\d+(?:\.\d+)?)"
)
_HAS_LEAST = (*TEST_SETUP, *MIXED, "Makefile", ".github/workflows/**")
_COMMAND = re.compile(
    r"^\s*\"(?:pre|post)?(?:test|tests|lint|check|typecheck|type-check|coverage|ci|verify)(?::[\w:-]+)?\"\s*:"
)
_TARGET = re.compile(r"^(?P<names>[\w./ -]+?)\s*::?(?!=)")
_TEST_TARGETS = {"test", "tests", "check", "lint", "ci", "verify", "coverage", "typecheck", "types", "unit", "e2e"}


def hits(case: Case) -> Iterator[Hit]:
    """What a diff changes in any of these."""
    for file in case.diff.files:
        paths = {file.path, file.before} - {""}
        if any(fits(path, CI) for path in paths):
            yield _ci(case, file)
        yield from _by_rules(case, file)
        yield from _lowered(case, file)
        yield from _commands(case, file)
        if any(fits(path, (*LINT, *TEST_SETUP)) for path in paths):
            yield from _whole(case, file)


def _ci(case: Case, file: FileDiff) -> Hit:
    if declared(file.path, case.scope.declared):
        return Hit(
            "ci-declared", file.path, None, f"{file.path} decides what is checked; the step names it. Look at it."
        )
    text = f"{file.path} decides what is checked, and the step does not name it. Leave it as it was."
    return Hit("ci", file.path, None, text)


def _by_rules(case: Case, file: FileDiff) -> Iterator[Hit]:
    if file.kind == "deleted":
        return
    rules = [rule for rule in RULES if fits(file.path, rule.globs)]
    gone = {text.strip() for _, text in file.removed} if rules else set()
    for number, text in file.added if rules else ():
        rule = next((rule for rule in rules if rule.pattern.search(text)), None)
        if rule is None or text.strip() in gone or text.lstrip()[:1] in ("#", ";") or text.lstrip().startswith("//"):
            continue
        shown = f"{file.path} adds “{text.strip()[:80]}”, which {rule.why}"
        if asked.setting(case.scope, file, text):
            yield Hit("setting-asked", file.path, number, f"{shown}; the step asks for it. Look at it.", text.strip())
        else:
            code = rule.in_new_file if file.kind == "added" and rule.in_new_file else rule.code
            yield Hit(code, file.path, number, f"{shown}. Leave it as it was.", text.strip())


def _lowered(case: Case, file: FileDiff) -> Iterator[Hit]:
    """A least coverage that became less, or is gone."""
    if not fits(file.path, _HAS_LEAST):
        return
    had = [(match["name"], float(match["value"])) for _, text in file.removed for match in _LEAST.finditer(text)]
    has = [
        (match["name"], float(match["value"]), number) for number, text in file.added for match in _LEAST.finditer(text)
    ]
    for name, value in had:
        now = next((one for one in has if one[0] == name), None)
        if now is not None:
            has.remove(now)
        if now is None or now[1] < value:
            became = f"{now[1]:g}" if now else "nothing"
            line = dict(file.added).get(now[2], "") if now else ""
            told = "setting-asked" if line and asked.setting(case.scope, file, line) else "coverage"
            text = f"{file.path} lowers {name} from {value:g} to {became}. Keep it, and test what is new."
            yield Hit(told, file.path, now[2] if now else None, text, f"{name}\0{value}")


def _commands(case: Case, file: FileDiff) -> Iterator[Hit]:
    """Changed commands that run tests or checks, in package.json and Makefiles that were there before."""
    if file.kind == "added":
        return
    name = PurePosixPath(file.path).name
    if name == "package.json":
        changed = [(number, text) for number, text in file.removed if _COMMAND.match(text)]
        now = {text.strip().rstrip(",") for _, text in file.added}
        for _, text in changed:
            if text.strip().rstrip(",") not in now:
                yield _command(file.path, None, text)
    elif name in ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"):
        for texts, lines in ((case.old.get(file.before, ""), file.removed), (case.new.get(file.path, ""), file.added)):
            found = _in_test_target(texts.split("\n"), [number for number, text in lines if text.strip()])
            if found:
                yield _command(file.path, found if lines is file.added else None, texts.split("\n")[found - 1])
                return


def _in_test_target(lines: list[str], numbers: list[int]) -> int:
    """The first of these lines that belongs to a target that tests; 0 where none does."""
    for number in numbers:
        for text in reversed(lines[:number]):
            if text[:1] not in (" ", "\t", "", "#") and (match := _TARGET.match(text)):
                if set(match["names"].split()) & _TEST_TARGETS:
                    return number
                break
    return 0


def _command(path: str, line: int | None, text: str) -> Hit:
    words = f"{path} changes how the project tests or checks itself (“{text.strip()[:80]}”). Leave it as it was."
    return Hit("test-command", path, line, words, text)


def _whole(case: Case, file: FileDiff) -> Iterator[Hit]:
    """A file of settings that is gone, or that changed in some other way."""
    if file.kind in ("deleted", "renamed"):
        code = "lint" if fits(file.before, LINT) else "collection"
        yield Hit(code, file.before, None, f"{file.before} is gone, and its settings with it. Put it back.")
    elif fits(file.path, LINT) and not any(rule.pattern.search(text) for rule in RULES for _, text in file.added):
        text = f"{file.path} sets how strict a linter or type checker is. See that the change belongs to the step."
        yield Hit("lint-changed", file.path, None, text)
