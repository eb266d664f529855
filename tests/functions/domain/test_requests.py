"""A send request is taken as it is, or refused with every reason."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.functions.domain.builders import FALLBACK_ID, MESSAGE, REQUESTED, parse_one, refuse
from tests.support.payloads import list_names, load_json, request_bytes, request_fields

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import Origin, Sender, SendRequest
from rbm_ledger.domain.times import format_rfc3339


def fault_paths(**changes: Any) -> list[str]:
    return [fault.path for fault in refuse(request_bytes(**changes)).faults]


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("agent_messages")])
def test_documented_message_passes_unchanged(name: str) -> None:
    request = parse_one(request_bytes(name))
    assert request.kind is RequestKind.AGENT_MESSAGE
    assert (request.agent_id, request.phone_number) == ("growing-tree-bank", "+14155550101")
    assert request.agent_message == load_json(f"agent_messages/{name}.json")
    assert request.sender == Sender()


def test_request_of_the_contract_is_read_whole() -> None:
    request = parse_one(
        request_bytes(
            "text-ttl",
            idempotencyKey="order-1234/shipped",
            source="orders",
            clientReference="1234",
            labels={"campaign": "none"},
        ),
    )
    assert request == SendRequest(
        kind=RequestKind.AGENT_MESSAGE,
        agent_id="growing-tree-bank",
        phone_number="+14155550101",
        message_id=derive_message_id("growing-tree-bank", "order-1234/shipped"),
        agent_message=load_json("agent_messages/text-ttl.json"),
        expire_time=REQUESTED + timedelta(seconds=600),
        sender=Sender("orders", "1234", {"campaign": "none"}),
        fingerprint=parse_one(request_bytes("text-ttl")).fingerprint,
    )


def test_unknown_members_of_the_content_pass_through_unchanged() -> None:
    content = {"text": "Hello", "persistentSuggestions": [{"a": [1.5, None]}], "": {"é": "\ud800"}}
    request = parse_one(request_bytes(contentMessage=content))
    assert request.agent_message["contentMessage"] == content


def test_message_id_is_the_callers_uuid_in_lower_case() -> None:
    assert parse_one(request_bytes(messageId=MESSAGE.upper())).message_id == MESSAGE


def test_message_id_of_an_idempotency_key_is_the_same_on_every_repeat_and_path() -> None:
    keyed = request_bytes(idempotencyKey="order-1234/shipped")
    other_path = Origin("pubsub/9", REQUESTED + timedelta(days=1))
    first, second = parse_one(keyed).message_id, parse_one(keyed, other_path).message_id
    assert first == second == str(uuid.UUID(first))
    assert uuid.UUID(first).version == 5


def test_message_id_without_either_is_made_from_the_delivery() -> None:
    assert parse_one(request_bytes()).message_id == FALLBACK_ID
    assert parse_one(request_bytes(), Origin("pubsub/2", REQUESTED)).message_id != FALLBACK_ID


@pytest.mark.parametrize("naming", [{}, {"idempotencyKey": "order-1234/shipped"}, {"messageId": MESSAGE}])
def test_long_and_short_agent_id_are_the_same_request(naming: dict[str, str]) -> None:
    short, long = (
        parse_one(request_bytes(agentId=agent_id, **naming))
        for agent_id in ("growing-tree-bank", "growing-tree-bank@rbm.goog")
    )
    assert short == long


def test_message_id_and_idempotency_key_together_are_a_fault() -> None:
    error = refuse(request_bytes(messageId=MESSAGE, idempotencyKey="a"))
    assert str(error) == "has messageId and idempotencyKey, at most one is allowed"


@pytest.mark.parametrize(
    "message_id",
    ["", "1234", MESSAGE[:-1], MESSAGE.replace("-", ""), f"urn:{MESSAGE.replace('-', '')}", 7, {}, [MESSAGE]],
)
def test_message_id_that_is_no_uuid_is_a_fault(message_id: object) -> None:
    assert fault_paths(messageId=message_id) == ["messageId"]


def test_expire_time_is_the_callers_or_made_from_the_ttl() -> None:
    fixed = parse_one(request_bytes(expireTime="2026-11-22T13:00:00+02:00"))
    assert fixed.expire_time == REQUESTED
    assert parse_one(request_bytes(ttl="3.5s")).expire_time == REQUESTED + timedelta(seconds=3.5)
    assert parse_one(request_bytes()).expire_time is None


def test_ttl_and_expire_time_together_are_a_fault() -> None:
    error = refuse(request_bytes(ttl="600s", expireTime="2026-11-22T10:00:00Z"))
    assert str(error) == "has ttl and expireTime, at most one is allowed"


def test_expire_time_passes_15_days_ahead_and_no_further() -> None:
    latest = REQUESTED + timedelta(days=15)
    request = parse_one(request_bytes(expireTime=format_rfc3339(latest)))
    assert request.expire_time == latest
    assert fault_paths(expireTime=format_rfc3339(latest + timedelta(microseconds=1))) == ["expireTime"]


def test_expire_time_in_the_past_is_for_send_to_judge() -> None:
    assert parse_one(request_bytes(expireTime="2014-10-02T15:01:23Z")).expire_time is not None


@pytest.mark.parametrize("phone_number", ["+1415555", "+14155550101", "+123456789012345"])
def test_e164_number_passes(phone_number: str) -> None:
    assert parse_one(request_bytes(phoneNumber=phone_number)).phone_number == phone_number


@pytest.mark.parametrize(
    "phone_number",
    [
        "",
        "14155550101",
        "+0415555010",
        "+141555",
        "+1234567890123456",
        "+1 415 555",
        "+1415555010１",
        "+1415555\n",
        1,
    ],
)
def test_other_number_is_a_fault(phone_number: object) -> None:
    assert fault_paths(phoneNumber=phone_number) == ["phoneNumber"]


@pytest.mark.parametrize(
    "agent_id", ["", "a b", "a/b", "a@example.com", "@rbm.goog", "a@rbm.goog\n", "x" * 201, "\ud800", 1]
)
def test_agent_id_that_names_no_agent_is_a_fault(agent_id: object) -> None:
    assert fault_paths(agentId=agent_id) == ["agentId"]


@pytest.mark.parametrize("member", ["source", "clientReference", "idempotencyKey"])
def test_name_passes_at_256_characters_and_no_longer(member: str) -> None:
    assert parse_one(request_bytes(**{member: "é" * 256}))
    assert fault_paths(**{member: "x" * 257}) == fault_paths(**{member: ""}) == [member]


def test_labels_pass_at_their_limits() -> None:
    labels = {f"{'l' * 62}{number}": "é" * 256 for number in range(10, 74)}
    assert parse_one(request_bytes(labels=labels)).sender.labels == labels


@pytest.mark.parametrize(
    ("labels", "path"),
    [
        ([], "labels"),
        ({f"l{number}": "" for number in range(65)}, "labels"),
        ({"l" * 65: ""}, "labels.*"),
        ({"": ""}, "labels.*"),
        ({"1st": ""}, "labels.*"),
        ({"a b": ""}, "labels.*"),
        ({"a": "x" * 257}, "labels.a"),
        ({"a": 1}, "labels.a"),
        ({"a": "\ud800"}, "labels.a"),
    ],
)
def test_label_beyond_its_limits_is_a_fault(labels: object, path: str) -> None:
    assert fault_paths(labels=labels) == [path]


def test_revoke_names_its_message_and_has_no_content() -> None:
    fields = {"agentId": "growing-tree-bank@rbm.goog", "phoneNumber": "+14155550101"}
    request = parse_one(json.dumps({**fields, "revoke": {"messageId": MESSAGE.upper()}}).encode())
    assert (request.kind, request.agent_id, request.message_id) == (
        RequestKind.REVOKE,
        "growing-tree-bank",
        MESSAGE,
    )
    assert (dict(request.agent_message), request.expire_time) == ({}, None)


@pytest.mark.parametrize(
    ("revoke", "path"),
    [
        ({}, "revoke.messageId"),
        ({"messageId": "1"}, "revoke.messageId"),
        (MESSAGE, "revoke"),
        (None, "revoke"),
    ],
)
def test_revoke_without_a_message_is_a_fault(revoke: object, path: str) -> None:
    fields = {"agentId": "growing-tree-bank", "phoneNumber": "+14155550101", "revoke": revoke}
    assert [fault.path for fault in refuse(json.dumps(fields).encode()).faults] == [path]


@pytest.mark.parametrize("member", ["ttl", "expireTime", "messageTrafficType"])
def test_revoke_with_a_member_of_the_message_is_a_fault(member: str) -> None:
    message = {"ttl": "600s", "expireTime": "2026-11-22T11:00:00Z", "messageTrafficType": "PROMOTION"}
    fields = request_fields(contentMessage=None, messageTrafficType=None, revoke={"messageId": MESSAGE})
    error = refuse(json.dumps({**fields, member: message[member]}).encode())
    assert [fault.path for fault in error.faults] == [member]
