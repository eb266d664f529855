"""Whose something raw is: what its members say, and bytes are looked through only where it has none."""

import json
from typing import Any

import pytest
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.records import quarantine_request
from rbm_ops.forget.naming import Naming

NUMBER, OTHER = "+4915512345678", "+14155550101"
DIGITS = NUMBER[1:]


def as_json(**members: Any) -> bytes:
    return json.dumps(members).encode()


def make_many(*phone_numbers: str, **changes: Any) -> bytes:
    recipients = [{"phoneNumber": phone_number} for phone_number in phone_numbers]
    return request_bytes(phoneNumber=None, recipients=recipients, **changes)


def make_dial(phone_number: str | None) -> bytes:
    dial = {"action": {"text": "Call", "dialAction": {"phoneNumber": NUMBER}}}
    return request_bytes(phoneNumber=phone_number, contentMessage={"text": "Hi", "suggestions": [dial]})


def cut(data: bytes) -> bytes:
    """As `send` keeps what is too long."""
    kept: bytes = quarantine_request(data, "refused").values[("raw",)]
    assert len(kept) < len(data)
    return kept


@pytest.mark.parametrize(
    "raw",
    [
        as_json(senderPhoneNumber=NUMBER),
        as_json(phoneNumber=DIGITS, agentId=7),
        as_json(phoneNumber=int(DIGITS)),
        as_json(phoneNumber="tel:+49 (0)155 12345678"),
        b'{"phoneNumber":"\\u002b\\u00349155\\u00312345678"}',
        make_many(NUMBER),
        as_json(recipients=[NUMBER, f"00{DIGITS}"]),
        event_bytes("user-message-text", senderPhoneNumber=NUMBER, text=f"mine is not {OTHER}"),
        f"call 00{DIGITS} now".encode(),
        DIGITS.encode(),
        b"\xff\x00+4915512345678\xff",
        b'{"senderPhoneNumber": "\\u002b4915512345678", ',
    ],
)
def test_what_is_to_or_of_the_number_alone_is_its(raw: bytes) -> None:
    assert (Naming(NUMBER).is_in(raw), Naming(NUMBER).is_shared(raw)) == (True, False)


@pytest.mark.parametrize(
    "raw",
    [
        event_bytes("user-message-text", senderPhoneNumber=OTHER, text=f"call me at {NUMBER}"),
        event_bytes("user-event-unsubscribe", senderPhoneNumber=OTHER, eventId=DIGITS),
        event_bytes("user-event-delivered", senderPhoneNumber=OTHER, messageId=NUMBER),
        make_dial(OTHER),
        make_many(OTHER, "+14155550102", contentMessage={"text": f"Our number: {NUMBER}"}),
        as_json(eventType="WAVED", eventId=f"a-{DIGITS}-b"),
        b"6f9619ff-8b86-d011-b42d-00c" + DIGITS.encode(),
        b"6f9619ff-8b86-d011-b42d-" + DIGITS.encode(),
        DIGITS.encode() + b"-8b86-d011-b42d-00c04fc964ff",
        f"traceparent 00-{DIGITS}abc-01".encode(),
        b"+49155123456789",
        b"+14915512345678",
        b"+491551234567",
        b"",
        b"\\u {",
        b"{}",
    ],
)
def test_what_only_has_its_digits_somewhere_is_not(raw: bytes) -> None:
    assert not Naming(NUMBER).is_in(raw)


@pytest.mark.parametrize(
    "raw",
    [
        make_many(OTHER, NUMBER),
        as_json(phoneNumber=NUMBER, senderPhoneNumber=OTHER),
        as_json(to={"msisdn": NUMBER}),
        as_json(phoneNumber="nobody", to={"msisdn": NUMBER}),
        as_json(phoneNumber=7, recipients=["?", {"phoneNumber": {"msisdn": NUMBER}}]),
        make_dial(None),
        json.dumps([{"phoneNumber": NUMBER}, {"phoneNumber": OTHER}]).encode(),
        f'{{"senderPhoneNumber": "{OTHER}", "text": "{NUMBER}"'.encode(),
        cut(make_many(NUMBER, *[f"+1415{index:07}" for index in range(30_000)])),
        cut(as_json(clientReference=NUMBER, contentMessage={"text": "x" * 1_000_000})),
        f'{{"recipients": [{{"phoneNumber": "{NUMBER}"}}, {{"phoneNum'.encode(),
    ],
)
def test_what_names_others_too_or_may_have_named_them_is_shared(raw: bytes) -> None:
    assert (Naming(NUMBER).is_in(raw), Naming(NUMBER).is_shared(raw)) == (True, True)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"{}", (True, False)), (b"hello", (True, False)), (as_json(phoneNumber=OTHER), (True, True))],
)
def test_attribute_that_is_the_number_names_it_too(raw: bytes, expected: tuple[bool, bool]) -> None:
    naming = Naming(NUMBER)
    assert (naming.is_in(raw, ["orders", NUMBER]), naming.is_shared(raw, ["orders", NUMBER])) == expected
    assert not naming.is_in(raw, [f"00-{DIGITS}-01", f"see {NUMBER}"])
