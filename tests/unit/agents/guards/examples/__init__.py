"""All tables of examples, by guard and, where a guard has several, by what each is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.unit.agents.guards.diffs import Example


def everything() -> Mapping[tuple[str, str], Sequence[Example]]:
    from tests.unit.agents.guards.examples import asked, go, others, python, rust, script, setup

    tamper = {
        "pytest": python.PYTEST_FIRES + python.PYTEST_SILENT,
        "unittest": python.UNITTEST_FIRES + python.UNITTEST_SILENT,
        "jest and vitest": script.FIRES + script.SILENT,
        "cargo": rust.FIRES + rust.SILENT,
        "go": go.FIRES + go.SILENT,
        "settings": setup.SETUP,
        "what the step asks for": asked.ASKED,
    }
    rest = {(guard, ""): rows for guard, rows in others.TABLES.items()}
    return {**{("tamper", name): rows for name, rows in tamper.items()}, **rest}
