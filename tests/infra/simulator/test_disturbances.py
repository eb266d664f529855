"""Broken on purpose: callbacks lost, late, doubled, reversed, wrongly signed; creates refused or late."""

from datetime import datetime, timedelta

import pytest

from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.envelope import sign
from rbm_ops.simulator.errors import Status

TOKEN = "SJENCPGJESMGUFPY"


def make_event(text: str) -> dict[str, str]:
    return {"senderPhoneNumber": "+14155550101", "text": text, "agentId": "growing-tree-bank@rbm.goog"}


def post(simulator, *texts: str) -> None:
    for text in texts:
        simulator.simulation.callbacks.post(make_event(text))


def texts_of(webhook) -> list[str]:
    return [event["text"] for event in webhook.events]


async def test_next_callbacks_are_lost_and_no_more(simulator, webhook) -> None:
    simulator.simulation.disturbances.drop_next = 2
    post(simulator, "a", "b", "c")
    await simulator.advance(3600)
    assert texts_of(webhook) == ["c"]
    assert simulator.simulation.callbacks.count()["dropped"] == 2
    assert simulator.simulation.disturbances.drop_next == 0


async def test_delayed_callbacks_come_later(simulator, webhook) -> None:
    simulator.simulation.disturbances.delay_seconds = 60
    post(simulator, "a")
    await simulator.advance(59)
    assert webhook.requests == []
    await simulator.advance(1)
    assert texts_of(webhook) == ["a"]


async def test_doubled_callbacks_are_the_same_bytes(simulator, webhook) -> None:
    simulator.simulation.disturbances.copies = 3
    post(simulator, "a")
    await simulator.advance(1)
    assert len(webhook.requests) == 3
    assert len({request["raw"] for request in webhook.requests}) == 1


async def test_pairs_are_reversed_and_a_last_one_comes_alone(simulator, webhook) -> None:
    simulator.simulation.disturbances.is_reversed = True
    post(simulator, "a", "b", "c", "d", "e")
    assert simulator.simulation.callbacks.count()["pending"] == 5
    await simulator.advance(2)
    assert texts_of(webhook) == ["b", "a", "d", "c", "e"]


async def test_wrong_signature_is_mended_at_the_next_attempt(simulator, webhook) -> None:
    webhook.statuses = [401]
    simulator.simulation.disturbances.is_wrongly_signed = True
    post(simulator, "a")
    await simulator.advance(0)
    simulator.simulation.disturbances.is_wrongly_signed = False
    await simulator.advance(60)
    wrong, right = (request["headers"]["X-Goog-Signature"] for request in webhook.requests)
    assert right == sign(TOKEN, webhook.payloads[0]) != wrong
    attempts = simulator.simulation.wire.list_after(0, 10)
    assert [attempt["isWronglySigned"] for attempt in attempts] == [True, False]


@pytest.mark.parametrize(("status", "code"), [(Status.UNAVAILABLE, 503), (Status.RESOURCE_EXHAUSTED, 429)])
async def test_disturbed_create_is_refused_and_takes_nothing(
    simulator, business, webhook, status: Status, code: int
) -> None:
    simulator.simulation.disturbances.create_status = status
    refused, answer = await business.create("+14155550101")
    assert (refused, answer["error"]["status"]) == (code, status)
    await simulator.advance(60)
    assert webhook.requests == []


async def test_delayed_create_is_answered_later(simulate) -> None:
    async with simulate(clock=ClockMode.SCALED, clock_scale=1000) as (simulator, business):
        simulator.simulation.disturbances.create_delay_seconds = 60
        asked_at = simulator.simulation.clock.now()
        status, answer = await business.create("+14155550101")
    sent_at = datetime.fromisoformat(answer["sendTime"])
    assert status == 200
    assert sent_at - asked_at >= timedelta(seconds=60)
