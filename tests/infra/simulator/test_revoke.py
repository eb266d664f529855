"""A revoke succeeds as long as the user does not have the message."""

import asyncio
import uuid

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"


async def test_revoke_before_delivery_cancels_it(simulate, webhook) -> None:
    async with simulate(pace=1000) as (simulator, business):
        await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        assert await business.revoke(PHONE_NUMBER, MESSAGE_ID) == (200, {})
        await simulator.settle()
    assert webhook.requests == []


async def test_revoke_before_first_receipt_releases_the_waiting_create(simulate) -> None:
    async with simulate(pace=1000) as (_, business):
        create = asyncio.create_task(business.create("+14155550105", message_id=MESSAGE_ID))
        async with asyncio.timeout(10):
            while (await business.revoke("+14155550105", MESSAGE_ID))[0] != 200:
                continue
        assert (await create)[0] == 200


async def test_revoke_after_delivery_answers_not_found(simulator, business) -> None:
    await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    await simulator.settle()
    status, answer = await business.revoke(PHONE_NUMBER, MESSAGE_ID)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")


async def test_revoke_of_unknown_message_answers_not_found(simulate) -> None:
    async with simulate(pace=1000) as (_, business):
        await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        assert (await business.revoke(PHONE_NUMBER, str(uuid.uuid4())))[0] == 404
        assert (await business.revoke("+14155550102", MESSAGE_ID))[0] == 404
