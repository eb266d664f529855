"""The simulator through the console: its control API passed on, its token, and that it may be away."""

import pytest
from tests.infra.console.fake_simulator import FakeSimulator
from tests.infra.console.page import ConsolePage
from yarl import URL

from rbm_ops.local.addresses import CLIENT_TOKEN, PORT_NAMES, Addresses


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_call_is_passed_on_with_query_and_body_and_answered_with_the_same_status(
    console: ConsolePage, method: str
) -> None:
    passed = await console.call(method, "/api/simulator/phones/%2B14155550101?x=1&x=2", data='{"a":1}')
    assert passed.status == 418
    assert passed.body == {
        "method": method,
        "path": "/control/phones/+14155550101?x=1&x=2",
        "body": '{"a":1}',
    }


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize("tail", ["..%2Fv1%2Fphones", "a%2F..%2F..%2Fv1", "..%2F"])
async def test_dots_do_not_lead_out_of_the_control_api(console: ConsolePage, tail: str) -> None:
    answered = await console.session.get(encoded(console, tail))
    assert answered.status == 404
    assert (await answered.json())["error"]["message"]


def encoded(console: ConsolePage, tail: str) -> URL:
    """As it stands: the client must not tidy it up."""
    return URL(f"{console.url}/api/simulator/{tail}", encoded=True)


async def test_simulator_that_is_away_is_named(console: ConsolePage) -> None:
    answered = await console.get("/api/simulator/phones")
    assert answered.status == 502
    assert "simulator" in answered.body["error"]["message"]


async def test_token_is_rotated_to_an_unknown_one_and_back(
    simulator: FakeSimulator, console: ConsolePage
) -> None:
    rotated = await console.post("/api/rotate-token", {})
    assert rotated.body == {"clientToken": simulator.client_token, "isKnown": False}
    assert simulator.client_token not in ("", CLIENT_TOKEN)
    await console.post("/api/rotate-token", {"restore": True})
    assert simulator.client_token == CLIENT_TOKEN


async def test_cloud_names_every_address_and_the_seed(
    simulator: FakeSimulator, console: ConsolePage, addresses: Addresses
) -> None:
    cloud = (await console.get("/api/cloud")).body
    assert cloud["addresses"] == {name: getattr(addresses, name) for name in PORT_NAMES}
    assert (cloud["project"], cloud["clientToken"]) == (addresses.project, CLIENT_TOKEN)
    assert (cloud["seed"], cloud["functions"]) == (7, [])


async def test_cloud_without_simulator_has_no_seed(console: ConsolePage) -> None:
    cloud = await console.get("/api/cloud")
    assert (cloud.status, cloud.body["seed"]) == (200, None)
