"""Every state that the tables know has an icon, a family and a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.actions.offers import label
from orchestrator.engine.options import options_of as offered
from orchestrator.engine.policy import Policy
from orchestrator.engine.states import MACHINES
from orchestrator.models import Dispatch, Run, RunStep
from orchestrator.queries import CARD_TITLES, STAGE_WORDS
from orchestrator.web.reading import signs

FAMILIES = {"neutral", "running", "needs", "passed", "failed", "blocked"}
ROOT = Path(__file__).resolve().parents[3]
SPRITE = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/vendor/lucide.svg").read_text()))


def fits(sign: signs.Sign) -> bool:
    return sign.icon in SPRITE and sign.family in FAMILIES and bool(sign.word)


@pytest.mark.parametrize("status", MACHINES["step"].statuses)
def test_every_status_of_a_step_has_a_sign(status):
    assert status in signs._STEP or status == "active"
    for stage in STAGE_WORDS if status == "active" else [""]:
        assert fits(signs.step_sign(RunStep(status=status, stage=stage, blocked_by="2")))


@pytest.mark.parametrize("status", MACHINES["run"].statuses)
def test_every_status_of_a_run_has_a_sign(status):
    assert status in signs._RUN and fits(signs.run_sign(Run(status=status)))


@pytest.mark.parametrize("status", MACHINES["dispatch"].statuses)
def test_every_status_of_a_dispatch_has_a_sign(status):
    assert status in signs._DISPATCH and fits(signs.dispatch_sign(Dispatch(status=status)))


@pytest.mark.parametrize("kind", CARD_TITLES)
def test_every_kind_of_card_has_an_icon_and_its_options_have_words(kind):
    assert signs.card_icon(kind) in SPRITE
    for option in offered(kind, Policy()):
        assert label(option)[0].isupper()


def test_templates_name_only_icons_that_are_there():
    used = set()
    for file in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "orchestrator/web").rglob("*.py")]:
        used |= set(re.findall(r'{% icon "([\w-]+)"', file.read_text()))
    assert used <= SPRITE


def test_skipped_never_reads_as_complete():
    sign = signs.step_sign(RunStep(status="skipped"))
    assert sign.family != "passed" and sign.word == "skipped, not complete"
