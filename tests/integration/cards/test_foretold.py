"""What a card says each of its options would do is what then happens, for every kind of card."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from orchestrator.actions import decisions
from orchestrator.models import Decision, RunStep
from tests.acceptance.web.seed import KINDS, Seed
from tests.integration.engine.hand import Hand

pytestmark = pytest.mark.django_db(transaction=True)

SLOW = {"lost"}
"""Kinds whose cause takes seconds to bring about; `test_interrupted` answers them."""


@pytest.mark.ledger("X9")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SLOW])
def test_every_option_does_what_its_preview_said(kind, tmp_path, data):
    hand: Hand = getattr(Seed(tmp_path), kind)()
    card = Decision.objects.get(run=hand.run, kind=kind, status="open")
    for option in card.options:
        if (kind, option) != ("conflict", "recheck"):  # refused until the conflict is resolved
            with transaction.atomic():
                answer_and_compare(hand, card, option)
                transaction.set_rollback(True)


def answer_and_compare(hand: Hand, card: Decision, option: str) -> None:
    answer = decisions.Answer(option, reason="so be it", instructions="Say ting.", at_once=True)
    foretold = decisions.preview(card.pk, answer)
    known = set(hand.run.dispatches.values_list("pk", flat=True))
    asked = set(hand.run.decisions.values_list("pk", flat=True))
    decisions.decide(card.pk, answer, hand.actor, hand.user.pk)
    stored = Decision.objects.get(pk=card.pk)
    assert (stored.preview, stored.option, stored.status) == (foretold, option, "applied")
    assert_steps(hand, foretold)
    planned = hand.run.dispatches.exclude(pk__in=known).order_by("id")
    assert [[d.step.key, d.role] for d in planned] == foretold["starts"]
    opened = hand.run.decisions.exclude(pk__in=asked)
    assert [d.kind for d in opened.order_by("id")] == foretold["asks"]
    if foretold["run"]:
        assert hand.run.__class__.objects.get(pk=hand.run.pk).status == foretold["run"]


def assert_steps(hand: Hand, foretold: dict[str, Any]) -> None:
    now = dict(RunStep.objects.filter(run=hand.run).values_list("key", "status"))
    assert {key: now[key] for key in foretold["steps"]} == {key: to for key, (_, to) in foretold["steps"].items()}
    blocked = RunStep.objects.filter(run=hand.run, key__in=[key for key, _ in foretold["blocked"]])
    assert [[s.key, s.blocked_by] for s in blocked.order_by("key")] == foretold["blocked"]
