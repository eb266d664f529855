"""What `send` writes down of a message: the request, every answer, and why it was not sent."""

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
    fold_one,
    record_answer,
    refuse,
    send_request,
)
from tests.support.payloads import list_names, load_json, request_bytes

from rbm_ledger.domain.deadlines import NEVER_MS, SHARDS
from rbm_ledger.domain.ledger import State, fold, state_of
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer, Attempt
from rbm_ledger.domain.records import (
    Suppression,
    merge_attempt,
    merge_last_attempt,
    merge_rejection,
    merge_suppression,
    merge_waiting,
    quarantine_request,
)
from rbm_ledger.domain.times import parse_rfc3339, to_millis

ACCEPTED_AT = parse_rfc3339("2025-05-22T20:03:35.474764Z")
FALLBACK = {"afterSeconds": 60, "on": ["undelivered"], "payload": {"sms": "Hi"}}


def record(answer: Answer, *, store_content: bool = True, **changes: Any) -> dict[str, Any]:
    merge = merge_attempt(
        send_request(**changes), Attempt(answer, REQUESTED), REQUESTED, store_content=store_content
    )
    return fold(None, merge)


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
    assert (document["agentId"], document["messageId"]) == (AGENT, MESSAGE)
    assert "phoneNumber" not in document  # nobody but the revoke says it, and it may be wrong
    assert document["revokedTime"] == document["attempts"][0]["at"] == REQUESTED + timedelta(minutes=3)
    assert document["attempts"][0]["method"] == "delete"


def test_suppressed_request_says_why_and_made_no_attempt() -> None:
    document = fold(
        None, merge_suppression(send_request(), Suppression.EXPIRED, REQUESTED, store_content=True)
    )
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


def due_ms(document: dict[str, Any]) -> int:
    due: int = document["sweep"]["dueAtMs"]
    return due


@pytest.mark.parametrize(
    ("changes", "due_after"),
    [
        ({}, timedelta(days=30)),
        ({"ttl": "60s"}, timedelta(minutes=11)),
        ({"fallback": FALLBACK}, timedelta(seconds=60)),
        ({"fallback": {**FALLBACK, "afterSeconds": 3600}, "ttl": "60s"}, timedelta(minutes=11)),
        ({"fallback": {"on": ["unreachable"], "payload": {}}}, timedelta(days=30)),
    ],
    ids=["30 days", "expiry and grace", "fallback", "expiry before the fallback", "no deadline of its own"],
)
@pytest.mark.parametrize("http_status", [200, 503])
def test_message_is_due_at_its_first_deadline(
    http_status: int, changes: dict[str, Any], due_after: timedelta
) -> None:
    document = record(Answer(http_status), **changes)
    assert due_ms(document) == to_millis(REQUESTED + due_after)
    assert document["sweep"]["orphanDueAtMs"] == NEVER_MS
    assert 0 <= document["sweep"]["shard"] < SHARDS


@pytest.mark.parametrize("http_status", [400, 403, 404])
def test_message_that_was_not_taken_is_due_only_to_see_that_its_fallback_was_told(http_status: int) -> None:
    assert due_ms(record(Answer(http_status))) == NEVER_MS
    assert due_ms(record(Answer(http_status), fallback=FALLBACK)) == to_millis(REQUESTED) + 120_000


@pytest.mark.parametrize("reason", Suppression)
def test_suppressed_message_is_due_only_where_a_fallback_may_have_to_be_told(reason: Suppression) -> None:
    for changes, is_due in (({"fallback": FALLBACK}, True), ({}, False)):
        suppression = merge_suppression(send_request(**changes), reason, REQUESTED, store_content=True)
        assert (due_ms(fold_one([suppression])) < NEVER_MS) is is_due


def test_waiting_request_is_pending_and_made_no_attempt() -> None:
    document = fold_one([merge_waiting(send_request(), REQUESTED, store_content=True)])
    assert state_of(document) is State.PENDING
    assert "attempts" not in document


def test_last_attempt_says_that_nobody_repeats_it() -> None:
    document = fold_one([merge_last_attempt(record_answer(503), REQUESTED)])
    assert (state_of(document), document["gaveUpTime"]) == (State.PENDING, REQUESTED)


def test_fallback_is_kept_as_it_was_asked_for() -> None:
    assert record(Answer(200), fallback=FALLBACK)["fallback"] == FALLBACK
    assert "fallback" not in record(Answer(200))


def test_networks_without_a_launch_stand_with_the_attempt() -> None:
    states = ({"region": "fi-rcs", "state": "PENDING"},)
    merge = merge_attempt(
        send_request(), Attempt(Answer(404), REQUESTED, states), REQUESTED, store_content=True
    )
    assert fold_one([merge])["attempts"][0]["launchStates"] == list(states)
