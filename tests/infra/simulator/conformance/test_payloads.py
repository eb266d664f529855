"""What the simulator posts has the members and types of the documented payloads (tests/payloads)."""

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

import msgspec
import pytest
from tests.infra.simulator.conformance.conftest import text_of
from tests.infra.simulator.conformance.contents import ACTIONS, reply, with_chips
from tests.infra.simulator.conformance.google_model import AgentMessage
from tests.infra.simulator.conftest import AGENT_ID, CLIENT_TOKEN
from tests.support.payloads import list_names, load_json

from rbm_ops.simulator.actions import Subscribe, Type, Unsubscribe
from rbm_ops.simulator.agents import InviteStatus, LaunchState
from rbm_ops.simulator.settings import EnvelopeStyle

GERMAN, AMERICAN = "+49171555", "+1415555"
REPLY = AgentMessage(content_message=with_chips(reply()), ttl="60s")
ACTION = AgentMessage(content_message=with_chips(ACTIONS["share location"]))
# The guide's examples of events leave it out, those of receipts and the reference have it.
SEND_TIME = {"sendTime": "string"}
# Of US numbers alone; the delivery in which an aggregator shows a tap has no carrier.
CARRIER = {"carrier": "string"}
KINDS = {
    "ServerEvent": lambda event: "phoneNumber" in event and "eventType" in event,
    "UserEvent": lambda event: "senderPhoneNumber" in event and "eventType" in event,
    "UserMessage": lambda event: (
        len(event.keys() & {"text", "userFile", "location", "suggestionResponse"}) == 1
    ),
    "AgentLaunchEvent": lambda event: "newLaunchState" in event,
}
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def shape_of(value: Any) -> Any:
    """The same value with types in place of strings and numbers."""
    if isinstance(value, dict):
        return {name: shape_of(member) for name, member in value.items()}
    return _TYPES[type(value)]


def sign(payload: bytes) -> str:
    """As a receiver would compute it (guides/integrate/webhooks, April 2026)."""
    return base64.b64encode(hmac.digest(CLIENT_TOKEN.encode(), payload, hashlib.sha512)).decode()


@pytest.mark.parametrize(
    ("phone_number", "message", "payload"),
    [
        (f"{GERMAN}0102", REPLY, "user-event-delivered"),
        (f"{GERMAN}0101", REPLY, "user-event-read"),
        (f"{GERMAN}0103", REPLY, "server-event-ttl-expiration-revoked"),
        (f"{GERMAN}0107", REPLY, "user-message-text"),
        (f"{AMERICAN}0107", REPLY, "user-message-text-us"),
        (f"{GERMAN}0116", REPLY, "user-message-location"),
        (f"{GERMAN}0108", REPLY, "user-message-suggestion-reply"),
    ],
)
async def test_last_event_has_the_documented_shape(
    google, simulator, webhook, phone_number: str, message: AgentMessage, payload: str
) -> None:
    await google.send(phone_number, message)
    await simulator.advance(120)
    assert shape_of(webhook.events[-1]) == shape_of(load_json(f"decoded-events/{payload}.json"))


async def test_inconclusive_expiry_has_the_documented_shape(google, simulator, webhook) -> None:
    await google.send(f"{GERMAN}0110", REPLY)
    await simulator.advance(120)
    expected = load_json("decoded-events/server-event-ttl-expiration-revoke-failed.json")
    assert shape_of(webhook.events[0]) == shape_of(expected)
    assert webhook.events[0]["sendTime"] == "2026-11-22T10:01:00.000000Z"


async def test_tapped_action_in_the_us_has_the_shape_that_was_seen(google, simulator, webhook) -> None:
    await google.send(f"{AMERICAN}0108", ACTION)
    await simulator.advance(120)
    expected = load_json("decoded-events/user-message-suggestion-action-us.json")
    assert shape_of(webhook.events[-1]) == shape_of(expected) | CARRIER
    assert webhook.events[-1]["suggestionResponse"]["type"] == "ACTION"
    assert webhook.events[-1]["richMessageClassification"] == expected["richMessageClassification"]


async def test_file_has_the_documented_shape(google, simulator, webhook) -> None:
    await google.send(f"{GERMAN}0117", REPLY)
    await simulator.advance(120)
    expected = shape_of(load_json("decoded-events/user-message-file.json"))
    assert shape_of(webhook.events[-1]) == expected


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        (Type, "user-event-is-typing"),
        (Unsubscribe, "user-event-unsubscribe"),
        (Subscribe, "user-event-subscribe"),
    ],
)
async def test_event_about_no_message_has_the_documented_shape(
    simulator, webhook, action: type, payload: str
) -> None:
    phone = simulator.simulation.phones.find(f"{GERMAN}0102")
    simulator.simulation.actions.perform(phone, action(agent_id=AGENT_ID))
    await simulator.advance(1)
    expected = load_json(f"decoded-events/{payload}.json")
    assert shape_of(webhook.events[0]) == shape_of(expected) | SEND_TIME
    assert webhook.events[0]["eventType"] == expected["eventType"]


