"""Setup on the real engine: made once for the same files, shown to every worktree and check, a card when it fails."""

from __future__ import annotations

import http.server
import os
import threading
from pathlib import Path

import pytest

from orchestrator.engine import jailing, preparing
from orchestrator.engine.ground import Ground
from orchestrator.models import CheckRun, Dispatch, Event, RunStep, Setup, Workspace
from tests.integration.engine.hand import Hand
from tests.repositories import git, plan_of, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

TOOLS = """[setup]
commands = [
  "mkdir -p .tools/bin && printf '#!/bin/sh\\\\necho tuned\\\\n' > .tools/bin/tune && chmod +x .tools/bin/tune",
  "echo second >> .tools/order; echo loose > loose.txt; echo changed >> bells.py",
]
path = [".tools/bin"]
"""
IGNORED = {".gitignore": ".tools/\ncache/\n.env\n", "requirements.txt": "bells==1\n"}
TUNED = '`test "$(tune)" = tuned`'


def hand_of(
    tmp_path: Path, config: str, *steps: list[str], files: dict[str, str] | None = None, name: str = "bells"
) -> Hand:
    contents = {"signalbox.toml": config, **IGNORED, **(files or {})}
    return Hand(repository(tmp_path / name, contents, plan=plan_of(*steps)))


def begun(hand: Hand) -> Hand:
    hand.start()
    hand.approve()
    return hand


def test_what_setup_made_is_in_the_persons_worktree_and_in_every_check_and_is_made_once(tmp_path, data):
    hand = begun(hand_of(tmp_path, TOOLS, [f"It is tuned — {TUNED}"], [f"It is tuned — {TUNED}"]))
    folder = hand.folder()
    assert (folder / ".tools" / "order").read_text() == "second\n"
    assert os.access(folder / ".tools" / "bin" / "tune", os.X_OK)
    assert not (folder / "loose.txt").exists() and (folder / "bells.py").read_text() == '"""Bells."""\n'
    hand.do("bells.py", "SMALL = 1\n")
    hand.do("bells.py", "BIG = 1\n")
    assert [row.verdict for row in CheckRun.objects.order_by("id") if row.source == "plan"] == ["passed", "passed"]
    made = Setup.objects.get()
    assert (made.outcome, [path for path, *_ in made.places]) == ("made", [".tools"])
    assert "$ echo second" in made.log and "Kept: .tools" in made.log
    assert "Not kept, for git does not ignore them: loose.txt, bells.py" in made.log
    kinds = Event.objects.filter(chain=hand.run.pk, kind__startswith="setup.").values_list("kind", "step")
    assert list(kinds) == [("setup.begun", "1"), ("setup.made", "1")]
    assert "loose.txt" not in git(hand.source, "ls-tree", "-r", "--name-only", hand.run.branch)


def test_the_store_is_shown_read_only_and_no_check_changes_it(tmp_path, data):
    items = [
        "It cannot be written — `sh -c 'echo x > .tools/order'` returns a non-zero exit",
        "It is whole — `grep -c second .tools/order` prints at least 1",
    ]
    hand = begun(hand_of(tmp_path, TOOLS, items))
    (hand.folder() / ".tools" / "order").write_text("mine\n")
    hand.do("bells.py", "SMALL = 1\n")
    store = Ground.of(hand.project).store
    ((made, _),) = store.all()
    assert (made.folder / ".tools" / "order").read_text() == "second\n"
    first = CheckRun.objects.order_by("id").first()
    assert "Read-only file system" in first.output


def test_what_tools_write_to_is_a_copy_of_each_worktree(tmp_path, data):
    config = '[setup]\ncommands = ["mkdir cache && echo 1 > cache/x"]\nwritable = ["cache/deep"]\n'
    hand = begun(hand_of(tmp_path, config, ["It can write — `sh -c 'echo 2 > cache/x && cat cache/x'`"]))
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.step("1").status == "passed"
    ((made, _),) = Ground.of(hand.project).store.all()
    assert (made.folder / "cache" / "x").read_text() == "1\n"


