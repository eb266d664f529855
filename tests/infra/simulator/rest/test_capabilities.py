"""phones.getCapabilities: what a device can do, if it can be reached at all."""

import pytest

from rbm_ops.simulator.features import FEATURES

AGENT = {"agentId": "growing-tree-bank"}
REQUEST = {"requestId": "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11", **AGENT}
PHONE_NUMBER = "+14155550101"


async def get_capabilities(business, phone_number: str = PHONE_NUMBER):
    return await business.call("GET", f"/v1/phones/{phone_number}/capabilities", params=REQUEST)


async def test_us_phone_answers_features_and_carrier(business) -> None:
    assert await get_capabilities(business) == (200, {"features": sorted(FEATURES), "carrier": "T-Mobile"})


async def test_other_phone_answers_no_carrier(simulator, business) -> None:
    simulator.simulation.phones.find("+491715550101").carrier = "Telekom"
    assert await get_capabilities(business, "+491715550101") == (200, {"features": sorted(FEATURES)})


async def test_features_that_the_device_lacks_are_left_out(simulator, business) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = FEATURES - {"ACTION_DIAL"}
    _, answer = await get_capabilities(business)
    assert answer["features"] == ["ACTION_DIAL"]


async def test_request_id_is_optional(business) -> None:
    status, _ = await business.call("GET", f"/v1/phones/{PHONE_NUMBER}/capabilities", params=AGENT)
    assert status == 200


@pytest.mark.parametrize(("is_online", "has_rcs", "status"), [(True, False, 404), (False, True, 200)])
async def test_phone_without_rcs_answers_not_found(
    simulator, business, is_online: bool, has_rcs: bool, status: int
) -> None:
    phone = simulator.simulation.phones.find(PHONE_NUMBER)
    phone.is_online, phone.has_rcs = is_online, has_rcs
    assert (await get_capabilities(business))[0] == status


async def test_phone_offline_for_31_days_answers_not_found(simulator, business) -> None:
    path = f"/control/phones/{PHONE_NUMBER}"
    await business.call("PATCH", path, json={"isOnline": False})
    await simulator.advance(31 * 24 * 3600)
    assert (await get_capabilities(business))[0] == 200
    await business.call("PATCH", path, json={"sendsReadReceipts": False})
    await simulator.advance(1)
    assert (await get_capabilities(business))[0] == 404
    await business.call("PATCH", path, json={"isOnline": True})
    assert (await get_capabilities(business))[0] == 200
