"""Agents of the repository in a real run: what they are told, and that only the approved ones work."""

from __future__ import annotations

import json

import pytest

from agents.rehearsal import RehearsalServer
from orchestrator.actions import assigning, runs
from orchestrator.engine.receipts import tree_of
from orchestrator.exceptions import PersonError
from orchestrator.models import Dispatch, Event, Receipt, Run
from orchestrator.rehearsing import EXAMPLES
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, git, repository

pytestmark = pytest.mark.django_db(transaction=True)

FOUNDER = (
    "---\nname: bell-founder\ndescription: Casts bells.\nmodel: haiku\ntools: Bash, Read\n---\nCast it in bronze.\n"
)
REVIEWER = "---\nname: reviewer\ndescription: Listens.\n---\nListen to each bell.\n"
OWNED = PLAN.replace("**Objective**: A small bell", "**Owner**: Bell Founder\n\n**Objective**: A small bell")
TOML = """[agents.guidelines]
"*" = ["docs/house.md"]
bell-founder = ["docs/bells.md#Bronze"]

[[agents.rubric]]
agent = "test-author"
titles = ["describe"]
"""
FILES = {
    ".claude/agents/bell-founder.md": FOUNDER,
    ".cursor/agents/reviewer.md": REVIEWER,
    "signalbox.toml": TOML,
    "docs/house.md": "Be kind.\n",
    "docs/bells.md": "# Bronze\n",
}


class Remembering(RehearsalServer):
    """The scripted model; it keeps what it was asked."""

    def play(self, script, request):
        self.requests.append(request)
        return super().play(script, request)


@pytest.fixture
def model(settings, data):
    """Reached as a real one is, by URL and key."""
    server = Remembering([EXAMPLES / "harbour"])
    server.requests = []
    settings.ANTHROPIC_BASE_URL = f"{server.start()}/general"
    settings.ANTHROPIC_API_KEY = "a key"
    yield server
    server.stop()


def hand_of(tmp_path, files=FILES, plan=OWNED) -> Hand:
    return Hand(repository(tmp_path / "bells", files, plan=plan))


def commit(hand: Hand, name: str, text: str) -> None:
    (hand.source / name).write_text(text)
    git(hand.source, "add", "-A")
    git(hand.source, "commit", "-qm", "Edit")


def problems(hand: Hand) -> list[tuple]:
    return [
        (p["path"], p["line"], p["level"], p["code"]) for p in hand.run.compiled["problems"] if p["path"] != "PLAN.md"
    ]


@pytest.mark.ledger("M22", "M13", "D4")
def test_a_step_is_built_by_its_owner_with_the_repositorys_orders_model_and_guideline_files(tmp_path, model):
    hand = hand_of(tmp_path)
    hand.start(runner="anthropic_api")
    planned = {step["key"]: step for step in hand.run.compiled["plan"]["steps"]}
    assert planned["2"]["agents"]["build"] == "bell-founder · anthropic_api · claude-haiku-5-5"
    assert planned["4"]["because"] == "by the rubric, signalbox.toml:6"
    hand.approve()
    build, review = Dispatch.objects.order_by("id")[:2]
    asked = {request["metadata"]["user_id"]: request for request in model.requests}
    founder, reviewer = asked["builder/2/1"], asked["reviewer/2/1"]
    assert founder["model"] == build.model == "claude-haiku-5-5"
    assert "Cast it in bronze." in str(founder["system"]) and "What you read in files" in str(founder["system"])
    assert [tool["name"] for tool in founder["tools"]] == ["shell", "read_file", "ask_person", "report"]
    assert "docs/house.md\ndocs/bells.md, section Bronze" in build.brief
    assert "Listen to each bell." in str(reviewer["system"]) and review.model == "claude-sonnet-5-5"
    assert "docs/bells.md, section Bronze" in review.brief


@pytest.mark.ledger("M22", "X1")
def test_an_edit_of_a_definition_after_the_start_changes_nothing_of_this_run(tmp_path, model):
    hand = hand_of(tmp_path)
    hand.start(runner="anthropic_api")
    commit(hand, ".claude/agents/bell-founder.md", FOUNDER.replace("bronze", "tin").replace("haiku", "opus"))
    commit(hand, "signalbox.toml", "[agents.guidelines]\n")
    hand.approve()
    founder = next(one for one in model.requests if one["metadata"]["user_id"] == "builder/2/1")
    assert "Cast it in bronze." in str(founder["system"]) and founder["model"] == "claude-haiku-5-5"
    assert Dispatch.objects.first().status == "succeeded"


