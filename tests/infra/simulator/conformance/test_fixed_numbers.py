"""The answer to a create, and the events that follow, for each number with a fixed fate.

The numbers and their fates are those of the table in the README, which `describe_fates` prints.
"""

import asyncio

import pytest
from tests.infra.simulator.conformance.conftest import MESSAGE_ID, text_of
from tests.infra.simulator.conformance.contents import ACTIONS, card, carousel, reply, standalone, with_chips
from tests.infra.simulator.conformance.google_client import GoogleError
from tests.infra.simulator.conformance.google_model import AgentMessage, Empty

from rbm_ops.simulator.fates import FATES

WITH_CHIPS = AgentMessage(content_message=with_chips(reply("Yes", "yes"), reply("No", "no")), ttl="60s")
EXPIRE_TIME = "2026-11-22T10:01:00.000000Z"
PLATFORM_EVENTS = ("TTL_EXPIRATION_REVOKED", "TTL_EXPIRATION_REVOKE_FAILED")


def about_message(*event_types: str) -> list[dict]:
    return [{"eventType": event_type, "messageId": MESSAGE_ID} for event_type in event_types]


DELIVERED, READ = about_message("DELIVERED", "READ")
TAP = {"suggestionResponse": {"postbackData": "yes", "text": "Yes", "type": "REPLY"}}
THUMBNAIL = {
    "mimeType": "image/jpeg",
    "fileSizeBytes": 1280,
    "fileUri": "https://storage.googleapis.com/rbm-simulator/tree.jpeg",
    "fileName": "tree.jpeg",
}
PAYLOAD = {
    "mimeType": "image/gif",
    "fileSizeBytes": 127806,
    "fileUri": "https://storage.googleapis.com/rbm-simulator/tree.gif",
    "fileName": "tree.gif",
}
# Without what every event has, and the ids that a user's phone makes.
EVENTS = {
    "0101": [DELIVERED, READ],
    "0102": [DELIVERED],
    "0103": about_message("TTL_EXPIRATION_REVOKED"),
    "0105": [DELIVERED, READ],
    "0106": [READ] * 3 + [DELIVERED] * 3,
    "0107": [DELIVERED, READ, {"text": "Thank you!"}],
    "0108": [DELIVERED, READ, TAP],
    "0109": [DELIVERED, {"eventType": "UNSUBSCRIBE"}, {"text": "STOP"}],
    "0110": about_message("TTL_EXPIRATION_REVOKE_FAILED", "DELIVERED"),
    "0114": [DELIVERED],
    "0115": about_message("DELIVERED", "REACTION_ADDED"),
    "0116": [DELIVERED, READ, {"location": {"latitude": 37.422, "longitude": -122.084056}}],
    "0117": [DELIVERED, READ, {"userFile": {"thumbnail": THUMBNAIL, "payload": PAYLOAD}}],
    "0118": about_message("TTL_EXPIRATION_REVOKED", "DELIVERED"),
    "0119": [DELIVERED, READ],
    "0121": [DELIVERED, READ],
    "0122": [DELIVERED],
}
REFUSALS = {
    "0104": (404, "NOT_FOUND", "Requested entity was not found."),
    "0111": (403, "PERMISSION_DENIED", "not an accepted tester"),
    "0120": (429, "RESOURCE_EXHAUSTED", "allowed traffic limit for this agent on the user"),
}
FIRST_REFUSALS = {"0112": (429, "RESOURCE_EXHAUSTED"), "0113": (500, "INTERNAL")}


def number(ending: str) -> str:
    return f"+49171555{ending}"


def without_common(event: dict) -> dict:
    """The common members are those of the reference, with the values that a receiver relies on."""
    event_type = event.get("eventType")
    sender = "phoneNumber" if event_type in PLATFORM_EVENTS else "senderPhoneNumber"
    own_id = "eventId" if event_type else "messageId"
    assert event[sender].startswith("+49171555")
    assert event["agentId"] == "growing-tree-bank@rbm.goog"
    assert event["sendTime"].endswith("Z")
    assert sender == "senderPhoneNumber" or event["sendTime"] == EXPIRE_TIME
    assert event[own_id] != MESSAGE_ID
    return {
        name: value for name, value in event.items() if name not in (sender, own_id, "agentId", "sendTime")
    }