def test_other_lock_files_or_commands_are_another_key_and_other_files_are_not(tmp_path, data):
    hand = hand_of(tmp_path, TOOLS, ["It — `test -f bells.py`"])
    run, ground = hand.start(), Ground.of(hand.project)
    recipe = jailing.recipe(run)
    before = preparing.key_at(ground, recipe, run.start_oid)
    keys = set()
    for name in ("README.md", "web/package-lock.json", "requirements-dev.txt", "uv.lock", "Gemfile.lock", "go.sum"):
        (hand.source / name).parent.mkdir(exist_ok=True)
        (hand.source / name).write_text("x\n")
        git(hand.source, "add", "-A")
        git(hand.source, "commit", "-qm", name)
        keys.add(preparing.key_at(ground, recipe, ground.fetch("main")))
    assert len(keys) == 6 and before in keys
    assert preparing.key_at(ground, preparing.Recipe(("true",)), run.start_oid) != before


def test_a_setup_whose_program_is_not_there_says_so(tmp_path, data):
    hand = begun(hand_of(tmp_path, '[setup]\ncommands = ["carillon-install"]\n', ["It — `test -f bells.py`"]))
    assert Setup.objects.get(run=hand.run).reason == "`carillon-install` ended with exit 127: a program was not found."


def test_a_setup_that_fails_is_a_card_with_its_log_and_no_failed_step_and_is_tried_when_a_person_says_so(
    tmp_path, data
):
    flag = tmp_path / "data" / "there"
    config = '[setup]\ncommands = ["echo looking; test -e bells.db || exit 3"]\n'
    hand = begun(hand_of(tmp_path, config, ["It — `test -f bells.py`"]))
    assert not flag.exists()
    folder = hand.folder()
    assert folder.is_dir(), "a person can work without it"
    assert "ended with exit 3" in Dispatch.objects.get(role="builder").detail
    hand.do("bells.py", "SMALL = 1\n")
    card = hand.card("setup")
    assert "`echo looking; test -e bells.db || exit 3` ended with exit 3." in card.payload["reasons"][0]["text"]
    assert card.options == ["again", "rebuild", "skip", "abort"]
    step = RunStep.objects.get(run=hand.run, key="1")
    assert (step.status, step.stage) == ("needs_decision", "verify")
    assert not Event.objects.filter(chain=hand.run.pk, kind__in=("step.stage_failed", "batch.step_failed")).exists()
    failed = Setup.objects.last()
    assert (failed.outcome, "looking\n" in failed.log) == ("failed", True)
    assert not Ground.of(hand.project).store.all()
    count = Setup.objects.count()
    hand.decide("again")
    assert Setup.objects.count() == count + 1 and hand.card("setup").pk != card.pk


ASKS = "import urllib.request as r; open('cache/p', 'wb').write(r.urlopen('http://localhost:{port}/p').read())"


def asking(port: int) -> str:
    """A configuration whose setup fetches something."""
    return f"""[setup]\ncommands = ["mkdir cache", '''python3 -c "{ASKS.format(port=port)}"''']\n"""


def test_an_agents_dispatch_waits_and_is_set_up_again_when_the_operator_allows_the_host(tmp_path, data, settings):
    hand = hand_of(tmp_path, asking(1), ["It — `test -f bells.py`"])
    hand.start(runner="anthropic_api")
    hand.approve()
    assert hand.card("setup").options == ["again", "rebuild", "skip", "abort"]
    assert Dispatch.objects.get().status == "parked"
    setup = Setup.objects.get()
    assert "not among the project's hosts" in setup.asked["localhost:1"] and "not among" in setup.log
    assert not Workspace.objects.exists()
    hand.sweep.tick()
    assert Setup.objects.count() == 1, "nothing has changed, so it is not tried again"
    settings.SETUP_PRIVATE_HOSTS = ["localhost:1"]
    hand.sweep.tick()
    hand.work()
    assert [row.outcome for row in Setup.objects.all()] == ["failed", "failed"]
    assert "ended with exit 1" in Setup.objects.last().reason
    hand.sweep.tick()
    assert Setup.objects.count() == 2 and hand.card("setup")


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"a package")

    def log_message(self, *words) -> None:
        return


