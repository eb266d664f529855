"""Typing and read indicators that an agent sends."""

import pytest

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
PATH = f"/v1/phones/{PHONE_NUMBER}/agentEvents"
PARAMETERS = {"eventId": MESSAGE_ID, "agentId": "growing-tree-bank"}


@pytest.mark.parametrize(
    "event", [{"eventType": "IS_TYPING"}, {"eventType": "READ", "messageId": "MxIgT-4pWCQu2tH9hMkSTljQ"}]
)
async def test_agent_event_is_echoed(business, event: dict) -> None:
    body = event | {"name": "mine", "sendTime": "mine"}
    assert await business.call("POST", PATH, params=PARAMETERS, json=body) == (
        200,
        event
        | {
            "name": f"phones/{PHONE_NUMBER}/agentEvents/{MESSAGE_ID}",
            "sendTime": "2026-11-22T10:00:00.000000Z",
        },
    )


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({}, "eventType"),
        ({"eventType": "DELIVERED"}, "READ or IS_TYPING"),
        ({"eventType": ["READ"]}, "eventType"),
        ({"eventType": "READ"}, "messageId: is missing"),
        ({"eventType": "READ", "messageId": 1}, "messageId: must be a text"),
        ({"eventType": "READ", "messageId": ""}, "messageId: must not be empty"),
    ],
)
async def test_faulty_agent_event_is_named(business, event: dict, named: str) -> None:
    status, answer = await business.call("POST", PATH, params=PARAMETERS, json=event)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert named in answer["error"]["message"]


async def test_event_to_a_phone_without_rcs_answers_not_found(simulator, business) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).has_rcs = False
    status, _ = await business.call("POST", PATH, params=PARAMETERS, json={"eventType": "IS_TYPING"})
    assert status == 404


async def test_message_with_the_id_of_an_event_is_ignored(simulator, business, webhook) -> None:
    _, event = await business.call("POST", PATH, params=PARAMETERS, json={"eventType": "IS_TYPING"})
    assert await business.create(PHONE_NUMBER, message_id=MESSAGE_ID) == (200, event)
    await simulator.advance(60)
    assert webhook.requests == []
