"""What a report says of commands, against those that ran."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from agents.claims.types import Claims, CommandClaim, Ran, Row
from agents.evidence.results.text import read
from agents.evidence.types import Results

LONGEST_COMMAND = 8_000
_SPACE = re.compile(r"\s+")
_PARTS = re.compile(r"&&|\|\||[;\n]")
_REDIRECTED = re.compile(r"\s*(?:\d?>&\d|&?\d?>>?\s*\S+)")
_HERE = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?([^\n]*)\n.*?^\s*\1$", re.DOTALL | re.MULTILINE)
_SHOWS = re.compile(
    r"(?:\w+=\S* )*(?:(?:uv|poetry|pdm|hatch) run |npx |bunx |timeout \S+ |time |bundle exec )?"
    r"(?:python[\d.]* -m |\S*/)?"
    r"(?:py\.?test|unittest|nose2?|tox|nox|jest|vitest|mocha|ava|cargo (?:test|check|clippy)|go (?:test|vet)|ctest"
    r"|rspec|phpunit|mvn|gradlew?|dotnet test|make|just|mypy|pyright|ruff|flake8|pylint|eslint|tsc|black --check"
    r"|(?:npm|pnpm|yarn|bun)(?: run)? [\w:-]*(?:test|lint|check)[\w:-]*"
    r"|(?:(?:ba|z)?sh |python[\d.]* )?[\w./-]*(?:test|check|lint)[\w-]*\.(?:sh|py))\b"
)
_SPEAKS = re.compile(r"(?:echo|printf|cat|head|tail|grep|sed|awk|tee|:)\b")
_PYTEST = re.compile(r"^[= ]{0,100}(?P<counts>\d[\w, ]{0,200}) in \d", re.MULTILINE)
_COUNT = re.compile(r"(\d{1,9}) (passed|failed|errors?|skipped|xfailed|xpassed)\b")


def rows(claims: Claims) -> Iterator[Row]:
    for claim in claims.commands:
        yield _row(claim, claims)


def _row(claim: CommandClaim, claims: Claims) -> Row:
    said = f"`{claim.command}` {claim.result}" + (f", {_tests(claim.tests)}" if claim.tests is not None else "")
    if claims.ran is None:
        return Row("command", said, "no record of its commands was kept", "unsupported")
    weighs = is_check(claim.command, claims.checks) or claim.tests is not None
    code = "check-not-so" if weighs else "command-not-so"
    last = _last(claim.command, claims.ran)
    if last is None:
        return Row("command", said, "it never ran", "not so", code)
    ended, counted = outcome(last), count(last)
    seen = _seen(last, ended, counted)
    if ended and ended != claim.result:
        return Row("command", said, seen, "not so", code)
    if claim.tests is not None and counted is not None and counted != claim.tests:
        return Row("command", said, seen, "not so", code)
    supported = ended and (claim.tests is None or counted is not None)
    return Row("command", said, seen, "so" if supported else "unsupported")


def is_check(command: str, checks: Sequence[str]) -> bool:
    """Whether a command runs tests or checks, so that its success is a claim about the work."""
    wanted = {_plain(check) for check in checks}
    return any(_SHOWS.match(part) or part in wanted for part in _parts(command))


def tests_among(ran: Iterable[Ran], checks: Sequence[str]) -> list[Ran]:
    """Those commands that ran tests or checks: by their name, or because they say so and do not only speak."""
    return [one for one in ran if is_check(one.command, checks) or (count(one) and not _SPEAKS.match(one.command))]


def _last(command: str, ran: Sequence[Ran]) -> Ran | None:
    """The last time that a command ran, alone or as part of a longer one."""
    wanted = _plain(command)
    return next((one for one in reversed(ran) if wanted in _parts(one.command)), None)


@lru_cache(maxsize=1024)
def _parts(command: str) -> frozenset[str]:
    """A command, and what it is put together from, with and without what its output goes through."""
    shown = _HERE.sub(r"\2", command[:LONGEST_COMMAND])
    whole = [shown, *_PARTS.split(shown)]
    return frozenset(_plain(part) for text in whole for part in (text, text.partition("|")[0]))


def _plain(command: str) -> str:
    return _SPACE.sub(" ", _REDIRECTED.sub("", command)).strip()


def outcome(one: Ran) -> str:
    """passed or failed; "" where what it came to cannot be seen: a pipe ends as its last program does."""
    results = _results(one)
    if one.exit != 0 or _of_pytest(one, "failed", "error", "errors") or (results is not None and results.failing):
        return "failed"
    hidden = "|" in one.command or re.search(r"[;\n]", one.command.strip()) is not None
    return "passed" if not hidden or count(one) else ""


def count(one: Ran) -> int | None:
    """How many tests a command says that it ran; None where it does not say."""
    if _PYTEST.search(one.output):
        return _of_pytest(one, "passed", "failed", "error", "errors", "xfailed", "xpassed") or None
    results = _results(one)
    return results.collected if results is not None else None


def _of_pytest(one: Ran, *outcomes: str) -> int:
    found = _PYTEST.search(one.output)
    return sum(int(number) for number, word in _COUNT.findall(found["counts"]) if word in outcomes) if found else 0


def counts(ran: Iterable[Ran]) -> set[int]:
    """Every number of tests that some command gave: run, or passed."""
    found = {number for one in ran if (number := count(one)) is not None}
    passed = {int(number) for one in ran for number, word in _COUNT.findall(one.output) if word == "passed"}
    return found | passed


def _results(one: Ran) -> Results | None:
    found = read(one.output)
    return found if found.collected is not None else None


def _seen(one: Ran, ended: str, counted: int | None) -> str:
    how = "it was stopped" if one.exit is None else f"exit {one.exit}"
    if one.exit == 0 and ended == "failed":
        how += ", with failing tests"
    elif one.exit == 0 and not ended:
        how += " of a longer command, which does not show its own"
    return how + (f", {_tests(counted)}" if counted is not None else "")


def _tests(number: int) -> str:
    return "1 test" if number == 1 else f"{number} tests"
