"""What else a service may ask for than one message, and what goes with what."""

import json
from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    FALLBACK_ID,
    MESSAGE,
    PHONE,
    parse_one,
    refuse,
    send_request,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.fallback import Fallback, FallbackReason
from rbm_ledger.domain.request_members import RequestKind

NAMING = {"agentId": AGENT, "phoneNumber": PHONE}
USER_MESSAGE = "MxIgT-4pWCQu2tH9hMkSTljQ"
KINDS: dict[str, tuple[RequestKind, dict[str, Any]]] = {
    "typing": (RequestKind.AGENT_EVENT, {"agentEvent": {"eventType": "IS_TYPING"}}),
    "read": (RequestKind.AGENT_EVENT, {"agentEvent": {"eventType": "READ", "messageId": USER_MESSAGE}}),
    "capability": (RequestKind.CAPABILITY, {"capability": {}}),
    "capability, young": (RequestKind.CAPABILITY, {"capability": {"maxAgeSeconds": 0}}),
    "opt-out": (RequestKind.CONSENT, {"consent": {"state": "optedOut", "note": "called the hotline"}}),
    "opt-in": (RequestKind.CONSENT, {"consent": {"state": "optedIn"}}),
    "upload": (RequestKind.FILE_UPLOAD, {"fileUpload": {"fileUrl": "https://example.com/a.png"}}),
}
FALLBACK: dict[str, Any] = {
    "afterSeconds": 60,
    "on": ["unreachable", "undelivered"],
    "payload": {"sms": "Hi"},
}


def request(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode()


def faults(fields: dict[str, Any]) -> dict[str, str]:
    return {fault.path: fault.problem for fault in refuse(request(fields)).faults}


def naming_of(kind: RequestKind) -> dict[str, str]:
    return {"agentId": AGENT} if kind is RequestKind.FILE_UPLOAD else NAMING


@pytest.mark.parametrize(("kind", "member"), KINDS.values(), ids=KINDS)
def test_every_kind_is_read_with_its_own_member_and_an_id(kind: RequestKind, member: dict[str, Any]) -> None:
    read = parse_one(request({**naming_of(kind), **member}))
    assert (read.kind, read.details, read.agent_message) == (kind, member[kind], {})
    # The platform has one space of ids for messages and events.
    assert (read.message_id == FALLBACK_ID) is (kind is not RequestKind.AGENT_EVENT)


@pytest.mark.parametrize(
    ("kind", "member"), [KINDS["typing"], KINDS["capability"], KINDS["opt-out"]], ids=lambda value: str(value)
)
def test_kind_that_is_about_a_number_needs_one(kind: RequestKind, member: dict[str, Any]) -> None:
    assert faults({"agentId": AGENT, **member}) == {"phoneNumber": "is missing"}


STRAY = {
    "a number beside a file": ({"phoneNumber": PHONE}, "upload", "phoneNumber"),
    "a ttl beside an event": ({"ttl": "60s"}, "typing", "ttl"),
    "a fallback beside a consent": ({"fallback": FALLBACK}, "opt-in", "fallback"),
    "tracked taps beside a question": ({"trackTaps": True}, "capability", "trackTaps"),
}


@pytest.mark.parametrize(("stray", "beside", "path"), STRAY.values(), ids=STRAY)
def test_member_of_another_kind_is_a_fault(stray: dict[str, Any], beside: str, path: str) -> None:
    kind, member = KINDS[beside]
    assert faults({**naming_of(kind), **member, **stray}) == {path: f"has no meaning beside {kind}"}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no event type": ({"agentEvent": {}}, "agentEvent.eventType"),
    "another event type": ({"agentEvent": {"eventType": "DELIVERED"}}, "agentEvent.eventType"),
    "READ of nothing": ({"agentEvent": {"eventType": "READ"}}, "agentEvent.messageId"),
    "no state": ({"consent": {}}, "consent.state"),
    "another state": ({"consent": {"state": "STOP"}}, "consent.state"),
    "a long note": ({"consent": {"state": "optedIn", "note": "x" * 1001}}, "consent.note"),
    "an age below zero": ({"capability": {"maxAgeSeconds": -1}}, "capability.maxAgeSeconds"),
    "an unknown member": ({"capability": {"maxAge": 1}}, "capability.maxAge"),
}


