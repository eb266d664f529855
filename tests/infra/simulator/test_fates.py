"""What happens to a message, by the number it goes to."""

import asyncio
import re
import uuid

import pytest
from tests.support.payloads import load_json

from rbm_ops.simulator.fates import FATES, describe_fates

TEXT_WITH_CHIPS = load_json("agent_messages/suggested-replies.json")
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
CLIENT_ID = re.compile(r"Mx[\w-]{22}")
SEND_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def number(ending: str) -> str:
    return f"+1415555{ending}"


@pytest.mark.parametrize(
    ("ending", "kinds"),
    [
        ("0101", ["DELIVERED", "READ"]),
        ("0102", ["DELIVERED"]),
        ("0103", ["TTL_EXPIRATION_REVOKED"]),
        ("0105", ["DELIVERED", "READ"]),
        ("0106", ["READ"] * 3 + ["DELIVERED"] * 3),
        ("0107", ["DELIVERED", "READ", "text"]),
        ("0108", ["DELIVERED", "READ", "suggestionResponse"]),
        ("0109", ["DELIVERED", "UNSUBSCRIBE", "text"]),
        ("0110", ["TTL_EXPIRATION_REVOKE_FAILED", "DELIVERED"]),
        ("0115", ["DELIVERED", "REACTION_ADDED"]),
        ("0116", ["DELIVERED", "READ", "location"]),
        ("0117", ["DELIVERED", "READ", "userFile"]),
        ("0118", ["TTL_EXPIRATION_REVOKED", "DELIVERED"]),
        ("0121", ["DELIVERED", "READ"]),
        ("0122", ["DELIVERED"]),
    ],
)
async def test_accepted_message_meets_its_fate(
    simulator, business, webhook, ending: str, kinds: list[str]
) -> None:
    create = await business.start_create(number(ending), {**TEXT_WITH_CHIPS, "ttl": "30s"})
    await simulator.advance(60)
    assert ((await create)[0], webhook.kinds) == (200, kinds)


async def test_message_without_ttl_skips_what_happens_at_its_expiry(simulator, business, webhook) -> None:
    await business.create(number("0110"))
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED"]


async def test_ordinary_number_is_delivered_and_read(simulator, business, webhook) -> None:
    await business.create("+4915155501234", message_id=MESSAGE_ID)
    await simulator.advance(60)
    assert set(webhook.kinds) == {"DELIVERED", "READ"}


@pytest.mark.parametrize(
    ("ending", "code", "name"),
    [
        ("0104", 404, "NOT_FOUND"),
        ("0111", 403, "PERMISSION_DENIED"),
        ("0120", 429, "RESOURCE_EXHAUSTED"),
    ],
)
async def test_refused_number_is_refused_every_time(
    simulator, business, webhook, ending: str, code: int, name: str
) -> None:
    for _ in range(2):
        status, answer = await business.create(number(ending), message_id=MESSAGE_ID)
        assert (status, answer["error"]["status"]) == (code, name)
    await simulator.advance(60)
    assert webhook.requests == []
    assert list(simulator.simulation.messages.list()) == []


async def test_throttled_number_accepts_the_repeat(simulator, business, webhook) -> None:
    first, _ = await business.create(number("0112"), message_id=MESSAGE_ID)
    await simulator.advance(60)
    assert (first, webhook.requests) == (429, [])
    again, _ = await business.create(number("0112"), message_id=MESSAGE_ID)
    await simulator.advance(60)
    assert (again, webhook.kinds) == (200, ["DELIVERED", "READ"])


async def test_failed_answer_hides_an_accepted_message(simulator, business, webhook) -> None:
    first, error = await business.create(number("0113"), message_id=MESSAGE_ID)
    assert (first, error["error"]["status"]) == (500, "INTERNAL")
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED", "READ"]
    again, answer = await business.create(number("0113"), message_id=MESSAGE_ID)
    await simulator.advance(60)
    assert (again, answer["name"]) == (200, f"phones/{number('0113')}/agentMessages/{MESSAGE_ID}")
    assert len(webhook.requests) == 2


async def test_held_answer_does_not_hold_the_message(simulator, business, webhook) -> None:
    held = await business.start_create(number("0114"), message_id=MESSAGE_ID)
    await simulator.advance(29)
    again, _ = await business.create(number("0114"), message_id=MESSAGE_ID)
    assert (again, webhook.kinds, held.done()) == (200, ["DELIVERED"], False)
    await simulator.advance(1)
    assert (await held)[0] == 200


