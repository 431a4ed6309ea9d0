"""`plan show` and `plan lint`: read plan files without loading Django, a database or a model."""

from __future__ import annotations

# argparse, for the usual command-line toolkits load a validation library that takes longer than reading a plan
import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path

from plans.dialects import DIALECTS
from plans.exceptions import UnreadablePlan
from plans.folder import read_path
from plans.lint import lint
from plans.printing import Findings, plan_json, plan_text, problems_json, problems_sarif, problems_text
from plans.types import ParsedPlan

PASSED, FAILED, UNREADABLE = 0, 1, 2

PRINTERS: dict[str, Callable[[Findings], str]] = {
    "text": problems_text,
    "json": problems_json,
    "sarif": problems_sarif,
}


def main(argv: Sequence[str]) -> int:
    """Run `plan ARGV…`; returns the exit code: 1 when lint finds an error, 2 when a file or option cannot be read."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else UNREADABLE
    unreadable: list[str] = []
    if isinstance(sys.stdout, TextIOWrapper):
        # a terminal of another encoding shows a mark that it lacks by its number
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code: int = options.run(options, _read(options.files, options.dialect, unreadable))
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (`head`) has seen enough; the interpreter must not flush into the closed pipe when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PASSED
    for sentence in unreadable:
        print(sentence, file=sys.stderr)
    return UNREADABLE if unreadable else code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py plan", description="Read and check plan files.")
    commands = parser.add_subparsers(required=True, metavar="command")
    show = commands.add_parser("show", help="show what is read from plan files", description="Show what is read.")
    show.add_argument("--json", action="store_true", help="one JSON object per file, each on a line of its own")
    show.set_defaults(run=_show)
    check = commands.add_parser("lint", help="check plan files", description="Check plans; exit 1 on errors.")
    check.add_argument("--format", choices=PRINTERS, default="text", help="how problems are printed")
    check.set_defaults(run=_lint)
    for command in (show, check):
        command.add_argument("--dialect", metavar="NAME", type=_dialect, help=f"read as {', '.join(DIALECTS)}")
        command.add_argument("files", nargs="+", metavar="FILE", help="a plan file or a folder of numbered step files")
    return parser


def _dialect(name: str) -> str:
    if name not in DIALECTS:
        raise argparse.ArgumentTypeError(f"There is no dialect '{name}'. Known ones: {', '.join(DIALECTS)}.")
    return name


def _show(options: argparse.Namespace, plans: Iterable[ParsedPlan]) -> int:
    for number, plan in enumerate(plans):
        if number and not options.json:
            print()
        print(plan_json(plan) if options.json else plan_text(plan))
    return PASSED


def _lint(options: argparse.Namespace, plans: Iterable[ParsedPlan]) -> int:
    findings = [(plan.path, lint(plan)) for plan in plans]
    text = PRINTERS[options.format](findings)
    if text:
        print(text)
    failed = any(problem.level == "error" for _, problems in findings for problem in problems)
    return FAILED if failed else PASSED


def _read(files: Sequence[str], dialect: str | None, unreadable: list[str]) -> Iterator[ParsedPlan]:
    """The plans that can be opened; a sentence for each other one goes to `unreadable`. `dialect` as in `read_path`."""
    for file in files:
        try:
            yield read_path(Path(file), _printable(file), dialect)
        except UnreadablePlan as error:
            unreadable.append(str(error))


def _printable(path: str) -> str:
    """A file name that is not valid UTF-8 can be opened but not printed."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
