"""users.batchGet: who of many can be reached, at the endpoint of their region."""

import asyncio

import pytest
from tests.infra.simulator.conftest import AGENT_ID

from rbm_ops.simulator.agents import LaunchState
from rbm_ops.simulator.rest.choices import ApiChoices


def make_numbers(count: int, prefix: str = "+1415") -> list[str]:
    return [f"{prefix}{2001000 + number}" for number in range(count)]


async def get_users(business, users: object, *, path: str = "/us/v1/users:batchGet", **options):
    return await business.call("POST", path, json={"users": users, "agentId": AGENT_ID}, **options)


async def test_users_are_answered_with_sample_and_carriers(simulator, business) -> None:
    users = make_numbers(1000)
    for number in users[:100]:
        simulator.simulation.phones.find(number).has_rcs = False
    for number in users[100:300]:
        simulator.simulation.phones.find(number).carrier = "Verizon"
    status, answer = await get_users(business, users)
    assert status == 200
    assert answer["reachableUsers"] == users[100:]
    assert answer["reachableUsersMap"] == {
        "Verizon": {"reachableUsers": users[100:300]},
        "T-Mobile": {"reachableUsers": users[300:]},
    }
    assert 700 < answer["totalRandomSampleUserCount"] < 800
    without_rcs = answer["totalRandomSampleUserCount"] - answer["reachableRandomSampleUserCount"]
    assert 50 < without_rcs < 100


async def test_sample_is_the_same_again(business) -> None:
    assert await get_users(business, make_numbers(500)) == await get_users(business, make_numbers(500))


async def test_sample_counts_all_carriers_and_reachable_those_of_the_launch(simulator, business) -> None:
    simulator.simulation.agents.find(AGENT_ID).launches = {"Verizon": LaunchState.LAUNCHED}
    _, answer = await get_users(business, make_numbers(500))
    assert answer["reachableUsers"] == []
    assert answer["reachableRandomSampleUserCount"] == answer["totalRandomSampleUserCount"] > 0


async def test_map_of_carriers_is_for_us_numbers_only(business) -> None:
    _, answer = await get_users(business, make_numbers(500, "+49171"), path="/europe/v1/users:batchGet")
    assert len(answer["reachableUsers"]) == 500
    assert "reachableUsersMap" not in answer


@pytest.mark.parametrize(("count", "status"), [(499, 400), (500, 200), (10_000, 200), (10_001, 400)])
async def test_batch_has_500_to_10000_numbers(business, count: int, status: int) -> None:
    answered, answer = await get_users(business, make_numbers(count))
    assert answered == status
    assert status == 200 or str(count) in answer["error"]["message"]


async def test_repeated_number_counts_once(business) -> None:
    users = make_numbers(500)
    assert (await get_users(business, users[:499] + users[:1]))[0] == 400
    _, answer = await get_users(business, users + users[:1])
    assert answer["reachableUsers"] == users


async def test_small_batch_is_answered_without_sample_when_told_so(simulate) -> None:
    async with simulate(choices=ApiChoices(small_batch_status=200)) as (_, business):
        status, answer = await get_users(business, make_numbers(499))
        assert (status, len(answer["reachableUsers"])) == (200, 499)
        assert answer["totalRandomSampleUserCount"] == answer["reachableRandomSampleUserCount"] == 0


@pytest.mark.parametrize("users", [None, {}, "+14155550101", ["4155550101"] * 500, [[]] * 500, [None] * 500])
async def test_faulty_users_are_refused(business, users: object) -> None:
    status, answer = await get_users(business, users)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


async def test_numbers_of_two_regions_are_refused(business) -> None:
    status, answer = await get_users(business, make_numbers(500) + make_numbers(1, "+49171"))
    assert status == 400
    assert "same region" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("prefix", "region"), [("+1415", "us"), ("+5511", "us"), ("+49171", "europe"), ("+91981", "asia")]
)
async def test_only_the_endpoint_of_their_region_is_right(business, prefix: str, region: str) -> None:
    users = make_numbers(500, prefix)
    for path in ("", "/us", "/europe", "/asia"):
        status, answer = await get_users(business, users, path=f"{path}/v1/users:batchGet")
        assert status == (200 if path == f"/{region}" else 400), path
        assert status == 200 or "regional endpoint" in answer["error"]["message"]


@pytest.mark.parametrize(("host", "status"), [("us-", 200), ("US-", 200), ("europe-", 400), ("", 400)])
async def test_regional_endpoint_is_known_by_its_host(business, host: str, status: int) -> None:
    headers = {"Authorization": "Bearer t", "Host": f"{host}rcsbusinessmessaging.googleapis.com:443"}
    answered, _ = await get_users(business, make_numbers(500), path="/v1/users:batchGet", headers=headers)
    assert answered == status


async def test_agent_may_stand_in_the_query(business) -> None:
    path, body = "/us/v1/users:batchGet", {"users": make_numbers(500)}
    assert (await business.call("POST", path, params={"agentId": AGENT_ID}, json=body))[0] == 200
    assert (await business.call("POST", path, json=body | {"agentId": 1}))[0] == 400


async def test_more_than_600_calls_a_minute_are_too_many(simulator, business) -> None:
    calls = [get_users(business, []) for _ in range(600)]
    assert {status for status, _ in await asyncio.gather(*calls)} == {400}
    status, answer = await get_users(business, make_numbers(500))
    assert (status, answer["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    await simulator.advance(1)
    assert (await get_users(business, make_numbers(500)))[0] == 200
