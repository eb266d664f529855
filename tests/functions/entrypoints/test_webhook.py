"""What Google's platform sees of `webhook`, and what comes out on rbm-events."""

import asyncio
import json
import re
from typing import Any

import pytest
from tests.functions.entrypoints.cloud import Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.wire import (
    AGENT_TOKEN,
    PARTNER_TOKENS,
    TOKENS,
    decode_data,
    encode_data,
    sign_headers,
    wrap_delivery,
)
from tests.support.payloads import event_bytes, list_names, load_bytes, load_json

from rbm_ledger.domain.signature import fingerprint_token

DELIVERED = load_bytes("decoded-events/user-event-delivered.json")
HANDSHAKE = load_json("webhook-bodies/handshake.json")
ENVELOPES = [name for name in list_names("webhook-bodies") if name.startswith("envelope-")]
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


# Handshake


async def test_handshake_with_the_right_token_is_answered_with_the_bare_secret(
    request_function: Post,
) -> None:
    answer = await request_function("webhook", load_bytes("webhook-bodies/handshake.json"))
    assert (answer.status, answer.body) == (200, HANDSHAKE["secret"].encode())
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("token", TOKENS[""])
async def test_handshake_with_any_active_token_is_answered(request_function: Post, token: str) -> None:
    answer = await request_function("webhook", json.dumps(HANDSHAKE | {"clientToken": token}))
    assert (answer.status, answer.body) == (200, HANDSHAKE["secret"].encode())


@pytest.mark.parametrize("token", ["WRONG", "", HANDSHAKE["clientToken"].lower(), AGENT_TOKEN, "\ud800"])
async def test_handshake_with_another_token_is_403_and_keeps_the_secret(
    request_function: Post, token: str
) -> None:
    answer = await request_function("webhook", json.dumps(HANDSHAKE | {"clientToken": token}))
    assert answer.status == 403
    assert HANDSHAKE["secret"].encode() not in answer.body


async def test_handshake_of_an_agents_webhook_knows_only_its_own_tokens(request_function: Post) -> None:
    own = json.dumps(HANDSHAKE | {"clientToken": AGENT_TOKEN})
    assert (await request_function("webhook", own, path="growing-tree-bank")).status == 200
    assert (await request_function("webhook", json.dumps(HANDSHAKE), path="growing-tree-bank")).status == 403
    assert (await request_function("webhook", own, path="nobodys-agent")).status == 403


@pytest.mark.parametrize("missing", ["clientToken", "secret"])
async def test_handshake_without_one_of_its_members_is_400(request_function: Post, missing: str) -> None:
    fields = {name: value for name, value in HANDSHAKE.items() if name != missing}
    assert (await request_function("webhook", json.dumps(fields))).status == 400


# Delivery


async def test_signed_delivery_is_200_with_an_empty_body(request_function: Post) -> None:
    answer = await request_function("webhook", wrap_delivery(DELIVERED), headers=sign_headers(DELIVERED))
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("name", ENVELOPES)
async def test_documented_envelope_is_published_byte_for_byte(
    request_function: Post, events: Subscription, name: str
) -> None:
    body = load_bytes(f"webhook-bodies/{name}")
    answer = await request_function("webhook", body, headers=sign_headers(decode_data(body)))
    [message] = events.pull(1)
    assert answer.status == 200
    assert message.data == decode_data(body)


async def test_published_attributes_name_the_event(request_function: Post, events: Subscription) -> None:
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"
    headers = sign_headers(DELIVERED, PARTNER_TOKENS[1]) | {"traceparent": traceparent}
    await request_function("webhook", wrap_delivery(DELIVERED), headers=headers)
    [message] = events.pull(1)
    attributes = dict(message.attributes)
    assert RFC3339.fullmatch(attributes.pop("receivedTime"))
    assert re.fullmatch(r"[0-9a-f]{32}", attributes.pop("eventKey"))
    assert attributes == {
        "family": "UserEvent",
        "type": "DELIVERED",
        "agentId": "growing-tree-bank",
        "messageId": load_json("decoded-events/user-event-delivered.json")["messageId"],
        "tokenVersion": fingerprint_token(PARTNER_TOKENS[1]),
        "traceparent": traceparent,
    }


