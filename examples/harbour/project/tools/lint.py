"""The house style, checked: python3 tools/lint.py FOLDER…  Exit 1 if anything is found."""

import ast
import sys
from pathlib import Path

LONGEST_LINE = 100


def problems(path):
    text = path.read_text(encoding="utf-8")
    if not ast.get_docstring(ast.parse(text)):
        yield 1, "say in a docstring what this file is for"
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            yield number, f"the line is longer than {LONGEST_LINE} characters"
        if line != line.rstrip() or "\t" in line:
            yield number, "no tabs and no spaces at a line's end"
        if "print(" in line and path.name != "__main__.py":
            yield number, "only __main__.py prints"


def main(folders):
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.py"))
    found = [(file, number, words) for file in files for number, words in problems(file)]
    for file, number, words in found:
        sys.stderr.write(f"{file}:{number}: {words}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
