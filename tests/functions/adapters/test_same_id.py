"""The same id again, on every ledger: an old delivery changes nothing, other content takes nobody's place."""

import asyncio
import json
import uuid
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from tests.functions.adapters.conftest import OpenLedger
from tests.functions.domain.builders import PHONE
from tests.functions.usecases.correlating import RECEIVED, Correlation
from tests.support.payloads import event_bytes, list_names, load_json

from rbm_ledger.domain.consent import Decision, decide
from rbm_ledger.domain.correlation import Arrival, find_evidence, merges_for
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.ledger import consent_path, conversation_path
from rbm_ledger.usecases.ports import Ledger

MONTH_LATER = RECEIVED + timedelta(days=30)
STAMPS = ("updatedTime", "purgeTime")


def make_agent() -> str:
    return f"agent-{uuid.uuid4().hex}"


def describe(record: Any) -> dict[str, Any]:
    return {name: value for name, value in (record or {}).items() if name not in STAMPS}


async def read_all(correlation: Correlation, payload: bytes) -> list[dict[str, Any]]:
    event, arrival = parse_event(payload), Arrival(payload, RECEIVED)
    documents = [merge.document for merge in merges_for(event, arrival)]
    if find_evidence(event, arrival, correlation.keywords):
        documents.append(consent_path(event.agent_id, "", PHONE))
    return [describe(await correlation.ledger.read(document)) for document in documents]


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("decoded-events")])
async def test_old_delivery_again_changes_no_document_and_tells_the_same(ledger: Ledger, name: str) -> None:
    correlation = Correlation(ledger=ledger)  # type: ignore[arg-type]
    own = {"agentId": make_agent()} if "agentId" in load_json(f"decoded-events/{name}.json") else {}
    payload = event_bytes(name, **own)
    await correlation.take(payload)
    before, told = await read_all(correlation, payload), correlation.told
    await correlation.take(payload, received_at=MONTH_LATER)
    after = await read_all(correlation, payload)
    forget_later_looks(name, before, after)
    assert after == before
    assert {json.dumps(update) for update in correlation.told} == {json.dumps(update) for update in told}


def forget_later_looks(name: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """What follows from when it was heard: that of an orphan, and of whatever has no time of its own."""
    timed = "sendTime" in load_json(f"decoded-events/{name}.json")
    for one, other in zip(before, after, strict=True):
        if "sweep" in one:
            assert one["sweep"].pop("orphanDueAtMs") <= other["sweep"].pop("orphanDueAtMs")
        if "lastInboundAtMs" in one and not timed:
            assert one.pop("lastInboundAtMs") <= other.pop("lastInboundAtMs")


@pytest.mark.parametrize(
    ("old", "later", "in_force"),
    [
        ("user-event-unsubscribe", "user-event-subscribe", Decision.OPTED_IN),
        ("user-event-subscribe", "user-event-unsubscribe", Decision.OPTED_OUT),
    ],
)
async def test_old_word_again_leaves_the_later_word_in_force(
    ledger: Ledger, old: str, later: str, in_force: Decision
) -> None:
    """As Google signs them: without a time."""
    correlation, agent = Correlation(ledger=ledger), make_agent()  # type: ignore[arg-type]
    replayed = event_bytes(old, agentId=agent)
    await correlation.take(replayed)
    await correlation.take(
        event_bytes(later, agentId=agent, eventId="later"), received_at=RECEIVED + timedelta(hours=1)
    )
    before = await ledger.read(consent_path(agent, "", PHONE))
    await correlation.take(replayed, received_at=MONTH_LATER)
    consent = await ledger.read(consent_path(agent, "", PHONE))
    assert describe(consent) == describe(before)
    assert decide(consent or {}) is in_force


# What a content says under the names of our own fields takes none of their places.
OUR_NAMES: list[dict[str, Any]] = [{}, {"signed": {"x": 1}, "idClaims": {}}, {"contentConflicts": []}]


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=repr)
async def test_contents_of_one_id_in_any_order_are_all_kept_and_flagged(
    open_ledger: OpenLedger, order: tuple[int, ...]
) -> None:
    agent, names = make_agent(), ("user-message-text", "user-message-file", "user-message-location")
    payloads = [event_bytes(names[number], agentId=agent, **OUR_NAMES[number]) for number in order]
    for payload in payloads:
        await Correlation(ledger=open_ledger()).take(payload)  # type: ignore[arg-type]
    await check_contents(open_ledger(), agent, payloads)


async def test_contents_of_one_id_at_once_are_all_kept_and_flagged(open_ledger: OpenLedger) -> None:
    """From several instances, each of which writes some of them in one batch."""
    agent = make_agent()
    payloads = [event_bytes("user-message-text", agentId=agent, text=str(number)) for number in range(8)]
    instances: list[Any] = [Correlation(ledger=open_ledger()) for _ in range(3)]  # type: ignore[arg-type]
    await asyncio.gather(*(each.take(payload) for each in instances for payload in payloads))
    await check_contents(open_ledger(), agent, payloads)


async def check_contents(ledger: Ledger, agent: str, payloads: list[bytes]) -> None:
    message_id = json.loads(payloads[0])["messageId"]
    document = await ledger.read((*conversation_path(agent, PHONE), "userMessages", message_id)) or {}
    kept = sorted((json.loads(signed["json"]) for signed in document["signed"].values()), key=repr)
    assert kept == sorted(map(json.loads, payloads), key=lambda fields: repr(dict(sorted(fields.items()))))
    assert document["contentConflicts"] == [message_id]