@pytest.mark.parametrize("state", [state for state in LaunchState if state is not LaunchState.PENDING])
async def test_launch_event_has_the_documented_shape(simulator, webhook, state: LaunchState) -> None:
    simulator.simulation.agents.find(AGENT_ID).launches["/v1/regions/fi-rcs"] = LaunchState.PENDING
    simulator.simulation.launches.change(AGENT_ID, "/v1/regions/fi-rcs", state, "Because.")
    await simulator.advance(1)
    (event,) = webhook.events
    assert shape_of(event) == shape_of(load_json("decoded-events/agent-launch-event.json"))
    assert (event["oldLaunchState"], event["newLaunchState"]) == ("PENDING", state)
    envelope = load_json("webhook-bodies/envelope-agent-launch-event.json")
    sent = webhook.requests[0]["body"]
    assert shape_of(sent) == shape_of(envelope)
    assert sent["message"]["attributes"]["type"] == "agent_launch_event"
    assert sent["message"]["attributes"]["event_type"] == state


async def test_envelope_has_the_documented_shape_and_signature(google, simulator, webhook) -> None:
    await google.send(f"{GERMAN}0107", REPLY)
    await simulator.advance(120)
    envelope = load_json("webhook-bodies/envelope-user-text.json")
    sent = webhook.requests[-1]
    assert shape_of(sent["body"]) == shape_of(envelope)
    assert sent["body"]["message"]["attributes"] == envelope["message"]["attributes"]
    assert sent["headers"]["X-Goog-Signature"] == sign(webhook.payloads[-1])
    assert webhook.payloads[-1] == json.dumps(webhook.events[-1], indent=2, ensure_ascii=False).encode()


async def test_minimal_envelope_has_the_documented_shape(simulate, webhook) -> None:
    async with simulate(envelope_style=EnvelopeStyle.MINIMAL) as (simulator, _):
        simulator.simulation.callbacks.post(load_json("decoded-events/user-event-delivered.json"))
        await simulator.advance(1)
    assert webhook.requests[0]["body"] == load_json("webhook-bodies/envelope-minimal.json")


async def test_handshake_has_the_documented_shape(simulator, webhook) -> None:
    handshake = load_json("webhook-bodies/handshake.json")
    await simulator.simulation.webhooks.register("", webhook.url, handshake["clientToken"])
    sent = webhook.requests[0]["body"]
    assert sent == handshake | {"secret": sent["secret"]}
    assert len(sent["secret"]) == len(handshake["secret"])


@pytest.mark.parametrize("payload", list_names("decoded-events"))
async def test_any_documented_event_can_be_sent_as_it_is(simulator, business, webhook, payload: str) -> None:
    event = load_json(f"decoded-events/{payload}")
    status, _ = await business.call("POST", "/control/callbacks", json={"event": event})
    await simulator.advance(1)
    assert (status, webhook.events) == (200, [event])
    assert webhook.requests[0]["headers"]["X-Goog-Signature"] == sign(webhook.payloads[0])


@pytest.mark.parametrize("ending", ["0101", "0103", "0107", "0108", "0109", "0110", "0115", "0116", "0117"])
async def test_event_is_of_one_kind_only(google, simulator, webhook, ending: str) -> None:
    await google.send(f"{GERMAN}{ending}", REPLY)
    simulator.simulation.launches.change(AGENT_ID, "/v1/regions/fi-rcs", LaunchState.LAUNCHED, "")
    await simulator.advance(120)
    assert len(webhook.events) >= 2
    for event in webhook.events:
        assert [is_kind(event) for is_kind in KINDS.values()].count(True) == 1, event


async def test_nothing_tells_a_tester_from_other_users(google, simulator, webhook) -> None:
    agent = simulator.simulation.agents.find(AGENT_ID)
    first = await google.send(f"{AMERICAN}0107", text_of())
    await simulator.advance(60)
    agent.launches = {"*": LaunchState.UNLAUNCHED}
    agent.testers[f"{AMERICAN}0107"] = InviteStatus.ACCEPTED
    second = await google.send(f"{AMERICAN}0107", text_of(), messageId=str(uuid.uuid4()))
    await simulator.advance(60)
    assert shape_of(msgspec.to_builtins(first)) == shape_of(msgspec.to_builtins(second))
    shapes = list(map(shape_of, webhook.events))
    assert shapes[:3] == shapes[3:]
