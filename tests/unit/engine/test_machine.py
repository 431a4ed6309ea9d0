"""Hypothesis plays workers, people, clocks and crashes in any order against the tables and their couplings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orchestrator.engine.fire import allows, fire
from orchestrator.engine.policy import load_policy
from orchestrator.engine.rows import BatchRow, CandidateRow, DecisionRow, DispatchRow, RunRow, StepRow
from orchestrator.engine.schedule import may_claim
from orchestrator.engine.states import (
    GAPS,
    LIVE_DISPATCH,
    LOST,
    MACHINES,
    MET,
    OPEN_CANDIDATE,
    OPEN_DECISION,
    OPEN_DISPATCH,
    RUN_OVER,
    SETTLED,
)
from orchestrator.exceptions import IllegalTransition
from tests.unit.engine.memory import plan

ENDS = [
    ("reported", {}),
    ("reported", {"verdict": "failed", "kind": "review"}),
    ("reported", {"verdict": "failed", "kind": "claim"}),
    ("reported", {"unproven": 1}),
    ("errored", {}),
    ("limit", {}),
    ("asked", {}),
    ("limited", {"due": 5.0}),
    ("pause_now", {}),
    ("report_invalid", {}),
    ("handed_over", {}),
    ("beat_stopped", {}),
    ("cancel", {}),
]


class RunMachine(RuleBasedStateMachine):
    """A run under a random plan and policy."""

    @initialize(data=st.data())
    def begin(self, data):
        size = data.draw(st.integers(1, 7))
        keys = [str(n) for n in range(1, size + 1)]
        depends = {
            k: data.draw(st.lists(st.sampled_from(keys[:n]), unique=True, max_size=2)) if n else []
            for n, k in enumerate(keys)
        }
        groups = {k: data.draw(st.sampled_from("AB")) for k in keys}
        runner = data.draw(st.sampled_from(["anthropic_api", "person"]))
        policy = load_policy("blueprint").with_runner(runner).with_git(data.draw(st.sampled_from(["user", "engine"])))
        policy = replace(policy, fix_rounds=data.draw(st.sampled_from([0, 0, 2])))
        items = {k: data.draw(st.integers(0, 1)) for k in keys}
        self.run = plan(*keys, depends=depends, groups=groups, items=items, policy=policy)
        self.run.do(lambda b: fire(b, RunRow, 1, "approve"))

    def pick(self, data, rows):
        return data.draw(st.sampled_from(sorted(rows, key=lambda r: r.id)))

    def fire_if_legal(self, kind, id, event, /, **args):
        if allows(self.run.board(), kind, id, event, **args):
            self.run.do(lambda b: fire(b, kind, id, event, **args))

    @precondition(lambda self: any(d.status == "queued" for d in self.run.of(DispatchRow)))
    @rule(data=st.data())
    def claim(self, data):
        row = self.pick(data, [d for d in self.run.of(DispatchRow) if d.status == "queued"])
        if may_claim(self.run.board(), row):
            self.run.do(lambda b: fire(b, DispatchRow, row.id, "claimed"))

    @precondition(lambda self: any(d.status in LIVE_DISPATCH for d in self.run.of(DispatchRow)))
    @rule(data=st.data(), end=st.sampled_from(ENDS))
    def work(self, data, end):
        row = self.pick(data, [d for d in self.run.of(DispatchRow) if d.status in LIVE_DISPATCH])
        event, args = end
        if row.status == "preparing":
            event, args = data.draw(
                st.sampled_from(
                    [("ready", {}), ("ready", {}), ("infra", {}), ("handed_over", {}), ("beat_stopped", {})]
                )
            )
        elif row.status == "with_person":
            event, args = data.draw(st.sampled_from([("done", {}), ("done", {}), ("returned", {})]))
        elif row.status == "stopping":
            event, args = data.draw(st.sampled_from([("stopped", {}), ("reported", {}), ("beat_stopped", {})]))
        if "unproven" in args and row.role != "verifier":
            args = {}
        self.fire_if_legal(DispatchRow, row.id, event, **args)

    @precondition(lambda self: any(c.status in OPEN_CANDIDATE for c in self.run.of(CandidateRow)))
    @rule(data=st.data())
    def integrate(self, data):
        row = self.pick(data, [c for c in self.run.of(CandidateRow) if c.status in OPEN_CANDIDATE])
        events = sorted({e for s, e in MACHINES["candidate"].table if s == row.status and e != "dropped"})
        if row.status == "queued" and self.run.run.status in ("paused", "stopping", "aborted"):
            return
        self.fire_if_legal(CandidateRow, row.id, data.draw(st.sampled_from(events)))

    @precondition(lambda self: any(d.status == "open" for d in self.run.of(DecisionRow)))
    @rule(data=st.data(), at_once=st.booleans())
    def decide(self, data, at_once):
        row = self.pick(data, [d for d in self.run.of(DecisionRow) if d.status == "open"])
        option = data.draw(st.sampled_from(row.options))
        if option == "abort" and data.draw(st.integers(0, 5)):
            return
        self.run.do(
            lambda b: fire(b, DecisionRow, row.id, "decided", option=option, at_once=at_once, due=self.run.now + 10)
        )

    @rule(data=st.data())
    def undo(self, data):
        armed = [d for d in self.run.of(DecisionRow) if d.status == "armed"]
        if armed:
            self.run.do(lambda b: fire(b, DecisionRow, self.pick(data, armed).id, "undone"))

    @rule(seconds=st.sampled_from([1.0, 20.0]))
    def time_passes(self, seconds):
        self.run.now += seconds
        self.run.do(lambda b: None)

    @rule(after=st.sampled_from(["now", "step", "batch"]))
    def pause(self, after):
        self.fire_if_legal(RunRow, 1, "pause", after=after)

    @rule()
    def resume(self):
        self.fire_if_legal(RunRow, 1, "resume")

    @rule(roll=st.integers(0, 30))
    def abort(self, roll):
        if roll == 0:
            self.fire_if_legal(RunRow, 1, "abort")

    @rule(data=st.data())
    def restore(self, data):
        lost = [s for s in self.run.of(StepRow) if s.status == "skipped"]
        if lost and self.run.run.status == "running":
            self.run.do(lambda b: fire(b, StepRow, self.pick(data, lost).id, "restore"))

    # -- what must always hold -----------------------------------------------------------------------------------

    @invariant()
    def counters_equal_a_recount(self):
        if not hasattr(self, "run"):
            return
        steps = self.run.of(StepRow)
        assert self.run.run.unsettled == sum(s.status not in SETTLED for s in steps)
        assert self.run.run.gaps == sum(s.status in GAPS for s in steps)
        by_id = {s.id: s for s in steps}
        for s in steps:
            open_edges = [e for e in self.run.dependencies(s.id) if not e.waived]
            assert s.unmet == sum(by_id[e.on].status not in MET for e in open_edges)
            assert (s.stage != "") == (s.status in ("active", "needs_decision"))

    @invariant()
    def never_two_live_dispatches(self):
        if hasattr(self, "run"):
            assert sum(d.status in LIVE_DISPATCH for d in self.run.of(DispatchRow)) <= 1
            for s in self.run.of(StepRow):
                assert sum(d.step == s.id and d.status in OPEN_DISPATCH for d in self.run.of(DispatchRow)) <= 1
                assert sum(c.step == s.id and c.status in OPEN_CANDIDATE for c in self.run.of(CandidateRow)) <= 1

    @invariant()
    def a_step_needs_a_decision_exactly_when_one_is_open(self):
        if not hasattr(self, "run"):
            return
        asked = [id for d in self.run.of(DecisionRow) if d.status in OPEN_DECISION for id in d.subjects]
        assert len(asked) == len(set(asked))
        assert set(asked) == {s.id for s in self.run.of(StepRow) if s.status == "needs_decision"}

    @invariant()
    def batches_are_small_and_inside_one_group(self):
        if not hasattr(self, "run"):
            return
        assert sum(b.status != "closed" for b in self.run.of(BatchRow)) <= 1
        for batch in self.run.of(BatchRow):
            steps = [self.run.rows["step", id] for id in batch.steps]
            assert len(steps) <= 3 and len({s.group for s in steps}) <= 1

    @invariant()
    def something_leads_on(self):
        """Liveness: a run that is not over has work, a due time, a card, or a pause that a button leaves."""
        if not hasattr(self, "run") or self.run.run.status in (*RUN_OVER, "paused"):
            return
        work = any(d.status in OPEN_DISPATCH for d in self.run.of(DispatchRow))
        work = work or any(c.status in OPEN_CANDIDATE for c in self.run.of(CandidateRow))
        assert work or any(d.status in OPEN_DECISION for d in self.run.of(DecisionRow)), self.run.run

    @invariant()
    def a_blocked_step_has_a_lost_dependency(self):
        if hasattr(self, "run") and self.run.run.status not in ("aborted",):
            by_id = {s.id: s for s in self.run.of(StepRow)}
            for s in by_id.values():
                if s.status == "blocked":
                    edges = [e for e in self.run.dependencies(s.id) if not e.waived]
                    assert any(by_id[e.on].status in LOST for e in edges)


def _machine(examples: int) -> type:
    case = type("Case", (RunMachine.TestCase,), {})
    case.settings = settings(
        max_examples=examples, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck)
    )
    return case


TestRun = _machine(250)
TestManyRuns = pytest.mark.soak(_machine(5000))


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_pair_of_status_and_event_is_a_rule_or_refused(name):
    """All pairs, not only the legal ones: a final status has no way out and an unknown pair changes nothing."""
    machine = MACHINES[name]
    kinds = {"run": RunRow, "step": StepRow, "dispatch": DispatchRow, "candidate": CandidateRow}
    for status in machine.statuses:
        for event in machine.events:
            rules = machine.table.get((status, event), ())
            assert all(r.target in machine.statuses for r in rules)
            assert not (rules and status in machine.final)
            if not rules and name in kinds:
                run = plan("1")
                row = replace(run.run, status=status) if name == "run" else kinds[name](900, *_FILL[name])
                row = replace(row, status=status)
                run.rows[name, row.id] = row
                with pytest.raises(IllegalTransition):
                    fire(run.board(), kinds[name], row.id, event)
                assert run.rows[name, row.id].status == status


_FILL = {"run": (), "step": ("9",), "dispatch": (10, "builder"), "candidate": (10,)}


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_status_can_be_reached_from_an_initial_one(name):
    machine = MACHINES[name]
    seen, todo = set(machine.initial), list(machine.initial)
    while todo:
        status = todo.pop()
        for (source, _), rules in machine.table.items():
            if source == status:
                new = {r.target for r in rules} - seen
                seen |= new
                todo += new
    assert seen == set(machine.statuses)