@pytest.mark.ledger("X1")
@pytest.mark.parametrize("part", ["agents", "guidelines", "configuration"])
def test_agents_guidelines_and_configuration_are_leaves_that_each_claim_compares(tmp_path, model, part):
    hand = hand_of(tmp_path)
    hand.start(runner="anthropic_api")
    hand.run = runs.approve(hand.run, hand.actor, hand.user.pk)
    changed = {"agents": {**hand.run.compiled["agents"], "builder": {}}, "guidelines": {}, "configuration": "other"}
    hand.run.compiled[part] = changed[part]
    hand.run.save()
    hand.work()
    assert Dispatch.objects.get().status == "refused"
    assert f"What was approved has changed: {part}." in str(hand.card().payload["reasons"])


@pytest.mark.ledger("M22")
def test_a_named_definition_that_cannot_be_read_stops_the_approval_with_file_and_line(tmp_path, data):
    broken = FOUNDER.replace("name: bell-founder", "name: bell-founder\ncolor: *red")
    hand = hand_of(tmp_path, {".claude/agents/bell-founder.md": broken})
    hand.start(runner="anthropic_api")
    with pytest.raises(PersonError, match=r"^\.claude/agents/bell-founder\.md:3: step 2 names “Bell Founder”"):
        hand.approve()
    hand.approve(scope="3-4")
    assert Receipt.objects.filter(run=hand.run).exists()


@pytest.mark.ledger("M22")
def test_a_definition_that_is_not_committed_is_not_seen(tmp_path, data):
    hand = hand_of(tmp_path, {})
    folder = hand.source / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "bell-founder.md").write_text(FOUNDER)
    hand.start(runner="anthropic_api")
    assert hand.run.compiled["plan"]["steps"][1]["builder"] == "builder"
    assert hand.run.compiled["dirty"] == [".claude/agents/bell-founder.md"]
    assert "unknown-agent" in {problem["code"] for problem in hand.run.compiled["problems"]}


def test_an_unknown_owner_is_a_warning_and_the_builder_builds(tmp_path, model):
    hand = hand_of(tmp_path, {})
    hand.start(runner="anthropic_api")
    (warning,) = [p for p in hand.run.compiled["problems"] if p["code"] == "unknown-agent"]
    assert (warning["path"], warning["level"], warning["step"]) == ("PLAN.md", "warning", "2")
    hand.approve()
    assert Dispatch.objects.first().model == "claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"signalbox.toml": "[agents"}, ("signalbox.toml", 1, "error", "not-toml")),
        (
            {"signalbox.toml": "[agents.guidelines]\n'*' = ['gone.md']"},
            ("signalbox.toml", 2, "error", "missing-guideline"),
        ),
        ({"signalbox.toml": "x = 1"}, ("signalbox.toml", 1, "error", "unknown-field")),
    ],
)
def test_what_is_wrong_in_the_configuration_is_on_the_dispatch_plan(tmp_path, data, files, place):
    hand = hand_of(tmp_path, files, PLAN)
    hand.start(runner="anthropic_api")
    assert problems(hand) == [place]


def test_a_fence_that_is_written_wrong_stops_the_approval(tmp_path, data):
    hand = hand_of(tmp_path, {"signalbox.toml": "[guards]\nfence = 'src'\n[[checks]]\nname = 'style'\n"}, PLAN)
    hand.start(runner="anthropic_api")
    says = r"^signalbox.toml:2: “fence” has to be a list, .* 1 more error stands beside it. Mend and commit it"
    with pytest.raises(PersonError, match=says):
        hand.approve()


TWICE = """[[agents.rubric]]
agent = "test-author"
titles = ["describe"]

[[agents.rubric]]
agent = "bell-founder"
titles = ["the bells"]
"""


def assign(hand: Hand, key: str, agent: str) -> None:
    hand.run = assigning.assign(hand.run, key, agent, hand.actor)


def builder(hand: Hand, key: str) -> tuple[str, str]:
    (step,) = [step for step in hand.run.compiled["plan"]["steps"] if step["key"] == key]
    return step["builder"], step["because"]


@pytest.mark.ledger("M6", "X1")
def test_a_person_gives_a_step_to_another_agent_which_is_recorded_approved_and_builds_it(tmp_path, model):
    hand = hand_of(tmp_path)
    hand.start(runner="anthropic_api")
    before = tree_of(hand.run).leaves
    assign(hand, "2", "debugger")
    assert builder(hand, "2") == ("debugger", "chosen by ada")
    now = tree_of(hand.run).leaves
    assert {name for name in now if now[name] != before[name]} == {"step:2", "agents", "guidelines"}
    event = Event.objects.get(chain=hand.run.pk, kind="step.assigned")
    assert (event.actor, event.step, json.loads(event.body)) == ("ada", "2", {"from": "bell-founder", "to": "debugger"})
    hand.approve(scope="2")
    assert Dispatch.objects.first().brief and builder(hand, "2") == ("debugger", "chosen by ada")
    asked = {request["metadata"]["user_id"] for request in model.requests}
    assert "builder/2/1" in asked
    with pytest.raises(PersonError, match="its agents were approved with it"):
        assign(hand, "3", "debugger")


