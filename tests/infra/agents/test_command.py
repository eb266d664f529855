"""`rbm pause`, `rbm resume` and `rbm agents`, as an operator sees them and `send` reads them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.operators import Operator

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.domain.agents import merge_pause, merge_resume
from rbm_ledger.domain.ledger import Merge, agent_path, message_path
from rbm_ledger.domain.rates import merge_seen
from rbm_ledger.usecases.agents import AgentRecords, Paused

AGENT = "growing-tree-bank"
OpenLedger = Callable[[], FirestoreLedger]


async def is_let_through(ledger: FirestoreLedger, agent_id: str = AGENT) -> bool:
    try:
        await AgentRecords(ledger, monotonic=time.monotonic).check_not_paused(agent_id)
    except Paused:
        return False
    return True


async def test_paused_agent_is_not_sent_as_until_it_is_resumed(
    operator: Operator, open_ledger: OpenLedger
) -> None:
    ledger = open_ledger()
    for command, expected in (("pause", False), ("pause", False), ("resume", True), ("pause", False)):
        done = operator.run(command, AGENT)
        assert done.returncode == 0, done.stderr
        assert await is_let_through(ledger) is expected
        assert await is_let_through(ledger, "another")
    record = await ledger.read(agent_path(AGENT))
    assert record is not None
    assert record["agentId"] == AGENT
    assert "purgeTime" not in record


def test_pause_says_what_becomes_of_requests_and_that_callbacks_are_still_taken(operator: Operator) -> None:
    said = operator.run("pause", AGENT).stdout
    assert said.startswith(f"{AGENT} is paused since 20")
    assert "dead letters" in said
    assert "callbacks are still acknowledged and recorded." in said
    assert f"rbm resume {AGENT}" in said


async def test_agent_in_its_long_form_is_the_same_agent(operator: Operator, open_ledger: OpenLedger) -> None:
    assert operator.run("pause", f"{AGENT}@rbm.goog").returncode == 0
    assert not await is_let_through(open_ledger())


async def test_name_that_nothing_was_known_of_is_questioned(
    operator: Operator, open_ledger: OpenLedger
) -> None:
    await open_ledger().merge(Merge(message_path(AGENT, "some-id"), {("messageId",): "some-id"}))
    assert "Nothing was known" not in operator.run("pause", AGENT).stdout
    assert "Nothing was known of growing-tree so far" in operator.run("pause", "growing-tree").stdout
    assert "Nothing was known" not in operator.run("pause", "growing-tree").stdout


@pytest.mark.parametrize(
    ("merge_later", "command", "what"),
    [(merge_resume, "pause", "resumed"), (merge_pause, "resume", "paused")],
)
async def test_switch_from_a_clock_that_is_behind_is_refused(
    operator: Operator, open_ledger: OpenLedger, merge_later: Callable[..., Merge], command: str, what: str
) -> None:
    await open_ledger().merge(merge_later(AGENT, datetime(2999, 1, 1, tzinfo=UTC)))
    refused = operator.run(command, AGENT)
    assert refused.returncode == 1
    assert f"{AGENT} was {what} at 2999-01-01T00:00:00.000000Z" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_agents_are_listed_with_their_pause_launch_states_and_live_senders(
    operator: Operator, open_ledger: OpenLedger
) -> None:
    ledger, now = open_ledger(), datetime.now(UTC)
    launched = {("launchStateAtMs", "fi-rcs", "PENDING"): 1, ("launchStateAtMs", "fi-rcs", "LAUNCHED"): 2}
    await ledger.merge(Merge(agent_path("launched"), {("agentId",): "launched"}, launched))
    await ledger.merge(merge_pause("paused", datetime(2026, 11, 22, 10, tzinfo=UTC)))
    await ledger.merge(Merge(message_path("sent-as", "some-id"), {("messageId",): "some-id"}))
    # Those of a clock ahead are alive, whatever this machine takes to answer.
    for name, age in (("1", -60), ("2", -60), ("3", 3600)):
        await ledger.merge(merge_seen("sent-as", name, now - timedelta(seconds=age)))
    listed = operator.run("agents")
    assert listed.returncode == 0, listed.stderr
    rows = [" ".join(line.split()) for line in listed.stdout.splitlines()]
    assert rows == [
        "agent paused since launch states instances sending",
        "launched – fi-rcs LAUNCHED 0",
        "paused 2026-11-22T10:00:00.000000Z – 0",
        "sent-as – – 2",
    ]


def test_no_agents_are_said_to_be_none(operator: Operator) -> None:
    assert operator.run("agents").stdout == "There are no agents (yet).\n"


@pytest.mark.parametrize("arguments", [("pause", AGENT), ("resume", AGENT), ("agents",)])
def test_commands_without_a_cloud_say_what_is_missing(operator: Operator, arguments: tuple[str, ...]) -> None:
    nowhere = {name: value for name, value in operator.environment.items() if "PROJECT" not in name}
    refused = Operator(nowhere).run(*arguments)
    assert refused.returncode == 2
    assert "rbm up" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("arguments", [("pause", AGENT), ("resume", AGENT), ("agents",)])
def test_refusal_of_firestore_is_told_without_a_traceback(
    operator: Operator, arguments: tuple[str, ...]
) -> None:
    refused = Operator({**operator.environment, "FIRESTORE_DATABASE": "no/name"}).run(*arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith("rbm: Firestore ")
    assert "Traceback" not in refused.stderr
