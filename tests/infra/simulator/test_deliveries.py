"""Phones that are offline, messages that expire, and what waits for how long."""

from datetime import timedelta

import pytest

from rbm_ops.simulator.rest.choices import ApiChoices
from rbm_ops.simulator.settings import Limits

PHONE_NUMBER = "+4915155501234"
OFFLINE = "+14155550103"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
TEXT = {"contentMessage": {"text": "Hello, world!"}}
DAY_SECONDS = 24 * 3600


def state_of(simulator) -> str:
    ((message, _),) = simulator.simulation.messages.list()
    return str(message.state)


def change(simulator, phone_number: str, **state) -> None:
    phone = simulator.simulation.phones.find(phone_number)
    for name, value in state.items():
        setattr(phone, name, value)
    simulator.simulation.phones.keep(phone)


async def test_offline_phone_gets_the_message_when_it_is_back(simulator, business, webhook) -> None:
    change(simulator, PHONE_NUMBER, is_online=False)
    await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    await simulator.advance(29 * DAY_SECONDS)
    assert (webhook.kinds, state_of(simulator)) == ([], "queued")
    change(simulator, PHONE_NUMBER, is_online=True)
    simulator.simulation.deliveries.bring_online(simulator.simulation.phones.find(PHONE_NUMBER))
    await simulator.advance(60)
    assert (set(webhook.kinds), state_of(simulator)) == ({"DELIVERED", "READ"}, "read")
    assert simulator.simulation.deliveries.held_count == 0


async def test_message_is_silently_deleted_after_thirty_days_offline(simulator, business, webhook) -> None:
    await business.create(OFFLINE)
    await simulator.advance(30 * DAY_SECONDS - 1)
    assert state_of(simulator) == "queued"
    await simulator.advance(1)
    assert (webhook.kinds, state_of(simulator)) == ([], "deleted")
    assert simulator.simulation.deliveries.held_count == 0


async def test_message_expires_at_its_ttl_and_that_is_told(simulator, business, webhook) -> None:
    await business.create(OFFLINE, TEXT | {"ttl": "600s"})
    await simulator.advance(599)
    assert (webhook.kinds, state_of(simulator)) == ([], "queued")
    await simulator.advance(1)
    assert (webhook.kinds, state_of(simulator)) == (["TTL_EXPIRATION_REVOKED"], "expired")


async def test_expire_time_counts_like_a_ttl(simulator, business, webhook) -> None:
    expire_time = simulator.simulation.clock.now() + timedelta(seconds=600)
    await business.create(OFFLINE, TEXT | {"expireTime": expire_time.isoformat()})
    await simulator.advance(600)
    (event,) = webhook.events
    assert event["eventType"] == "TTL_EXPIRATION_REVOKED"
    assert event["sendTime"] == "2026-11-22T10:10:00.000000Z"


async def test_phone_that_is_back_too_late_never_gets_an_expired_message(
    simulator, business, webhook
) -> None:
    await business.create(OFFLINE, TEXT | {"ttl": "600s"})
    await simulator.advance(600)
    change(simulator, OFFLINE, is_online=True)
    simulator.simulation.deliveries.bring_online(simulator.simulation.phones.find(OFFLINE))
    await simulator.advance(3600)
    assert webhook.kinds == ["TTL_EXPIRATION_REVOKED"]


async def test_message_whose_ttl_is_shorter_than_the_way_expires(simulate, webhook) -> None:
    async with simulate(pace=1000) as (simulator, business):
        await business.create("+14155550101", TEXT | {"ttl": "1s"})
        await simulator.advance(3600)
    assert webhook.kinds == ["TTL_EXPIRATION_REVOKED"]


async def test_phone_that_goes_offline_after_delivery_reads_when_it_is_back(
    simulator, business, webhook
) -> None:
    await business.create("+14155550101")
    while webhook.kinds != ["DELIVERED"]:
        await simulator.advance(0.01)
    change(simulator, "+14155550101", is_online=False)
    await simulator.advance(40 * DAY_SECONDS)
    assert (webhook.kinds, state_of(simulator)) == (["DELIVERED"], "delivered")
    change(simulator, "+14155550101", is_online=True)
    simulator.simulation.deliveries.bring_online(simulator.simulation.phones.find("+14155550101"))
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_read_receipts_that_are_off_are_not_told(simulator, business, webhook) -> None:
    change(simulator, "+14155550101", sends_read_receipts=False)
    await business.create("+14155550101")
    await simulator.advance(60)
    assert (webhook.kinds, state_of(simulator)) == (["DELIVERED"], "read")


async def test_phone_without_rcs_is_refused(simulator, business) -> None:
    change(simulator, PHONE_NUMBER, has_rcs=False)
    status, answer = await business.create(PHONE_NUMBER)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(("reused_id_status", "status"), [(200, 200), (409, 409)])
async def test_used_id_is_ignored_and_answered_as_set(simulate, webhook, reused_id_status, status) -> None:
    choices = {"choices": ApiChoices(reused_id_status=reused_id_status)}
    async with simulate(**choices) as (simulator, business):
        first = await business.create("+14155550102", message_id=MESSAGE_ID)
        again = await business.create("+14155550101", message_id=MESSAGE_ID)
        await simulator.advance(60)
    assert (first[0], again[0]) == (200, status)
    assert [event["senderPhoneNumber"] for event in webhook.events] == ["+14155550102"]
    assert status == 409 or again[1] == first[1]


async def test_id_of_an_event_is_used_for_messages_too(simulator, business, webhook) -> None:
    parameters = {"eventId": MESSAGE_ID, "agentId": "growing-tree-bank"}
    path = "/v1/phones/+14155550101/agentEvents"
    await business.call("POST", path, params=parameters, json={"eventType": "IS_TYPING"})
    await business.create("+14155550101", message_id=MESSAGE_ID)
    await business.create("+14155550101", message_id=MESSAGE_ID, agent_id="other")
    await simulator.advance(60)
    assert [event["agentId"] for event in webhook.events] == ["other@rbm.goog"] * 2


async def test_simulator_that_holds_enough_refuses_more(simulate) -> None:
    async with simulate(limits=Limits(messages=2)) as (simulator, business):
        for expected in (200, 200, 429):
            assert (await business.create(OFFLINE))[0] == expected
            await simulator.advance(1)


async def test_oldest_messages_are_forgotten_beyond_the_limit(simulate) -> None:
    async with simulate(limits=Limits(messages=3, phones=3, conversations=3)) as (simulator, business):
        for number in range(10):
            await business.create(f"+141555502{number:02}")
        await simulator.advance(60)
        simulation = simulator.simulation
        assert len(list(simulation.messages.list())) == 3
        assert len(list(simulation.phones.list())) == 3
        assert len(simulation.conversations.list_latest(100)) == 3
