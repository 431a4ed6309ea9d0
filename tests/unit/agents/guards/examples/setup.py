"""Settings that decide what is tested and how strictly: CI, collection, coverage, linters, and comments to them."""

from __future__ import annotations

from tests.unit.agents.guards.diffs import change, example

PYPROJECT = """\
[project]
name = "bells"

[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.coverage.report]
fail_under = 90

[tool.ruff.lint]
select = ["E", "F"]
"""
MAKE = "build:\n\tcc bells.c\n\ntest: build\n\tpytest\n\tmypy .\n\nclean:\n\trm -rf out\n"
PACKAGE = '{\n  "name": "bells",\n  "scripts": {\n    "start": "vite",\n    "test": "vitest run"\n  },\n  "jest": {\n    "verbose": true\n  }\n}\n'


def became(name, path, text, old, new, fires="", **given):
    assert old in text, old
    return example(name, change(path, text, text.replace(old, new)), fires=fires, **given)


def code(count, comment, path="src/bells.py"):
    return change(path, None, "".join(f"x{number} = ring({number}){comment}\n" for number in range(count)))


SETUP = (
    example("a workflow", change(".github/workflows/ci.yml", "on: push\n", "on: never\n"), fires="ci"),
    example("a new workflow", change(".github/workflows/new.yml", None, "on: push\n"), fires="ci"),
    example("a workflow is deleted", change(".gitlab-ci.yml", "test:\n", None), fires="ci"),
    example("other services", change(".circleci/config.yml", "a\n", "b\n"), change("azure-pipelines.yml", "a\n", "b\n"), fires="ci"),
    example("tox and nox", change("tox.ini", "a\n", "b\n"), change("noxfile.py", "a\n", "b\n"), fires="ci"),
    example("the step names the workflow", change(".github/workflows/ci.yml", "a\n", "b\n"), declared=(".github/workflows/ci.yml",), fires="ci-declared"),
    became("tests are left out", "pyproject.toml", PYPROJECT, 'testpaths = ["tests"]', 'testpaths = ["tests/unit"]', "collection"),
    became("an option leaves tests out", "pyproject.toml", PYPROJECT, "testpaths", 'addopts = "--ignore=tests/slow"\ntestpaths', "collection"),
    example("words select tests", change("pytest.ini", "[pytest]\n", '[pytest]\naddopts = -k "not big"\n'), fires="collection"),
    example("a hook takes tests out", change("tests/conftest.py", "import a\n", "import a\n\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n"), fires="collection"),
    example("a hook changes outcomes", change("conftest.py", "import a\n", 'import a\nreport.outcome = "passed"\n'), fires="collection"),
    example("the settings are deleted", change("pytest.ini", "[pytest]\n", None), fires="collection"),
    example("paths are ignored", change("jest.config.js", "module.exports = {\n};\n", 'module.exports = {\n  testPathIgnorePatterns: ["bells"],\n};\n'), fires="collection"),
    became("passing without tests", "package.json", PACKAGE, '"verbose": true', '"passWithNoTests": true', "collection"),
    example("tests of a crate are off", change("Cargo.toml", "[lib]\n", "[lib]\ntest = false\n"), fires="collection"),
    example("new settings of a new project", change("pytest.ini", None, "[pytest]\ntestpaths = tests\n"), fires="collection-new"),
    became("the least coverage is lowered", "pyproject.toml", PYPROJECT, "fail_under = 90", "fail_under = 50", "coverage"),
    became("the least coverage is removed", "pyproject.toml", PYPROJECT, "fail_under = 90\n", "", "coverage"),
    became("code is left out of the coverage", "pyproject.toml", PYPROJECT, "fail_under", 'omit = ["src/*"]\nfail_under', "coverage"),
    example("thresholds are lowered", change("jest.config.js", "  branches: 80,\n", "  branches: 10,\n"), fires="coverage"),
    became("a rule is ignored", "pyproject.toml", PYPROJECT, 'select = ["E", "F"]', 'select = ["E", "F"]\nignore = ["F401"]', "lint"),
    example("a rule is off", change(".eslintrc.json", '{"rules": {\n}}\n', '{"rules": {\n"no-undef": "off"\n}}\n'), fires="lint"),
    example("strictness is off", change("tsconfig.json", '"strict": true\n', '"strict": false\n'), fires="lint"),
    example("errors are ignored", change("mypy.ini", "[mypy]\n", "[mypy]\nignore_errors = True\n"), fires="lint"),
    example("a linter's settings are deleted", change(".flake8", "[flake8]\n", None), fires="lint"),
    example("a linter's settings change", change("ruff.toml", "line-length = 100\n", "line-length = 90\n"), fires="lint-changed"),
    became("the command of the tests", "package.json", PACKAGE, "vitest run", "true", "test-command"),
    became("the target of the tests", "Makefile", MAKE, "\tpytest\n", "\tpytest || true\n", "test-command"),
    became("a line less in the target", "Makefile", MAKE, "\tmypy .\n", "", "test-command"),
    example("many comments", code(9, "  # noqa"), fires="suppressed"),
    example("a whole file", change("src/a.py", "x = 1\n", "# ruff: noqa\nx = 1\n"), fires="suppressed"),
    example("a whole script", change("src/a.ts", "let x = 1\n", "// @ts-nocheck\nlet x = 1\n"), fires="suppressed"),
    example("no coverage, many times", code(9, "  # pragma: no cover"), fires="suppressed"),
    example("no types, many times", code(9, "  // @ts-ignore", "src/a.ts"), fires="suppressed"),
    example("a few comments", code(2, "  # type: ignore[arg-type]"), fires="suppressed-once"),
    example("one for coverage", code(1, " /* istanbul ignore next */", "src/a.js"), fires="suppressed-once"),
    became("another target", "Makefile", MAKE, "cc bells.c", "cc -O2 bells.c"),
    became("a target is added", "Makefile", MAKE, "clean:", "docs:\n\tmkdocs\n\nclean:"),
    became("another script", "package.json", PACKAGE, '"start": "vite"', '"start": "vite --host"'),
    became("a script is added behind", "package.json", PACKAGE, '"vitest run"', '"vitest run",\n    "docs": "typedoc"'),
    became("the least coverage is raised", "pyproject.toml", PYPROJECT, "fail_under = 90", "fail_under = 95"),
    became("a rule is added", "pyproject.toml", PYPROJECT, '["E", "F"]', '["E", "F", "B"]'),
    became("a name changes", "pyproject.toml", PYPROJECT, '"bells"', '"small-bells"'),
    example("a new Makefile", change("Makefile", None, MAKE)),
    example("documents about it", change("docs/ci.md", "a\n", "Use `# noqa` and --ignore=tests.\n"), change("docs/workflows/a.yml", None, "a\n")),
    example("a fixture", change("tests/conftest.py", "import a\n", "import a\n\n\n@pytest.fixture\ndef bell():\n    return a.Bell()\n")),
    example("a comment that moves", change("src/a.py", "x = 1  # noqa\ny = 2\n", "y = 2\nxx = 1  # noqa\n")),
    example("a version of node", change("package.json", '{"engines": 1}\n', '{"engines": 2}\n')),
)  # fmt: skip
