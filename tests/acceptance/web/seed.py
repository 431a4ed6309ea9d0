"""One open card of every kind, each opened by its real cause: `python -m tests.acceptance.web.seed` fills the data
folder of the environment and prints {kind: card} as JSON. No server runs meanwhile."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from agents.rehearsal import Fault  # noqa: E402
from agents.rehearsal.script import Call, Turn  # noqa: E402
from orchestrator.actions import handing, runs  # noqa: E402
from orchestrator.engine import worker  # noqa: E402
from orchestrator.models import Decision, Line, Run  # noqa: E402
from tests.integration.cards.agents import SMALL, Agents, ask, built, scene, shell  # noqa: E402
from tests.integration.engine.hand import Hand  # noqa: E402
from tests.integration.faults.stage import Stage  # noqa: E402
from tests.repositories import PLAN, git, repository  # noqa: E402

TING = "\n\ndef small():\n    return 'ting'\n"
DEEP = "carillon/mechanisms/north_tower/automatic_playing_drum/registration/bells_of_the_second_octave.py"
QUESTION = (
    "The plan says that the small bell says ting, and the README of 1911 says tang. Shall I follow the plan, or keep"
    " the old name as an alias so that the tower's programs go on working?"
)
STALLS = Turn(say="Let me think about the second octave.", fault=Fault(kind="stall", after=1, seconds=60))
FINDING = {
    "severity": "blocking", "path": "bells.py", "line": 4, "title": "The small bell says ting in one octave only",
    "detail": "`small` ignores its octave. Every caller of the **second** octave gets the first one.", "criterion": 1,
}  # fmt: skip
ADVICE = FINDING | {"severity": "advisory", "title": "A name that says what rings would read better", "criterion": None}


def review(*findings: dict, verdict: str = "unmet") -> Turn:
    criteria = [{"criterion": 1, "verdict": verdict, "note": "It returns the same for every octave."}]
    return Turn(
        say="I read it.", calls=(Call(tool="report", input={"criteria": criteria, "findings": list(findings)}),)
    )


class Seed:
    """Makes each kind in a project of its own, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand(self, name: str, **wish: str) -> Hand:
        plan = PLAN.replace("- [ ] It reads well.\n", "- [ ] It reads well.\n- [ ] A child would understand it.\n")
        hand = Hand(repository(self.folder / name, plan=plan))
        hand.start(**wish)
        hand.approve()
        return hand

    def agents(self, name: str, *scenes, **more) -> Hand:
        before = settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY
        agents = Agents(self.folder, settings, name)
        try:
            return agents.play(*scenes, **more)
        finally:
            agents.server.stop()
            settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY = before

    def review(self) -> Hand:
        return self.agents(
            "review", scene(shell(SMALL), built("bells.py")), scene(review(ADVICE, FINDING), role="reviewer")
        )

    def check(self) -> Hand:
        hand = self.hand("check")
        hand.do("bells.py", TING.replace("ting", "clonk"))
        return hand

    def claim(self) -> Hand:
        return self.agents("claim", scene(shell(SMALL), built("bells.py", DEEP, "docs/BELLS.md")))

    def agent_failed(self) -> Hand:
        refusal = Turn(say="I will not ring this bell.", stop_reason="refusal")
        return self.agents("agent_failed", scene(shell(SMALL), refusal))

    def timeout(self) -> Hand:
        return self.agents("timeout", scene(shell(SMALL), STALLS), limits={"builder": {"total_seconds": 1.0}})

    def lost(self) -> Hand:
        stage = Stage(self.folder)
        for _ in range(3):
            assert stage.killed("after_save")
        assert stage.end_of(stage.worker()) == 0
        return stage.hand

    def conflict(self) -> Hand:
        hand = self.hand("conflict", git="user")
        hand.append("bells.py", TING)
        clone = Path(Line.objects.get(run=hand.run).clone)
        (clone / "bells.py").write_text('"""Bells."""\n\n\ndef tower():\n    return "clang"\n')
        git(clone, "commit", "-qam", "A tower bell")
        hand.done()
        return hand

    def stale(self) -> Hand:
        hand = self.hand("stale", git="user")
        hand.append("bells.py", TING)
        handing.hand_in(handing.handed_out(hand.run), hand.actor)
        for number in range(10):
            (Path(Line.objects.get(run=hand.run).clone) / "notes.txt").write_text(f"note {number}\n")
            if not worker.work_once(hand.run.pk):
                break
        return hand

    def returned(self) -> Hand:
        hand = self.hand("returned")
        hand.append("bells.py", TING)
        handing.give_back(handing.handed_out(hand.run), hand.actor, "My shift ends. The second octave is missing.")
        hand.work()
        return hand

    def unproven(self) -> Hand:
        hand = self.hand("unproven", scope="4")
        hand.do("README.md", "A small bell.\nA big bell.\n")
        return hand

    def question(self) -> Hand:
        return self.agents(
            "question", scene(shell("sed -n 1,3p PLAN.md"), shell("echo '# tuned' >> bells.py"), ask(QUESTION))
        )

    def receipt(self) -> Hand:
        hand = Hand(repository(self.folder / "receipt"))
        hand.start()
        runs.approve(hand.run, hand.actor, hand.user.pk)
        Run.objects.filter(pk=hand.run.pk).update(policy=hand.run.policy | {"check_seconds": 5.0})
        hand.work()
        return hand

    def base(self) -> Hand:
        hand = self.hand("base")
        hand.append("bells.py", TING)
        handing.hand_in(handing.handed_out(hand.run), hand.actor)
        while not hand.step("2").landed_oid:
            assert worker.work_once(hand.run.pk)
        Line.objects.filter(run=hand.run).update(head_oid=hand.run.start_oid)
        hand.work()
        return hand

    def prepared(self, name: str, setup: str) -> Hand:
        files = {"signalbox.toml": f"[setup]\n{setup}\n", ".gitignore": ".tools/\n", "requirements.txt": "bells==1\n"}
        hand = Hand(repository(self.folder / name, files))
        hand.start()
        hand.approve()
        return hand

    def setup(self) -> Hand:
        hand = self.prepared("setup", """commands = ["echo 'looking for the foundry'; cat foundry/bells.lock"]""")
        hand.do("bells.py", TING)
        return hand

    def new_setup(self) -> Hand:
        hand = self.prepared("new_setup", 'commands = ["mkdir .tools && cp requirements.txt .tools/"]')
        hand.append("requirements.txt", "carillon==2\nstriking-clock==4\n")
        hand.do("bells.py", TING)
        return hand

    def batch(self) -> Hand:
        advised = scene(review(ADVICE, verdict="met"), role="reviewer")
        hand = self.agents("batch", scene(shell(SMALL), built("bells.py")), advised)
        hand.decide("skip", reason="the big bell is at the founder's")
        return hand

    def step(self) -> Hand:
        hand = self.hand("step", git="user")
        hand.do("bells.py", TING)
        plan = Path(Line.objects.get(run=hand.run).clone) / "PLAN.md"
        plan.write_text(plan.read_text().replace("names both bells", "names all bells"))
        return hand


KINDS = (
    "review", "check", "claim", "agent_failed", "timeout", "lost", "conflict", "stale", "returned", "unproven",
    "question", "receipt", "base", "setup", "new_setup", "batch", "step",
)  # fmt: skip


def main(kinds: tuple[str, ...]) -> dict[str, int]:
    """The open card of each kind."""
    call_command("migrate", verbosity=0)
    seed, found = Seed(Path(tempfile.mkdtemp(prefix="cards-", dir=settings.DATA))), {}
    for kind in kinds:
        make: Callable[[], Hand] = getattr(seed, kind)
        found[kind] = Decision.objects.get(run=make().run, kind=kind, status="open").pk
    return found


if __name__ == "__main__":
    print(json.dumps(main(tuple(sys.argv[1:]) or KINDS)))
