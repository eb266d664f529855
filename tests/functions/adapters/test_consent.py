"""Consent on every ledger, real databases too: its documents, what lies near in time, and the first claim."""

import asyncio
import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.functions.adapters.conftest import OpenLedger
from tests.functions.domain.builders import AGENT, PHONE
from tests.functions.usecases.consenting import AT_MS, Consenting, consent_request
from tests.functions.usecases.correlating import RECEIVED, Correlation
from tests.support.payloads import event_bytes

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, describe_consent, query_nearby
from rbm_ledger.domain.ledger import consent_path
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.records import Suppression
from rbm_ledger.domain.times import format_rfc3339, to_millis

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN


@pytest.fixture
def instances(open_ledger: OpenLedger) -> list[Consenting]:
    """Several instances over the same documents; each tells on its own."""
    return [Consenting(AgentPolicy(brand="b"), open_ledger()) for _ in range(3)]


async def test_words_of_one_decision_are_told_once_by_whichever_instance(instances: list[Consenting]) -> None:
    for number, instance in enumerate(instances):
        await instance.say(OUT, number * 10)
    assert [len(instance.told) for instance in instances] == [1, 0, 0]


async def test_change_of_mind_is_told_by_whichever_instance(instances: list[Consenting]) -> None:
    for number, decision in enumerate((OUT, IN, OUT)):
        await instances[number].say(decision, number)
    assert [instance.told[0]["state"] for instance in instances] == ["optedOut", "optedIn", "optedOut"]


async def test_words_at_once_all_stand_and_the_latest_is_in_force(instances: list[Consenting]) -> None:
    said = [(OUT if number % 2 else IN, number) for number in range(20)]
    await asyncio.gather(*(instances[at % 3].say(decision, at) for decision, at in said))
    record = await instances[0].read()
    assert (record["optedOutAtMs"], record["optedInAtMs"]) == (AT_MS + 19_000, AT_MS + 18_000)
    states = {update["state"] for instance in instances for update in instance.told}
    assert "optedOut" in states


async def test_words_of_every_kind_in_any_order_and_at_once_end_the_same(open_ledger: OpenLedger) -> None:
    """With a time of their own, without one, and with neither that nor an id: each of them twice."""
    rng, ends = random.Random(7), []
    for _ in range(4):
        agent = f"agent-{uuid.uuid4().hex}"
        said = [*list_said(agent), *list_said(agent)]
        rng.shuffle(said)
        instances: list[Any] = [Correlation(ledger=open_ledger()) for _ in range(3)]  # type: ignore[arg-type]
        at_once = (
            instances[number % 3].take(payload, received_at=RECEIVED + timedelta(seconds=second))
            for number, (payload, second) in enumerate(said)
        )
        await asyncio.gather(*at_once)
        record = await open_ledger().read(consent_path(agent, "", PHONE)) or {}
        heard = {decision: sorted(words.values()) for decision, words in record["heardAtMs"].items()}
        ends.append((describe_consent(record), heard, record["optedOutAtMs"]))
    nameless, timed, subscribed = (to_millis(RECEIVED) + 1000 * second for second in (20, 10, 0))
    expected = {"optedOutAtMs": nameless, "optedInAtMs": timed}
    assert ends == [(expected, {"optedIn": [subscribed]}, nameless)] * 4


def list_said(agent: str) -> list[tuple[bytes, int]]:
    start = {"text": "START", "sendTime": format_rfc3339(RECEIVED + timedelta(seconds=10))}
    subscribe = event_bytes("user-event-subscribe", agentId=agent)
    unsubscribe = event_bytes("user-event-unsubscribe", agentId=agent, without=("eventId",))
    typed = event_bytes("user-message-text", agentId=agent, **start)
    return [(subscribe, 0), (unsubscribe, 5), (typed, 60), (unsubscribe, 20), (subscribe, 30)]


async def test_evidence_is_found_by_its_time(instances: list[Consenting]) -> None:
    consenting = instances[0]
    for seconds in (-61, -60, -1, 0, 1):
        await consenting.say(OUT, seconds)
    own = Evidence(OUT, EvidenceKind.EVENT, AGENT, PHONE, "own", AT_MS)
    nearby = await consenting.ledger.find(query_nearby(own, "b"))
    assert [word["atMs"] - AT_MS for word in nearby] == [-60_000, -1_000, 0]


async def test_service_and_user_meet_in_one_document(instances: list[Consenting]) -> None:
    await instances[0].say(IN, 5)
    answer = await instances[1].record(consent_request("optedOut"))
    assert (answer["state"], answer["optedOutAtMs"], answer["optedInAtMs"]) == (
        "optedIn",
        AT_MS,
        AT_MS + 5000,
    )


async def test_of_acknowledgements_at_once_exactly_one_goes(instances: list[Consenting]) -> None:
    await instances[0].say(OUT)
    ids = [str(uuid.uuid4()) for _ in range(9)]
    ask = {"messageTrafficType": "ACKNOWLEDGEMENT"}
    suppressions = await asyncio.gather(
        *(instances[at % 3].find_suppression(**ask, messageId=name) for at, name in enumerate(ids))
    )
    assert sorted(map(str, suppressions)) == ["None", *[Suppression.ACKNOWLEDGED_BEFORE] * 8]
    again = [await instances[0].find_suppression(**ask, messageId=name) for name in ids]
    assert again == suppressions
