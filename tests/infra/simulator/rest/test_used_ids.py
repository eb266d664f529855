"""An id that the agent used before is ignored, over messages and events together."""

import asyncio

import pytest

from rbm_ops.simulator.rest.choices import ApiChoices

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"


async def test_reused_id_answers_first_message_and_delivers_once(simulator, business, webhook) -> None:
    first = await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    other = {"contentMessage": {"text": "Another text"}}
    full_id = "growing-tree-bank@rbm.goog"
    again = await business.create(PHONE_NUMBER, other, message_id=MESSAGE_ID, agent_id=full_id)
    await simulator.advance(60)
    assert again == first
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_reused_id_answers_already_exists_when_told_so(simulate, webhook) -> None:
    async with simulate(choices=ApiChoices(reused_id_status=409)) as (simulator, business):
        await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        status, answer = await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        await simulator.advance(60)
    assert (status, answer["error"]["status"]) == (409, "ALREADY_EXISTS")
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_same_id_at_once_delivers_once(simulator, business, webhook) -> None:
    answers = await asyncio.gather(*(business.create(PHONE_NUMBER, message_id=MESSAGE_ID) for _ in range(5)))
    await simulator.advance(60)
    assert [status for status, _ in answers] == [200] * 5
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_same_id_of_another_agent_is_another_message(simulator, business, webhook) -> None:
    for agent_id in ("growing-tree-bank", "other"):
        await business.create(PHONE_NUMBER, message_id=MESSAGE_ID, agent_id=agent_id)
    await simulator.advance(60)
    assert sorted(webhook.kinds) == ["DELIVERED", "DELIVERED", "READ", "READ"]


@pytest.mark.parametrize("status", [200, 409])
async def test_event_with_the_id_of_a_message_is_ignored(simulate, status: int) -> None:
    async with simulate(choices=ApiChoices(reused_id_status=status)) as (_, business):
        _, message = await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        path = f"/v1/phones/{PHONE_NUMBER}/agentEvents"
        parameters = {"eventId": MESSAGE_ID, "agentId": "growing-tree-bank"}
        answered, answer = await business.call(
            "POST", path, params=parameters, json={"eventType": "IS_TYPING"}
        )
    assert answered == status
    assert status == 409 or answer == message