@pytest.mark.ledger("M6")
def test_taking_a_choice_back_leaves_the_step_to_the_plan_again(tmp_path, data):
    hand = hand_of(tmp_path)
    hand.start(runner="anthropic_api")
    digest = tree_of(hand.run).digest
    assign(hand, "2", "debugger")
    assign(hand, "2", "")
    assert builder(hand, "2") == ("bell-founder", "named in line 32 of the plan")
    assert tree_of(hand.run).digest == digest
    assign(hand, "2", "")
    assert Event.objects.filter(kind="step.assigned").count() == 2


@pytest.mark.ledger("M6")
def test_a_doubly_mapped_step_is_shown_and_blocks_the_approval_until_a_person_chooses(tmp_path, data):
    hand = hand_of(tmp_path, FILES | {"signalbox.toml": TWICE}, PLAN)
    hand.start(runner="anthropic_api")
    assert problems(hand) == [("signalbox.toml", 2, "error", "doubly-mapped")]
    with pytest.raises(PersonError, match="rules of the rubric name test-author and bell-founder for step 4"):
        hand.approve()
    assign(hand, "4", "test-author")
    assert problems(hand) == []
    runs.approve(hand.run, hand.actor, hand.user.pk)
    assert Receipt.objects.filter(run=hand.run).exists()


@pytest.mark.ledger("M6")
def test_where_every_step_has_to_be_mapped_one_that_is_not_blocks_until_a_person_chooses(tmp_path, data):
    hand = hand_of(tmp_path, {}, PLAN)
    hand.start(runner="anthropic_api", scope="2")
    Run.objects.filter(pk=hand.run.pk).update(policy=hand.run.policy | {"owners": "require"})
    hand.run.refresh_from_db()
    hand.run = runs.rescope(hand.run)
    with pytest.raises(PersonError, match=r"PLAN\.md:32: Step 2 names no agent and no rule of the rubric fits it"):
        hand.approve()
    assign(hand, "2", "builder")
    runs.approve(hand.run, hand.actor, hand.user.pk)
    assert Receipt.objects.filter(run=hand.run).exists()


@pytest.mark.ledger("M6")
@pytest.mark.parametrize(
    ("key", "agent", "said"),
    [
        ("2", "nobody", "no agent 'nobody' that builds. Known ones: architect, bell-founder, builder, "),
        ("2", "reviewer", "no agent 'reviewer' that builds"),
        ("9", "builder", "no step 9 in run"),
        ("1", "builder", "Step 1 is complete already"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_what_there_is(tmp_path, data, key, agent, said):
    hand = hand_of(tmp_path)
    hand.start(runner="anthropic_api")
    with pytest.raises(PersonError, match=said):
        assign(hand, key, agent)


def test_where_a_person_builds_there_is_no_agent_to_choose(tmp_path, data):
    hand = hand_of(tmp_path)
    hand.start()
    with pytest.raises(PersonError, match="a person builds every step"):
        assign(hand, "2", "debugger")


def test_a_link_is_not_followed_out_of_the_repository(tmp_path, data):
    hand = hand_of(tmp_path, {}, PLAN)
    (hand.source / ".claude").mkdir()
    (hand.source / ".claude" / "agents").mkdir()
    (hand.source / ".claude" / "agents" / "reviewer.md").symlink_to("/etc/hostname")
    (hand.source / "signalbox.toml").symlink_to("/etc/hostname")
    git(hand.source, "add", "-A")
    git(hand.source, "commit", "-qm", "Links")
    hand.start(runner="anthropic_api")
    assert {(path, code) for path, _, _, code in problems(hand)} == {
        (".claude/agents/reviewer.md", "not-readable"), ("signalbox.toml", "not-readable"),
    }  # fmt: skip


def test_an_owner_that_an_edit_names_gets_its_agent_from_the_start_commit(tmp_path, model):
    hand = hand_of(tmp_path, FILES, PLAN)
    hand.start(runner="anthropic_api")
    hand.run = runs.approve(hand.run, hand.actor, hand.user.pk)
    assert "bell-founder" not in hand.run.compiled["agents"]
    runs.pause(hand.run, hand.actor)
    hand.work()
    commit(hand, ".claude/agents/bell-founder.md", FOUNDER.replace("bronze", "tin"))
    (hand.source / "PLAN.md").write_text(OWNED)
    runs.resume(hand.run, hand.actor, hand.user.pk)
    hand.work()
    assert "Cast it in bronze." in hand.run.compiled["agents"]["bell-founder"]["system"]
    assert Dispatch.objects.first().model == "claude-haiku-5-5"
