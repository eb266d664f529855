"""Two requests that want one message id: what stands beside the record of the first."""

import pytest
from tests.functions.domain.builders import (
    AGENT,
    MESSAGE,
    PHONE,
    REQUESTED,
    correlate_type,
    fold_one,
    record_answer,
    refuse,
    send_request,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.fallback import is_taken_back
from rbm_ledger.domain.ledger import fold
from rbm_ledger.domain.records import (
    is_conflicting,
    merge_conflict,
    merge_refused_repeat,
)
from rbm_ledger.domain.requests import Claim, Sender


def test_record_of_other_content_conflicts_and_keeps_who_else_asked() -> None:
    first, other = send_request(), send_request(contentMessage={"text": "Other"}, source="orders")
    document = fold_one([record_answer(200)])
    assert not is_conflicting(first, document)
    assert is_conflicting(other, document)
    refused = fold(document, merge_conflict(other, REQUESTED))
    assert refused == {
        **document,
        "conflicts": [
            {
                "fingerprint": other.fingerprint,
                "requestedTime": REQUESTED,
                "source": "orders",
                "clientReference": "",
            }
        ],
    }


def test_two_contents_that_were_recorded_at_once_conflict_for_both() -> None:
    other = send_request(contentMessage={"text": "Other"})
    both = fold_one([record_answer(200), record_answer(200, contentMessage={"text": "Other"})])
    assert is_conflicting(send_request(), both)
    assert is_conflicting(other, both)


def test_document_that_send_has_not_written_conflicts_with_nothing() -> None:
    assert not is_conflicting(send_request(), {})
    assert not is_conflicting(send_request(), fold_one(correlate_type("DELIVERED")))


def test_invalid_repeat_of_a_sound_request_leaves_its_record_as_it_is() -> None:
    refusal = refuse(request_bytes(messageId=MESSAGE, ttl="1h"))
    document = fold_one([record_answer(200)])
    claim = Claim(AGENT, PHONE, MESSAGE, Sender("orders", "1"))
    refused = fold(document, merge_refused_repeat(claim, refusal, REQUESTED))
    [conflict] = refused.pop("conflicts")
    assert refused == document
    assert [fault["path"] for fault in conflict["faults"]] == ["ttl"]
    assert (conflict["source"], conflict["clientReference"]) == ("orders", "1")


@pytest.mark.parametrize("http_status", [404, 503])
def test_revoke_that_the_platform_did_not_take_is_remembered(http_status: int) -> None:
    assert is_taken_back(fold_one([record_answer(http_status, revoke=True)]))
    assert not is_taken_back(fold_one([record_answer(http_status)]))