async def test_users_message_has_no_message_id_of_ours(request_function: Post, events: Subscription) -> None:
    payload = load_bytes("decoded-events/user-message-text.json")
    await request_function("webhook", wrap_delivery(payload), headers=sign_headers(payload))
    [message] = events.pull(1)
    assert (message.attributes["family"], message.attributes["type"]) == ("UserMessage", "text")
    assert "messageId" not in message.attributes


async def test_repeat_of_a_delivery_has_the_same_event_key(
    request_function: Post, events: Subscription
) -> None:
    for _ in range(2):
        await request_function("webhook", wrap_delivery(DELIVERED), headers=sign_headers(DELIVERED))
    first, second = events.pull(2)
    assert first.attributes["eventKey"] == second.attributes["eventKey"]


async def test_all_of_many_deliveries_at_once_are_on_the_topic(
    request_function: Post, events: Subscription
) -> None:
    payloads = [event_bytes("user-event-delivered", eventId=f"event-{number}") for number in range(100)]
    answers = await asyncio.gather(
        *(request_function("webhook", wrap_delivery(each), headers=sign_headers(each)) for each in payloads)
    )
    assert {answer.status for answer in answers} == {200}
    assert sorted(message.data for message in events.pull(len(payloads))) == sorted(payloads)


# Whatever is authentic is taken


@pytest.mark.parametrize("kind", ["message_callback", "a kind that is new", ""])
async def test_webhook_type_header_changes_nothing(request_function: Post, kind: str) -> None:
    headers = sign_headers(DELIVERED) | {"X-Goog-Webhook-Type": kind}
    assert (await request_function("webhook", wrap_delivery(DELIVERED), headers=headers)).status == 200


async def test_kind_of_event_that_is_new_is_200_and_published(
    request_function: Post, events: Subscription
) -> None:
    payload = event_bytes("user-event-delivered", eventType="REACTION_ADDED")
    answer = await request_function("webhook", wrap_delivery(payload), headers=sign_headers(payload))
    [message] = events.pull(1)
    assert (answer.status, message.data) == (200, payload)
    assert message.attributes["type"] == "REACTION_ADDED"


async def test_type_too_long_for_an_attribute_is_left_out_of_them(
    request_function: Post, events: Subscription
) -> None:
    payload = event_bytes("user-event-delivered", eventType="X" * 1025)
    answer = await request_function("webhook", wrap_delivery(payload), headers=sign_headers(payload))
    [message] = events.pull(1)
    assert (answer.status, message.data) == (200, payload)
    assert "type" not in message.attributes


# Nothing outside the signed bytes is trusted


async def test_unsigned_parts_of_the_delivery_change_nothing(
    request_function: Post, events: Subscription
) -> None:
    plain = wrap_delivery(DELIVERED)
    adorned = json.dumps(
        {
            "message": {
                "data": encode_data(DELIVERED),
                "attributes": {"business_id": "another-agent", "type": "message", "message_type": "TEXT"},
                "messageId": "1",
                "message_id": "2",
                "publishTime": "1999-12-31T23:59:59Z",
                "agentId": "another-agent",
                "eventType": "READ",
            },
            "subscription": "projects/other/subscriptions/other",
            "agentId": "another-agent",
        }
    )
    headers = {
        "X-Goog-Webhook-Type": "other",
        "agentId": "another-agent",
        "Date": "Fri, 31 Dec 1999 23:59:59 GMT",
    }
    for body, added in ((plain, {}), (adorned, headers)):
        assert (
            await request_function("webhook", body, headers=sign_headers(DELIVERED) | added)
        ).status == 200
    first, second = events.pull(2)
    assert first.data == second.data
    assert _without_time(first.attributes) == _without_time(second.attributes)


async def test_traceparent_of_the_wrong_form_is_left_out(
    request_function: Post, events: Subscription
) -> None:
    headers = sign_headers(DELIVERED) | {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01; agentId=another-agent"}
    await request_function("webhook", wrap_delivery(DELIVERED), headers=headers)
    [message] = events.pull(1)
    assert "traceparent" not in message.attributes


def _without_time(attributes: Any) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name != "receivedTime"}
