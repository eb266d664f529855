"""Requests as other services build them, and the message ids that they will have."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support.schemas import find_schema_faults, load_validator

from rbm_ledger.client import (
    BulkRequest,
    Fallback,
    FallbackReason,
    InvalidRequest,
    Recipient,
    Request,
    agent_event,
    bulk,
    capability,
    consent,
    file_upload,
    message,
    message_id_of,
    message_ids_of,
    revoke,
    text,
)
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import Origin

AGENT, PHONE = "growing-tree-bank", "+14155550101"
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
TO: dict[str, Any] = {"agent_id": AGENT, "to": PHONE}
HELLO = text("Hello")
BULK = bulk(
    agent_id=AGENT,
    content=text("Hello {{name}}"),
    key="sale",
    recipients=[
        Recipient(PHONE, {"name": "Ann"}, client_reference="1", labels={"part": "a"}),
        Recipient("+14155550102", {"name": 7}),
    ],
)
REQUESTS: dict[RequestKind, Request] = {
    RequestKind.AGENT_MESSAGE: message(**TO, content=HELLO, key="order-1/shipped"),
    RequestKind.REVOKE: revoke(**TO, message_id=MESSAGE),
    RequestKind.AGENT_EVENT: agent_event(**TO, event_type="READ", user_message_id="MxIg", key="seen"),
    RequestKind.CAPABILITY: capability(**TO, key="ask", max_age=timedelta(0)),
    RequestKind.CONSENT: consent(**TO, state="optedOut", key="call-7", note="by phone"),
    RequestKind.FILE_UPLOAD: file_upload(agent_id=AGENT, url="https://example.com/a.png", key="logo"),
}


def test_message_says_all_that_was_asked_for() -> None:
    request = message(
        **TO,
        content=HELLO,
        key="order-1/shipped",
        traffic_type="TRANSACTION",
        ttl=timedelta(minutes=10),
        fallback=Fallback(
            on=[FallbackReason.EXPIRED, FallbackReason.UNDELIVERED],
            payload={"sms": "Hello"},
            after=timedelta(minutes=5),
        ),
        track_taps=True,
        source="orders",
        client_reference="1",
        labels={"campaign": "none"},
        validate_only=True,
    )
    assert request.fields == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "contentMessage": {"text": "Hello"},
        "idempotencyKey": "order-1/shipped",
        "messageTrafficType": "TRANSACTION",
        "ttl": "600s",
        "fallback": {"on": ["expired", "undelivered"], "afterSeconds": 300.0, "payload": {"sms": "Hello"}},
        "trackTaps": True,
        "source": "orders",
        "clientReference": "1",
        "labels": {"campaign": "none"},
        "validateOnly": True,
    }
    assert message_id_of(request) == derive_message_id(AGENT, "order-1/shipped")


@pytest.mark.parametrize("kind", RequestKind)
def test_request_of_every_kind_is_one_for_the_table_and_for_the_schema(kind: RequestKind) -> None:
    fields = REQUESTS[kind].fields
    checked = parse_request(encode_compact(fields), Origin("another", datetime.now(UTC)))
    assert not hasattr(checked, "requests")
    assert (checked.kind, checked.message_id) == (kind, message_id_of(REQUESTS[kind]))
    assert find_schema_faults(load_validator("send-request"), fields) == []


def test_question_that_no_old_answer_will_do_for_says_so() -> None:
    assert REQUESTS[RequestKind.CAPABILITY].fields["capability"] == {"maxAgeSeconds": 0}


def test_revoke_has_the_id_of_its_message() -> None:
    assert message_id_of(REQUESTS[RequestKind.REVOKE]) == MESSAGE


def test_uuid_as_key_is_the_message_id() -> None:
    request = message(**TO, content=HELLO, key=uuid.UUID(MESSAGE))
    assert request.fields["messageId"] == message_id_of(request) == MESSAGE


def test_same_key_is_the_same_message_and_another_key_another() -> None:
    ids = [message_id_of(message(**TO, content=HELLO, key=key)) for key in ("a", "a", "b")]
    assert ids[0] == ids[1] != ids[2]


def test_bulk_names_each_message_by_its_number() -> None:
    assert BULK.fields["recipients"][0] == {
        "phoneNumber": PHONE,
        "values": {"name": "Ann"},
        "clientReference": "1",
        "labels": {"part": "a"},
    }
    assert message_ids_of(BULK) == {
        PHONE: derive_message_id(AGENT, f"sale/{PHONE}"),
        "+14155550102": derive_message_id(AGENT, "sale/+14155550102"),
    }
    assert find_schema_faults(load_validator("send-request"), BULK.fields) == []


@pytest.mark.parametrize(
    ("ttl", "spelt"),
    [
        (timedelta(seconds=600), "600s"),
        (timedelta(seconds=3.5), "3.5s"),
        (timedelta(microseconds=1), "0.000001s"),
        (timedelta(days=15), "1296000s"),
        (timedelta(0), "0s"),
    ],
)
def test_ttl_is_spelt_as_the_platform_spells_it(ttl: timedelta, spelt: str) -> None:
    assert message(**TO, content=HELLO, key="a", ttl=ttl).fields["ttl"] == spelt


def test_expiry_at_a_time_needs_a_zone() -> None:
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)
    request = message(**TO, content=HELLO, key="a", expire_time=at)
    assert request.fields["expireTime"] == "2026-11-22T10:00:00.000000Z"
    with pytest.raises(ValueError, match="no time zone"):
        message(**TO, content=HELLO, key="a", expire_time=at.replace(tzinfo=None))


def test_all_faults_are_named_at_once() -> None:
    request = message(agent_id="a b", to="1", content=text(""), key="", traffic_type="SPAM", ttl=timedelta(0))
    with pytest.raises(InvalidRequest) as raised:
        message_id_of(request)
    assert {fault.path for fault in raised.value.faults} == {
        *("agentId", "phoneNumber", "contentMessage.text", "idempotencyKey", "messageTrafficType", "ttl"),
    }


def test_expiry_beyond_the_limit_is_a_fault() -> None:
    request = message(**TO, content=HELLO, key="a", expire_time=datetime.now(UTC) + timedelta(days=16))
    with pytest.raises(InvalidRequest, match="15 days"):
        message_id_of(request)


def test_misspelt_option_is_a_mistake_in_the_code() -> None:
    with pytest.raises(TypeError):
        message(**TO, content=HELLO, key="a", sorce="orders")


def test_key_is_never_made_up() -> None:
    with pytest.raises(TypeError):
        message(**TO, content=HELLO)


def test_one_kind_of_request_is_not_taken_for_the_other() -> None:
    with pytest.raises(InvalidRequest):
        message_id_of(Request(BULK.fields))
    with pytest.raises(InvalidRequest):
        message_ids_of(BulkRequest(REQUESTS[RequestKind.AGENT_MESSAGE].fields))
