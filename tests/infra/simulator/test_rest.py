"""What the API demands of a request, and what it answers."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.payloads import load_json

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
PATH = f"/v1/phones/{PHONE_NUMBER}/agentMessages"
PARAMETERS = {"messageId": MESSAGE_ID, "agentId": "growing-tree-bank"}
TEXT = {"contentMessage": {"text": "Hello, world!"}}


def parse_time(value: str) -> datetime:
    return datetime.fromisoformat(value)


async def test_valid_message_answers_agent_message(business) -> None:
    body = TEXT | {"messageTrafficType": "PROMOTION"}
    status, answer = await business.create(PHONE_NUMBER, body, message_id=MESSAGE_ID)
    sent_at = parse_time(answer.pop("sendTime"))
    assert status == 200
    assert answer == {"name": f"phones/{PHONE_NUMBER}/agentMessages/{MESSAGE_ID}", **body}
    assert abs(datetime.now(UTC) - sent_at) < timedelta(minutes=1)


async def test_ttl_answers_expire_time_instead(business) -> None:
    status, answer = await business.create(PHONE_NUMBER, TEXT | {"ttl": "600.5s"})
    assert status == 200
    assert "ttl" not in answer
    assert parse_time(answer["expireTime"]) - parse_time(answer["sendTime"]) == timedelta(seconds=600.5)


async def test_expire_time_is_echoed(business) -> None:
    expire_time = (datetime.now(UTC) + timedelta(days=14)).isoformat()
    status, answer = await business.create(PHONE_NUMBER, TEXT | {"expireTime": expire_time})
    assert (status, answer["expireTime"]) == (200, expire_time)


async def test_output_fields_in_request_are_overwritten(business) -> None:
    body = TEXT | {"name": "mine", "sendTime": "mine"}
    _, answer = await business.create(PHONE_NUMBER, body, message_id=MESSAGE_ID)
    assert answer["name"] == f"phones/{PHONE_NUMBER}/agentMessages/{MESSAGE_ID}"
    assert answer["sendTime"] != "mine"


@pytest.mark.parametrize("payload", ["suggested-replies", "suggested-actions", "rich-card-carousel"], ids=str)
async def test_documented_request_is_accepted(business, payload: str) -> None:
    status, answer = await business.create(PHONE_NUMBER, load_json(f"agent_messages/{payload}.json"))
    assert (status, answer["contentMessage"]) == (
        200,
        load_json(f"agent_messages/{payload}.json")["contentMessage"],
    )


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic dXNlcg=="])
async def test_no_bearer_token_answers_unauthenticated(business, authorization: str) -> None:
    headers = {"Authorization": authorization}
    status, answer = await business.call("POST", PATH, params=PARAMETERS, json=TEXT, headers=headers)
    assert (status, answer["error"]["code"], answer["error"]["status"]) == (401, 401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("path", "parameters", "named"),
    [
        (PATH, {"agentId": "a"}, "messageId"),
        (PATH, {"messageId": MESSAGE_ID}, "agentId"),
        (PATH, {"messageId": "1234566622a1", "agentId": "a"}, "messageId"),
        (f"/v1/phones/{PHONE_NUMBER}/agentEvents", {"agentId": "a"}, "eventId"),
        (f"/v1/phones/{PHONE_NUMBER}/agentEvents", {"eventId": "x", "agentId": "a"}, "eventId"),
        ("/v1/phones/4155550101/agentMessages", PARAMETERS, "phone number"),
        ("/v1/phones/+0155550101/agentMessages", PARAMETERS, "phone number"),
    ],
)
async def test_faulty_address_is_named(business, path: str, parameters: dict, named: str) -> None:
    status, answer = await business.call("POST", path, params=parameters, json=TEXT)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert named in answer["error"]["message"]


CHIP = {"text": "Yes", "postbackData": "yes"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "contentMessage"),
        ({"contentMessage": "text"}, "contentMessage"),
        ({"contentMessage": {}}, "exactly one"),
        ({"contentMessage": {"suggestions": []}}, "exactly one"),
        ({"contentMessage": {"text": "a", "richCard": {}}}, "exactly one"),
        ({"contentMessage": {"text": 1}}, "text"),
        ({"contentMessage": {"text": "x" * 3073}}, "3072"),
        ({"contentMessage": {"richCard": "card"}}, "suggestion"),
        ({"contentMessage": {"text": "a", "suggestions": ["Yes"]}}, "suggestion"),
        ({"contentMessage": {"text": "a", "suggestions": [{"reply": "Yes"}]}}, "suggestion"),
        ({"contentMessage": {"text": "a", "suggestions": [{"reply": CHIP, "action": CHIP}]}}, "suggestion"),
        (TEXT | {"ttl": "600s", "expireTime": "2026-01-01T00:00:00Z"}, "Only one"),
        (TEXT | {"ttl": "600"}, "ttl"),
        (TEXT | {"ttl": "1296001s"}, "15 days"),
        (TEXT | {"expireTime": "9999-01-01T00:00:00Z"}, "15 days"),
        (TEXT | {"expireTime": "tomorrow"}, "expireTime"),
        (TEXT | {"expireTime": "2026-01-01T00:00:00"}, "expireTime"),
        (TEXT | {"padding": "x" * 260_000}, "bytes"),
        ([], "object"),
    ],
)
async def test_faulty_body_is_named(business, body: object, named: str) -> None:
    status, answer = await business.create(PHONE_NUMBER, body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert named in answer["error"]["message"]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000], ids=["empty", "cut", "bytes", "deep"])
async def test_body_that_is_no_json_answers_invalid_argument(business, data: bytes) -> None:
    status, answer = await business.call("POST", PATH, params=PARAMETERS, data=data)
    assert (status, answer["error"]["message"]) == (400, "Invalid JSON payload received.")


async def test_longest_text_and_ttl_are_accepted(business) -> None:
    body = {"contentMessage": {"text": "ü" * 3072}, "ttl": "1296000s"}
    status, _ = await business.create(PHONE_NUMBER, body)
    assert status == 200


async def test_unknown_content_fields_pass_through(business) -> None:
    body = {"contentMessage": {"text": "a", "persistentSuggestions": [1]}}
    status, answer = await business.create(PHONE_NUMBER, body)
    assert (status, answer["contentMessage"]) == (200, body["contentMessage"])


async def test_agent_of_another_account_answers_permission_denied(simulate) -> None:
    async with simulate(agents=frozenset({"growing-tree-bank@rbm.goog", "other"})) as (_, business):
        status, answer = await business.create(PHONE_NUMBER, agent_id="stranger")
        assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
        assert "looking up the RBM agent (ID: null)" in answer["error"]["message"]
        for agent_id in ("growing-tree-bank", "growing-tree-bank@rbm.goog", "other"):
            assert (await business.create(PHONE_NUMBER, agent_id=agent_id))[0] == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("PUT", PATH), ("POST", "/v2/phones"), ("GET", "/"), ("POST", "/v1/users:batchGet")],
)
async def test_unknown_route_answers_not_found(business, method: str, path: str) -> None:
    status, answer = await business.call(method, path)
    assert (status, answer["error"]["code"], answer["error"]["status"]) == (404, 404, "NOT_FOUND")


async def test_host_does_not_matter(business) -> None:
    headers = {"Authorization": "Bearer t", "Host": "europe-rcsbusinessmessaging.googleapis.com"}
    status, _ = await business.call("POST", PATH, params=PARAMETERS, json=TEXT, headers=headers)
    assert status == 200


async def test_reused_id_answers_first_message_and_delivers_once(simulator, business, webhook) -> None:
    first = await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    other = {"contentMessage": {"text": "Another text"}}
    again = await business.create(
        PHONE_NUMBER, other, message_id=MESSAGE_ID, agent_id="growing-tree-bank@rbm.goog"
    )
    await simulator.settle()
    assert again == first
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_reused_id_answers_already_exists_when_told_so(simulate, webhook) -> None:
    async with simulate(reused_id_status=409) as (simulator, business):
        await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        status, answer = await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
        await simulator.settle()
    assert (status, answer["error"]["status"]) == (409, "ALREADY_EXISTS")
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_same_id_at_once_delivers_once(simulator, business, webhook) -> None:
    answers = await asyncio.gather(*(business.create(PHONE_NUMBER, message_id=MESSAGE_ID) for _ in range(5)))
    await simulator.settle()
    assert [status for status, _ in answers] == [200] * 5
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_same_id_of_another_agent_is_another_message(simulator, business, webhook) -> None:
    for agent_id in ("growing-tree-bank", "other"):
        await business.create(PHONE_NUMBER, message_id=MESSAGE_ID, agent_id=agent_id)
    await simulator.settle()
    assert sorted(webhook.kinds) == ["DELIVERED", "DELIVERED", "READ", "READ"]


async def test_accepted_messages_are_listed_with_their_creates(simulator, business) -> None:
    for _ in range(3):
        await business.create("+14155550112", TEXT, message_id=MESSAGE_ID)
    await business.create("+14155550104")
    (message,) = (await business.read_control("messages"))["messages"]
    assert message == {
        "agentId": "growing-tree-bank",
        "phoneNumber": "+14155550112",
        "messageId": MESSAGE_ID,
        "creates": 3,
        "body": TEXT,
    }