def test_every_fixed_number_is_tried() -> None:
    assert sorted([*EVENTS, *REFUSALS, *FIRST_REFUSALS]) == list(FATES)


@pytest.mark.parametrize(("ending", "events"), EVENTS.items(), ids=EVENTS)
async def test_accepted_message_is_followed_by_its_events(
    google, simulator, webhook, ending: str, events: list[dict]
) -> None:
    sending = await google.start_sending(number(ending), WITH_CHIPS)
    await simulator.advance(120)
    answer = await sending
    assert answer.name == f"phones/{number(ending)}/agentMessages/{MESSAGE_ID}"
    assert answer.content_message == WITH_CHIPS.content_message
    assert answer.expire_time == EXPIRE_TIME
    assert [without_common(event) for event in webhook.events] == events


@pytest.mark.parametrize(("ending", "refusal"), REFUSALS.items(), ids=REFUSALS)
async def test_refused_message_is_followed_by_nothing(
    google, simulator, webhook, ending: str, refusal: tuple[int, str, str]
) -> None:
    code, status, message = refusal
    for _ in range(2):
        with pytest.raises(GoogleError, match=message) as raised:
            await google.send(number(ending), WITH_CHIPS)
        assert (raised.value.code, raised.value.status) == (code, status)
    await simulator.advance(120)
    assert webhook.requests == []


@pytest.mark.parametrize(("ending", "refusal"), FIRST_REFUSALS.items(), ids=FIRST_REFUSALS)
async def test_message_refused_once_is_delivered_once(
    google, simulator, webhook, ending: str, refusal: tuple[int, str]
) -> None:
    with pytest.raises(GoogleError) as raised:
        await google.send(number(ending), WITH_CHIPS)
    assert (raised.value.code, raised.value.status) == refusal
    assert google.is_known(MESSAGE_ID) == (ending == "0113")
    assert (await google.send(number(ending), WITH_CHIPS)).content_message == WITH_CHIPS.content_message
    await simulator.advance(120)
    assert [without_common(event) for event in webhook.events] == [DELIVERED, READ]


@pytest.mark.parametrize(("ending", "seconds"), [("0114", 30), ("0119", 1)])
async def test_held_answer_comes_when_its_time_is_over(google, simulator, ending: str, seconds: int) -> None:
    sending = await google.start_sending(number(ending), text_of())
    await simulator.advance(seconds - 0.5)
    again = await google.send(number(ending), text_of())
    assert not sending.done()
    await simulator.advance(0.5)
    assert await sending == again


async def test_early_receipt_is_there_before_the_answer(google, simulator, webhook) -> None:
    webhook.release.clear()
    sending = await google.start_sending(number("0105"), text_of())
    advance = asyncio.create_task(simulator.advance(120))
    await webhook.wait_for_calls(1)
    assert (webhook.kinds, sending.done()) == (["DELIVERED"], False)
    webhook.release.set()
    assert (await sending).content_message == text_of().content_message
    await advance


@pytest.mark.parametrize("content", [standalone(), carousel(card(), card()), with_chips(*ACTIONS.values())])
async def test_phone_that_shows_text_only_refuses_the_rest(google, content) -> None:
    with pytest.raises(GoogleError, match="400 INVALID_ARGUMENT: The device does not support"):
        await google.send(number("0121"), AgentMessage(content_message=content))


@pytest.mark.parametrize("ending", ["0102", "0103", "0122"])
async def test_revoke_in_time_answers_nothing(google, simulator, webhook, ending: str) -> None:
    await google.send(number(ending), text_of())
    assert await google.revoke(number(ending)) == Empty()
    await simulator.advance(120)
    assert webhook.kinds == (["DELIVERED"] if ending == "0122" else [])


async def test_offline_phone_gets_nothing_for_30_days_without_a_ttl(google, simulator, webhook) -> None:
    await google.send(number("0103"), text_of())
    await simulator.advance(31 * 24 * 3600)
    assert webhook.requests == []