def test_setup_reaches_the_allowed_hosts_and_what_it_brings_is_there_without_network(tmp_path, data, settings):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        settings.SETUP_PRIVATE_HOSTS = [f"localhost:{port}"]
        hand = begun(hand_of(tmp_path, asking(port), ["It is there — `grep -c package cache/p` prints at least 1"]))
        hand.do("bells.py", "SMALL = 1\n")
        server.shutdown()
    assert hand.step("1").status == "passed"
    assert Setup.objects.get().asked == {f"localhost:{port}": ""}


def test_copies_are_in_the_worktree_and_in_checks_and_are_never_landed(tmp_path, data):
    config = (
        '[setup.copies]\n".env.example" = ".env"\n"plain.example" = "plain.cfg"\n"none" = "x"\n"bells.py" = "PLAN.md"\n'
    )
    files = {".env.example": "KEY=1\n", "plain.example": "a = 1\n"}
    items = ["Both are there — `cat .env plain.cfg`"]
    hand = begun(hand_of(tmp_path, config, items, ["It — `test -f bells.py`"], files=files))
    folder = hand.folder()
    assert (folder / ".env").read_text() == "KEY=1\n" and (folder / "plain.cfg").read_text() == "a = 1\n"
    assert "# Bells" in (folder / "PLAN.md").read_text()
    place = Workspace.objects.get()
    assert place.prepared["copies"] == [".env", "plain.cfg"]
    assert [note.partition(":")[0] for note in place.prepared["notes"]] == [
        "none was not copied to x",
        "PLAN.md was not copied",
    ]
    (folder / "plain.cfg").write_text("a = 2\n")
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.step("1").status == "passed"
    landed = git(hand.source, "ls-tree", "-r", "--name-only", hand.run.branch).split()
    assert ".env" not in landed and "plain.cfg" not in landed
    vault = Ground.of(hand.project).vault
    (kept,) = vault.chain(f"run-{hand.run.pk}")
    saved = vault.git.run("ls-tree", "-r", "--name-only", kept.tree).text.split()
    assert ".env" not in saved and "plain.cfg" in saved


def test_live_worktrees_have_ports_of_their_own_and_give_them_back(tmp_path, data):
    two = [begun(hand_of(tmp_path, "", ['It — `test -n "$PORT"`'], name=name)) for name in ("a", "b")]
    ports = [Workspace.objects.get(run=hand.run).port for hand in two]
    assert len(set(ports)) == 2 and all(port % 10 == 0 and port >= 20_000 for port in ports)
    two[0].do("bells.py", "SMALL = 1\n")
    assert two[0].step("1").status == "passed"
    assert Workspace.objects.get(run=two[0].run).port is None
    assert Workspace.objects.get(run=two[1].run).port == ports[1]


def test_a_virtual_environment_works_at_the_fixed_place_in_every_check(tmp_path, data):
    config = '[setup]\ncommands = ["python3 -m venv --without-pip .venv"]\npath = [".venv/bin"]\n'
    item = "It is used — `python3 -c \"import sys; assert sys.prefix == '/repo/.venv', sys.prefix\"`"
    hand = begun(hand_of(tmp_path, config, [item], files={".gitignore": ".venv\n"}))
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.step("1").status == "passed"


def test_what_an_agent_may_write_to_never_leads_its_programs(tmp_path, data):
    config = '[setup]\ncommands = ["mkdir .tools"]\npath = ["bin", ".tools-too", ".tools"]\n'
    hand = begun(
        hand_of(
            tmp_path,
            config,
            ["It is said — `grep -c silence bells.py` prints at least 1"],
            files={"bin/grep": "#!/bin/sh\necho 5\n"},
        )
    )
    (hand.folder() / "bin" / "grep").chmod(0o755)
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.card("check")