async def test_slow_number_answers_and_tells_late(simulator, business, webhook) -> None:
    create = await business.start_create(number("0119"))
    await simulator.advance(0.9)
    assert not create.done()
    await simulator.advance(2)
    assert ((await create)[0], webhook.kinds) == (200, [])
    await simulator.advance(3)
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_early_receipt_is_answered_before_create(business, webhook, simulator) -> None:
    webhook.release.clear()
    create = await business.start_create(number("0105"), message_id=MESSAGE_ID)
    advance = asyncio.create_task(simulator.advance(60))
    await webhook.wait_for_calls(1)
    assert (webhook.kinds, create.done()) == (["DELIVERED"], False)
    webhook.release.set()
    assert (await create)[0] == 200
    await advance
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_number_that_shows_text_only_refuses_cards_and_actions(business) -> None:
    for name in ("rich-card-carousel", "suggested-actions"):
        status, answer = await business.create(number("0121"), load_json(f"agent_messages/{name}.json"))
        assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert (await business.create(number("0121")))[0] == 200


async def test_revoke_that_comes_too_late_is_answered_as_done(simulator, business, webhook) -> None:
    await business.create(number("0122"), message_id=MESSAGE_ID)
    assert (await business.revoke(number("0122"), MESSAGE_ID))[0] == 200
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED"]


async def test_repeated_receipts_are_identical_and_told_in_reverse(simulator, business, webhook) -> None:
    await business.create(number("0106"))
    await simulator.advance(60)
    assert len(set(webhook.payloads[:3])) == len(set(webhook.payloads[3:])) == 1
    read, delivered = webhook.events[0], webhook.events[3]
    assert read["sendTime"] > delivered["sendTime"]


async def test_receipt_has_the_documented_members(simulator, business, webhook) -> None:
    await business.create(number("0102"), message_id=MESSAGE_ID)
    await simulator.advance(60)
    (event,) = webhook.events
    assert list(event) == ["senderPhoneNumber", "eventType", "eventId", "messageId", "sendTime", "agentId"]
    assert (event["senderPhoneNumber"], event["messageId"]) == (number("0102"), MESSAGE_ID)
    assert event["agentId"] == "growing-tree-bank@rbm.goog"
    assert CLIENT_ID.fullmatch(event["eventId"])
    assert SEND_TIME.fullmatch(event["sendTime"])


async def test_expiry_has_the_documented_members(simulator, business, webhook) -> None:
    await business.create(number("0103"), {**TEXT_WITH_CHIPS, "ttl": "30s"}, message_id=MESSAGE_ID)
    await simulator.advance(60)
    (event,) = webhook.events
    assert list(event) == ["phoneNumber", "messageId", "agentId", "eventType", "eventId", "sendTime"]
    assert (event["phoneNumber"], event["messageId"]) == (number("0103"), MESSAGE_ID)
    assert str(uuid.UUID(event["eventId"])) == event["eventId"]


async def test_user_message_has_an_id_of_its_own(simulator, business, webhook) -> None:
    await business.create(number("0107"), message_id=MESSAGE_ID)
    await simulator.advance(60)
    reply = webhook.events[-1]
    assert list(reply) == [
        *("agentId", "senderPhoneNumber", "messageId", "sendTime", "text"),
        *("carrier", "richMessageClassification"),
    ]
    assert CLIENT_ID.fullmatch(reply["messageId"])


async def test_opt_out_names_no_message(simulator, business, webhook) -> None:
    await business.create(number("0109"), message_id=MESSAGE_ID)
    await simulator.advance(60)
    _, opt_out, text = webhook.events
    assert "messageId" not in opt_out
    assert text["text"] == "STOP"


@pytest.mark.parametrize(
    ("payload", "response"),
    [
        ("suggested-replies", {"postbackData": "suggestion_1", "text": "Suggestion #1", "type": "REPLY"}),
        ("suggested-actions", {"postbackData": "postback_data_1234", "text": "Call", "type": "ACTION"}),
        ("rich-card-carousel", {"postbackData": "card_1", "text": "Card #1", "type": "REPLY"}),
    ],
)
async def test_tap_answers_the_first_suggestion(
    simulator, business, webhook, payload: str, response: dict
) -> None:
    await business.create(number("0108"), load_json(f"agent_messages/{payload}.json"))
    await simulator.advance(60)
    assert webhook.events[-1]["suggestionResponse"] == response


async def test_message_without_suggestion_gets_no_tap(simulator, business, webhook) -> None:
    await business.create(number("0108"))
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED", "READ"]


@pytest.mark.parametrize(("ending", "status"), [("0103", 200), ("0102", 404)])
async def test_revoke_after_the_fate_depends_on_the_user_having_it(
    simulator, business, ending: str, status: int
) -> None:
    await business.create(number(ending), message_id=MESSAGE_ID)
    await simulator.advance(60)
    assert (await business.revoke(number(ending), MESSAGE_ID))[0] == status


def test_description_has_one_line_for_each_fate() -> None:
    lines = describe_fates().splitlines()
    assert [line[1:5] for line in lines[:-1]] == list(FATES) == [f"01{n:02}" for n in range(1, 23)]