@pytest.mark.parametrize(("member", "path"), WRONG.values(), ids=WRONG)
def test_fault_within_a_kind_is_named_by_its_path(member: dict[str, Any], path: str) -> None:
    assert list(faults({**NAMING, **member})) == [path]


def test_upload_of_no_address_is_a_fault() -> None:
    assert list(faults({"agentId": AGENT, "fileUpload": {"fileUrl": "file:///etc/passwd"}})) == [
        "fileUpload.fileUrl"
    ]


def test_fallback_is_read_as_it_was_asked_for() -> None:
    assert send_request(fallback=FALLBACK).fallback == Fallback(
        60, (FallbackReason.UNREACHABLE, FallbackReason.UNDELIVERED), {"sms": "Hi"}
    )


def changed(**changes: Any) -> dict[str, Any]:
    fields = {**FALLBACK, **changes}
    return {name: value for name, value in fields.items() if value is not None}


WRONG_FALLBACKS: dict[str, tuple[Any, str]] = {
    "no reason": (changed(on=[], afterSeconds=None), "fallback.on"),
    "no list of reasons": (changed(on="expired"), "fallback.on"),
    "an unknown reason": (changed(on=["read"], afterSeconds=None), "fallback.on[0]"),
    "no payload": (changed(payload=None), "fallback.payload"),
    "a payload that is no object": (changed(payload="SMS"), "fallback.payload"),
    "a deadline at once": (changed(afterSeconds=0), "fallback.afterSeconds"),
    "a deadline beyond 30 days": (changed(afterSeconds=2_592_001), "fallback.afterSeconds"),
    "undelivered without a deadline": (changed(afterSeconds=None), "fallback.afterSeconds"),
    "a deadline for nothing": (changed(on=["unreachable"]), "fallback.afterSeconds"),
    "expired without an expiry": (changed(on=["expired"], afterSeconds=None), "fallback.on"),
    "a huge payload": (changed(payload={"sms": "x" * 100_000}), "fallback"),
    "a misspelt member": (changed(after=1), "fallback.after"),
    "a text": ("sms", "fallback"),
}


@pytest.mark.parametrize(("fallback", "path"), WRONG_FALLBACKS.values(), ids=WRONG_FALLBACKS)
def test_fallback_that_would_never_come_or_say_nothing_is_a_fault(fallback: Any, path: str) -> None:
    error = refuse(request_bytes(fallback=fallback))
    assert [fault.path for fault in error.faults] == [path]


def test_fallback_on_expiry_passes_with_a_ttl() -> None:
    fallback = send_request(ttl="60s", fallback=changed(on=["expired"], afterSeconds=None)).fallback
    assert fallback == Fallback(None, (FallbackReason.EXPIRED,), {"sms": "Hi"})


SUGGESTION = {"reply": {"text": "Yes", "postbackData": "x" * 2020}}


def test_tracked_taps_need_room_in_the_postback() -> None:
    content = {"text": "Well?", "suggestions": [SUGGESTION]}
    assert send_request(contentMessage=content, trackTaps=True).tracks_taps
    content["suggestions"] = [{"reply": {"text": "Yes", "postbackData": "x" * 2021}}]
    assert not send_request(contentMessage=content).tracks_taps
    error = refuse(request_bytes(contentMessage=content, trackTaps=True))
    assert str(error) == (
        "contentMessage.suggestions[0].reply.postbackData: "
        "has 2049 characters, at most 2048 are allowed (28 of them for trackTaps)"
    )


def test_fingerprint_is_that_of_what_is_asked_for_and_not_of_who_asks() -> None:
    first = send_request().fingerprint
    named = send_request(source="orders", clientReference="1", labels={"a": "b"}, messageId=None)
    assert named.fingerprint == first
    asked = [
        send_request(phoneNumber="+14155550199"),
        send_request(contentMessage={"text": "Other"}),
        send_request(ttl="60s"),
        send_request(messageTrafficType="TRANSACTION"),
        send_request(fallback=FALLBACK),
        send_request(trackTaps=True),
    ]
    assert len({first, *(request.fingerprint for request in asked)}) == 7


def test_fingerprint_does_not_depend_on_the_order_of_members() -> None:
    fields = json.loads(request_bytes(messageId=MESSAGE))
    backwards = dict(reversed(fields.items()))
    assert parse_one(request(backwards)).fingerprint == parse_one(request(fields)).fingerprint
