"""Print which tests prove which row of docs/ledger.md. Exits 1 when a test that proves a row is skipped."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNTED = ("tests/integration", "tests/acceptance")


def rows() -> dict[str, str]:
    """Row → its text, in the ledger's order."""
    found = {}
    for line in (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8").splitlines():
        match = re.match(r"\| ([A-Z]\d+) \| (.*) \|$", line)
        if match:
            found[match[1]] = match[2]
    return found


def proofs() -> tuple[dict[str, list[str]], list[str]]:
    """Row → names of the tests that are marked with it; and those of them that are skipped."""
    found: dict[str, list[str]] = defaultdict(list)
    skipped = []
    for folder in COUNTED:
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            module = ast.parse(path.read_text(encoding="utf-8"))
            common = _of_the_module(module)
            for node in ast.walk(module):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    _read(node, common if node.name.startswith("test_") else [], path, found, skipped)
    return found, skipped


def _of_the_module(module: ast.Module) -> list[str]:
    """The marks that `pytestmark` gives to every test of a module."""
    given = [node.value for node in module.body if isinstance(node, ast.Assign) and "pytestmark" in _names(node)]
    parts = [part for value in given for part in (value.elts if isinstance(value, ast.List) else [value])]
    return [ast.unparse(part) for part in parts]


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _read(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, common: list[str], path: Path, found, skipped
) -> None:
    marks = [*common, *(ast.unparse(decorator) for decorator in node.decorator_list)]
    named = [row for mark in marks if mark.startswith("pytest.mark.ledger") for row in re.findall(r"'(\w+)'", mark)]
    for row in dict.fromkeys(named):
        found[row].append(f"{path.relative_to(ROOT)}::{node.name}")
    if named and any(mark.startswith("pytest.mark.skip") for mark in marks):
        skipped.append(node.name)


def main() -> int:
    found, skipped = proofs()
    wanted = rows()
    for row, text in wanted.items():
        print(f"{row:4} {len(found[row]):3} {'' if found[row] else 'UNPROVEN '}{text[:100]}")
        for name in found[row]:
            print(f"           {name}")
    proven = sum(bool(found[row]) for row in wanted)
    unknown = sorted(set(found) - set(wanted))
    print(f"{proven} of {len(wanted)} rows have at least one test")
    for row in unknown:
        print(f"tests name {row}, which is no row of the ledger")
    for name in skipped:
        print(f"{name} proves a row but is skipped")
    return 1 if unknown or skipped else 0


if __name__ == "__main__":
    sys.exit(main())
