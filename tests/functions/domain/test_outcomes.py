"""What an answer of the platform means for a message, and what its record keeps of it."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    MESSAGE,
    MESSAGE_DOCUMENT,
    PHONE,
    REQUESTED,
    correlate_type,
    record_answer,
    refuse,
    send_request,
)
from tests.support.payloads import list_names, load_json, request_bytes

from rbm_ledger.domain.ledger import State, fold, state_of
from rbm_ledger.domain.outcomes import (
    NO_ANSWER,
    Answer,
    Attempt,
    merge_attempt,
    merge_rejection,
    merge_suppression,
    quarantine_request,
    state_after,
)
from rbm_ledger.domain.requests import RequestKind
from rbm_ledger.domain.times import parse_rfc3339

ACCEPTED_AT = parse_rfc3339("2025-05-22T20:03:35.474764Z")


def record(answer: Answer, *, store_content: bool = True, **changes: Any) -> dict[str, Any]:
    merge = merge_attempt(
        send_request(**changes), Attempt(answer, REQUESTED), REQUESTED, store_content=store_content
    )
    return fold(None, merge)


@pytest.mark.parametrize(
    ("http_status", "state"),
    [
        (200, State.ACCEPTED),
        (400, State.REJECTED),
        (401, State.REJECTED),
        (403, State.REJECTED),
        (404, State.UNREACHABLE),
        (408, State.PENDING),
        (409, State.ACCEPTED),
        (418, State.REJECTED),
        (429, State.PENDING),
        (500, State.PENDING),
        (503, State.PENDING),
        (NO_ANSWER, State.PENDING),
    ],
)
def test_answer_to_a_create_decides_the_state(http_status: int, state: State) -> None:
    assert state_after(RequestKind.AGENT_MESSAGE, Answer(http_status)) is state
    assert state_of(record(Answer(http_status))) is state


@pytest.mark.parametrize(
    ("http_status", "state"),
    [
        *((200, State.REVOKED), (404, None), (400, None), (403, None), (429, State.PENDING)),
        *((408, State.PENDING), (500, State.PENDING), (NO_ANSWER, State.PENDING)),
    ],
)
def test_answer_to_a_revoke_revokes_or_says_nothing_of_the_message(
    http_status: int, state: State | None
) -> None:
    assert state_after(RequestKind.REVOKE, Answer(http_status)) is state
    after = fold(fold(None, record_answer(200)), record_answer(http_status, revoke=True))
    assert state_of(after) is (State.REVOKED if state is State.REVOKED else State.ACCEPTED)
    assert ("revokedTime" in after) == (state is State.REVOKED)


@pytest.mark.parametrize("http_status", [100, 201, 202, 204, 301, 302, 307, 399])
@pytest.mark.parametrize("kind", RequestKind)
def test_answer_that_is_neither_success_nor_refusal_leaves_the_outcome_open(
    kind: RequestKind, http_status: int
) -> None:
    assert state_after(kind, Answer(http_status)) is State.PENDING


@pytest.mark.parametrize("name", list_names("error-bodies"))
def test_every_error_body_leaves_its_reason_in_the_record(name: str) -> None:
    error = load_json(f"error-bodies/{name}")["error"]
    document = record(Answer(error["code"], error["status"], error["message"]))
    assert document["attempts"] == [
        {
            "at": REQUESTED,
            "method": "create",
            "httpStatus": error["code"],
            "status": error["status"],
            "message": error["message"],
        }
    ]


@pytest.mark.parametrize("name", ["agent-message-created", "agent-message-created-us-rich-message"])
def test_accepted_record_keeps_what_was_asked_and_what_was_answered(name: str) -> None:
    body = load_json(f"responses/{name}.json")
    document = record(Answer(200, body=body), ttl="600s", source="orders", labels={"campaign": "none"})
    assert (document["agentId"], document["phoneNumber"], document["messageId"]) == (AGENT, PHONE, MESSAGE)
    assert document["content"] == {"text": "Hello, world!"}
    assert document["messageTrafficType"] == "PROMOTION"
    assert document["expireTime"] == REQUESTED + timedelta(seconds=600)
    assert (document["source"], document["labels"]) == ("orders", {"campaign": "none"})
    assert (document["requestedTime"], document["acceptedTime"]) == (REQUESTED, ACCEPTED_AT)
    assert document["platform"] == {
        "sendTime": ACCEPTED_AT,
        **{member: value for member, value in body.items() if member == "richMessageClassification"},
    }


def test_answer_without_a_time_was_accepted_when_it_came() -> None:
    assert record(Answer(409))["acceptedTime"] == REQUESTED


@pytest.mark.parametrize("http_status", [400, 404, 503, NO_ANSWER])
def test_only_an_accepted_message_has_an_accepted_time(http_status: int) -> None:
    document = record(Answer(http_status))
    assert "acceptedTime" not in document
    assert document["requestedTime"] == REQUESTED


def test_content_is_left_out_where_storing_is_off() -> None:
    assert "content" not in record(Answer(200), store_content=False)


def test_content_that_no_document_can_hold_is_kept_as_text() -> None:
    assert (
        record(Answer(200), contentMessage={"text": "a", "x": [[1]]})["content"] == '{"text":"a","x":[[1]]}'
    )


def test_long_reason_is_cut() -> None:
    assert len(record(Answer(400, message="x" * 10_000))["attempts"][0]["message"]) == 500


def test_revocation_before_any_other_record_names_its_message() -> None:
    document = fold(None, record_answer(200, minute=3, revoke=True))
    assert (document["agentId"], document["phoneNumber"], document["messageId"]) == (AGENT, PHONE, MESSAGE)
    assert document["revokedTime"] == document["attempts"][0]["at"] == REQUESTED + timedelta(minutes=3)
    assert document["attempts"][0]["method"] == "delete"


def test_suppressed_request_says_why_and_made_no_attempt() -> None:
    document = fold(None, merge_suppression(send_request(), "expired", REQUESTED, store_content=True))
    assert state_of(document) is State.SUPPRESSED
    assert document["suppressedReason"] == "expired"
    assert "attempts" not in document


def test_rejected_request_names_every_fault_under_its_message_id() -> None:
    refusal = refuse(request_bytes(messageId=MESSAGE, ttl="1h", phoneNumber="1"))
    assert refusal.claim is not None
    merge = merge_rejection(refusal.claim, refusal, REQUESTED)
    document = fold(None, merge)
    assert merge.document == MESSAGE_DOCUMENT
    assert state_of(document) is State.REJECTED
    assert [fault["path"] for fault in document["faults"]] == ["phoneNumber", "ttl"]
    assert "phoneNumber" not in document


def test_request_that_names_nobody_is_kept_raw_in_quarantine() -> None:
    merge = quarantine_request(b"{", "not JSON")
    assert merge.document == ("quarantine", hashlib.sha256(b"{").hexdigest())
    assert fold(None, merge) == {"family": "SendRequest", "reason": "not JSON", "raw": b"{"}


def test_raw_request_is_cut_to_what_a_document_can_hold() -> None:
    assert len(quarantine_request(b"x" * (1 << 20), "not JSON").values["raw",]) == 900_000


@pytest.mark.parametrize("agent_id", [AGENT, "größe", "__x__", "~x", "é" * 200])
def test_request_and_receipt_meet_in_one_document_whatever_the_agent_is_called(agent_id: str) -> None:
    [receipt] = correlate_type("DELIVERED", agentId=agent_id)
    assert record_answer(200, agentId=agent_id).document == receipt.document
