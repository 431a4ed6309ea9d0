"""`plan show` and `plan lint` as commands: their output, exit codes, and what they do not load."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from plans.cli import main
from plans.dialects import DIALECTS
from plans.exceptions import MAX_STEPS
from plans.reading import MAX_BYTES
from tests.unit.plans.dialects.samples import CURSOR, SPECKIT, TASKMASTER
from tests.unit.plans.samples import plan_text, step_text

ROOT = Path(__file__).parents[3]


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    file = tmp_path / "a plan.md"
    file.write_text(
        plan_text(
            step_text("### ✅ Step 1: Login", checks="- [x] a\n"), step_text("### Step 2: B", "**Depends on**: 1\n")
        )
    )
    return file


def test_show_json_is_one_object_per_file_with_the_public_fields(plan_file, capsys):
    assert main(["show", "--json", str(plan_file), str(plan_file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    common = {"group": None, "owner": None}
    assert json.loads(lines[0]) == {
        "path": str(plan_file),
        "dialect": "blueprint",
        "title": "Shop",
        "steps": [
            {"key": "1", "title": "Login", **common, "depends_on": [], "done": True, "checks": 1, "line": 5},
            {"key": "2", "title": "B", **common, "depends_on": ["1"], "done": False, "checks": 2, "line": 27},
        ],
        "problems": [],
    }


@pytest.mark.ledger("B2")
def test_show_tells_how_many_steps_there_are_how_many_are_done_and_the_next(plan_file, capsys):
    assert main(["show", str(plan_file)]) == 0
    text = capsys.readouterr().out
    assert "Shop — 2 steps, 1 done" in text and "Next: Step 2 · B" in text and "needs 1" in text


def test_lint_exits_1_on_errors_only(plan_file, tmp_path, capsys):
    assert main(["lint", str(plan_file)]) == 0
    (tmp_path / "bad.md").write_text("# no plan\n")
    assert main(["lint", str(plan_file), str(tmp_path / "bad.md")]) == 1
    assert "bad.md:1: error[no-steps]:" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_lint_prints_for_programs(form, plan_file, capsys):
    main(["lint", str(plan_file), "--format", form])
    assert form == "json" or json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_a_missing_file_is_exit_2_with_a_sentence_and_the_others_are_still_read(plan_file, capsys):
    assert main(["show", "--json", "no.md", str(plan_file)]) == 2
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 1
    assert output.err == "no.md cannot be read: there is no such file; check the path.\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"- [ ] a\n" * (MAX_STEPS + 1), f"too-many-steps]: {{}} has more than {MAX_STEPS} steps; split it."),
        (b"- [ ] a\n" * (MAX_BYTES // 8 + 1), "too-large]: the file has more than 20 MB; split the plan"),
    ],
)
def test_a_plan_that_is_too_long_is_refused_with_the_reason_by_both_commands(text, why, tmp_path, capsys):
    file = tmp_path / "todo.md"
    file.write_bytes(text)
    reason = f"{file}:1: error[{why.format(file)}"
    assert main(["lint", str(file)]) == 1
    assert capsys.readouterr().out == f"{reason}\n"
    assert main(["show", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "todo — 0 steps" in shown and reason in shown


def test_a_wrong_option_is_exit_2(capsys):
    assert main(["lint", "--format", "xml", "a.md"]) == 2
    assert "xml" in capsys.readouterr().err


def test_a_dialect_that_is_named_is_the_one_a_file_is_read_and_linted_in(tmp_path, capsys):
    (tmp_path / "tasks.md").write_text("# Tasks\n\n- [ ] T001 Lend\n- [ ] T002 Keep\n- [ ] Return\n")
    for option, dialect, steps in (([], "speckit", 2), (["--dialect", "kiro"], "kiro", 3)):
        assert main(["show", "--json", *option, str(tmp_path / "tasks.md")]) == 0
        value = json.loads(capsys.readouterr().out)
        assert (value["dialect"], len(value["steps"])) == (dialect, steps)
    assert main(["lint", "--dialect", "bmad", str(tmp_path / "tasks.md")]) == 0
    assert main(["lint", "--dialect", "blueprint", str(tmp_path / "tasks.md")]) == 1
    assert "it looks like blueprint (blueprint was chosen)" in capsys.readouterr().out


def test_an_unknown_dialect_is_exit_2_with_the_fourteen_that_are_known(plan_file, capsys):
    assert main(["show", "--dialect", "nope", str(plan_file)]) == 2
    said = capsys.readouterr().err
    assert "There is no dialect 'nope'." in said and all(name in said for name in DIALECTS) and len(DIALECTS) == 14


def test_a_folder_of_step_files_is_read_in_the_dialect_that_is_named(tmp_path, capsys):
    for number in (1, 2):
        (tmp_path / f"0{number}_x.md").write_text(f"# X\n\n### Step {number}: A\n\n- [ ] a\n")
    assert main(["show", "--json", "--dialect", "checklist", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["dialect"] == "checklist"


def test_a_terminal_that_lacks_a_character_shows_its_number(plan_file):
    command = [sys.executable, str(ROOT / "manage.py"), "plan", "show", str(plan_file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=True)
    assert b"\\u2705 1  Login" in run.stdout


def test_what_a_terminal_would_obey_is_shown_instead_and_told_at_its_line(tmp_path, capsys):
    (tmp_path / "x.md").write_text("# \x1b[2J\n\n- [ ] a \u202e evil\n", encoding="utf-8")
    assert main(["show", str(tmp_path / "x.md")]) == 0
    shown = capsys.readouterr().out
    assert "\\x1b[2J" in shown and "\\u202e evil" in shown and not set(shown) & {"\x1b", "\u202e"}
    assert "x.md:1: warning[hidden-character]: this line holds U+001B" in shown


def test_nothing_heavy_is_loaded(plan_file):
    code = "import sys; from plans.cli import main; main(sys.argv[1:]); print('\\n'.join(sys.modules), file=sys.stderr)"
    run = subprocess.run(
        [sys.executable, "-c", code, "lint", str(plan_file)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in run.stderr.splitlines()}
    assert "plans" in loaded
    heavy = "django pydantic ruamel yaml anthropic git rich markdown_it orchestrator agents"
    assert not loaded & set(heavy.split())


def test_a_reader_that_has_seen_enough_is_no_error(plan_file):
    code = "import sys; from plans.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "show", "--json", *[str(plan_file)] * 500]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout and run.stderr
    run.stdout.readline()
    run.stdout.close()
    assert (run.stderr.read(), run.wait()) == ("", 0)
    run.stderr.close()


def test_another_tag_of_a_tasks_file_is_named_behind_a_hash(tmp_path, capsys):
    (tmp_path / "tasks.json").write_text(TASKMASTER)
    assert main(["show", "--json", f"{tmp_path}/tasks.json#later"]) == 0
    assert [step["title"] for step in json.loads(capsys.readouterr().out)["steps"]] == ["Reserve"]


def test_the_commit_hook_checks_files_with_nothing_but_python(tmp_path):
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text()
    assert "entry: scripts/plan_lint.py" in hook and "language: script" in hook
    (tmp_path / "good.plan.md").write_text(CURSOR)
    (tmp_path / "bad.md").write_text("### Step 1: A\n\n**Depends on**: Step 1\n\n- [ ] `pytest`\n")
    command = [sys.executable, "-I", str(ROOT / "scripts/plan_lint.py")]
    good = subprocess.run([*command, str(tmp_path / "good.plan.md")], capture_output=True, text=True)
    bad = subprocess.run([*command, str(tmp_path / "bad.md")], capture_output=True, text=True)
    assert (good.returncode, bad.returncode) == (0, 1) and "error[self-dependency]" in bad.stdout


def spent() -> float:
    """Processor seconds of all the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_bare_file_is_linted_at_the_cost_of_a_glance(tmp_path):
    (tmp_path / "tasks.md").write_text(SPECKIT)
    command = [sys.executable, str(ROOT / "manage.py"), "plan", "lint", str(tmp_path / "tasks.md")]
    taken = []
    for _ in range(3):
        before = spent()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        taken.append(spent() - before)
    assert min(taken) < 0.4
