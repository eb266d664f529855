"""What is not documented, both ways; and the rate of creates, of which none is published."""

import asyncio

import pytest

from rbm_ops.simulator.rest.choices import ApiChoices

PHONE_NUMBER = "+14155550101"


@pytest.mark.parametrize("message_id", ["1234566622a1", "113059749145936325402354257176981405696a"])
async def test_other_ids_than_uuids_are_taken_when_told_so(simulate, message_id: str) -> None:
    async with simulate(choices=ApiChoices(strict_ids=False)) as (_, business):
        status, answer = await business.create(PHONE_NUMBER, message_id=message_id)
        assert (status, answer["name"].rpartition("/")[2]) == (200, message_id)
        assert (await business.revoke(PHONE_NUMBER, message_id))[0] == 200


@pytest.mark.parametrize("message_id", ["a/b", "a b", "x" * 201])
async def test_ids_that_cannot_be_part_of_a_name_are_never_taken(simulate, message_id: str) -> None:
    async with simulate(choices=ApiChoices(strict_ids=False)) as (_, business):
        assert (await business.create(PHONE_NUMBER, message_id=message_id))[0] == 400


async def test_full_agent_id_is_unknown_when_told_so(simulate) -> None:
    async with simulate(choices=ApiChoices(takes_full_agent_ids=False)) as (_, business):
        assert (await business.create(PHONE_NUMBER, agent_id="growing-tree-bank@rbm.goog"))[0] == 403
        assert (await business.create(PHONE_NUMBER, agent_id="growing-tree-bank"))[0] == 200


async def test_creates_beyond_the_rate_are_refused(simulate) -> None:
    async with simulate(choices=ApiChoices(creates_per_second=5)) as (simulator, business):
        answers = await asyncio.gather(*(business.create(PHONE_NUMBER) for _ in range(7)))
        assert [status for status, _ in answers].count(429) == 2
        assert (await business.create(PHONE_NUMBER, agent_id="other"))[0] == 200
        await simulator.advance(0.2)
        assert (await business.create(PHONE_NUMBER))[0] == 200
        status, answer = await business.create(PHONE_NUMBER)
        assert (status, answer["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
        await simulator.advance(60)
        answers = await asyncio.gather(*(business.create(PHONE_NUMBER) for _ in range(7)))
        assert [status for status, _ in answers].count(200) == 5


async def test_creates_have_no_limit_by_default(business) -> None:
    answers = await asyncio.gather(*(business.create(PHONE_NUMBER) for _ in range(200)))
    assert {status for status, _ in answers} == {200}
