"""A revoke succeeds as long as the user does not have the message."""

import uuid

import pytest

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"


async def test_revoke_before_delivery_cancels_it(simulator, business, webhook) -> None:
    await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    assert await business.revoke(PHONE_NUMBER, MESSAGE_ID) == (200, {})
    await simulator.advance(60)
    assert webhook.requests == []


async def test_revoke_while_the_phone_is_offline_cancels_it(simulator, business, webhook) -> None:
    body = {"contentMessage": {"text": "Hi"}, "ttl": "60s"}
    await business.create("+14155550103", body, message_id=MESSAGE_ID)
    await simulator.advance(30)
    assert await business.revoke("+14155550103", MESSAGE_ID) == (200, {})
    await simulator.advance(60)
    assert webhook.requests == []
    assert simulator.simulation.deliveries.held_count == 0


async def test_revoke_before_first_receipt_releases_the_waiting_create(simulator, business) -> None:
    create = await business.start_create("+14155550105", message_id=MESSAGE_ID)
    assert (await business.revoke("+14155550105", MESSAGE_ID))[0] == 200
    assert (await create)[0] == 200


@pytest.mark.parametrize("phone_number", [PHONE_NUMBER, "+14155550102"])
async def test_revoke_after_delivery_answers_not_found(simulator, business, phone_number: str) -> None:
    await business.create(phone_number, message_id=MESSAGE_ID)
    await simulator.advance(60)
    status, answer = await business.revoke(phone_number, MESSAGE_ID)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")


async def test_revoke_of_unknown_message_answers_not_found(business) -> None:
    await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    assert (await business.revoke(PHONE_NUMBER, str(uuid.uuid4())))[0] == 404
    assert (await business.revoke("+14155550102", MESSAGE_ID))[0] == 404
