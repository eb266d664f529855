"""What a message's document says of its fallback."""

import json
from typing import Any

import pytest
from tests.functions.domain.builders import correlate_type
from tests.functions.domain.swept import (
    PAYLOAD,
    after,
    answered,
    decided,
    fallback,
    message,
    suppressed,
    taken_back,
    told,
)
from tests.support.payloads import event_bytes

from rbm_ledger.domain.correlation import event_element
from rbm_ledger.domain.deciding import find_decision
from rbm_ledger.domain.events import UserEvent, parse_event
from rbm_ledger.domain.fallback import (
    Fallback,
    FallbackReason,
    describe_fallback,
    first_decision,
    is_first_receipt,
    is_told,
    read_fallback,
)
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.records import Suppression

NOW = after(700)
ALL = ("unreachable", "expired", "undelivered")
[DELIVERED] = correlate_type("DELIVERED")
[EXPIRED] = correlate_type("TTL_EXPIRATION_REVOKED")
[INCONCLUSIVE] = correlate_type("TTL_EXPIRATION_REVOKE_FAILED")
EARLIER = answered(503, *ALL)

DECISIONS: dict[str, tuple[tuple[Merge, ...], tuple[str, str] | None]] = {
    "accepted": ((answered(200, *ALL),), None),
    "unreachable": ((answered(404, *ALL),), ("unreachable", "confirmed")),
    "unreachable, only undelivered wanted": ((answered(404, "undelivered"),), ("undelivered", "confirmed")),
    "unreachable, only expired wanted": ((answered(404, "expired"),), None),
    "unreachable, nothing wanted": ((answered(404),), None),
    "expired": ((answered(200, *ALL), EXPIRED), ("expired", "confirmed")),
    "expired, only undelivered wanted": (
        (answered(200, "undelivered", ttl="60s"), EXPIRED),
        ("undelivered", "confirmed"),
    ),
    "expired, only unreachable wanted": ((answered(200, "unreachable"), EXPIRED), None),
    "expired, before its request was recorded": ((EXPIRED,), None),
    "expired, recorded later": ((EXPIRED, answered(200, *ALL)), ("expired", "confirmed")),
    "expiry inconclusive": ((answered(200, *ALL), INCONCLUSIVE), None),
    "expired and delivered": ((answered(200, *ALL), EXPIRED, DELIVERED), None),
    "decided and delivered": ((answered(200, *ALL), decided(), DELIVERED), None),
    "rejected": ((answered(400, *ALL),), ("undelivered", "confirmed")),
    "unreachable after a call without an answer": (
        (answered(0, *ALL), answered(404, *ALL)),
        ("unreachable", "inconclusive"),
    ),
    "rejected after a call that failed": (
        (answered(503, *ALL), answered(400, *ALL)),
        ("undelivered", "inconclusive"),
    ),
    "unreachable after calls that were turned away": (
        (answered(429, *ALL), answered(401, *ALL), answered(404, *ALL)),
        ("unreachable", "confirmed"),
    ),
    "expired, taken back, after a call without an answer": (
        (answered(0, *ALL), EXPIRED),
        ("expired", "confirmed"),
    ),
    "rejected, not wanted": ((answered(400, "expired", "unreachable"),), None),
    "never sent": ((suppressed(Suppression.EXPIRED, *ALL),), ("expired", "confirmed")),
    "called once, then expired": ((EARLIER, suppressed(Suppression.EXPIRED, *ALL)), None),
    "opted out": ((suppressed(Suppression.OPTED_OUT, *ALL),), None),
    "revoked by somebody": ((answered(200, *ALL), taken_back(200, 60)), None),
    "revoked by somebody in vain, then expired": ((answered(200, *ALL), taken_back(404, 60), EXPIRED), None),
    "decided before": (
        (answered(200, *ALL), decided("undelivered", "inconclusive"), EXPIRED),
        ("undelivered", "inconclusive"),
    ),
    "decided twice": (
        (answered(200, *ALL), decided("expired", seconds=5), decided("undelivered", seconds=3)),
        ("expired", "confirmed"),
    ),
}


@pytest.mark.parametrize(("merges", "decision"), DECISIONS.values(), ids=DECISIONS.keys())
def test_decision(merges: tuple[Merge, ...], decision: tuple[str, str] | None) -> None:
    found = find_decision(message(*merges), NOW)
    assert (found and (found.reason, found.certainty)) == decision


def test_decision_that_was_made_keeps_its_time() -> None:
    record = message(answered(200, *ALL), decided(seconds=61), decided(seconds=60))
    found = find_decision(record, NOW)
    assert found is not None
    assert found == first_decision(record)
    assert found.decided_at == after(61)
    assert found.element() == record["fallbackDecisions"][0]


def test_decision_of_now_is_of_now() -> None:
    found = find_decision(message(answered(404, *ALL)), NOW)
    assert found is not None
    assert found.decided_at == NOW


def test_decision_is_told_once_it_is_marked() -> None:
    record = (answered(200, *ALL), decided())
    assert not is_told(message(*record))
    assert is_told(message(*record, told()))


@pytest.mark.parametrize("payload", [PAYLOAD, {}, {"a": {"b": [1]}}, {"__deep__": [[1]]}])
def test_fallback_is_read_as_it_was_requested(payload: dict[str, Any]) -> None:
    asked_for = {**fallback(*ALL), "payload": payload}
    expected = Fallback(60, tuple(FallbackReason), payload)
    assert read_fallback(asked_for) == expected
    assert read_fallback(json.dumps(asked_for)) == expected
    assert read_fallback(message(answered(200, *ALL, fallback=asked_for))["fallback"]) == expected
    assert describe_fallback(expected) == asked_for


def test_no_fallback_is_none() -> None:
    assert read_fallback(None) is None


def test_first_receipt_is_the_first_that_was_written() -> None:
    read, delivered = (
        event_element(event)
        for name in ("user-event-read", "user-event-delivered")
        if isinstance(event := parse_event(event_bytes(name)), UserEvent)
    )
    record = {"events": [{"eventId": "1", "eventType": "TTL_EXPIRATION_REVOKED"}, read, delivered]}
    assert is_first_receipt(record, read)
    assert not is_first_receipt(record, delivered)
    assert not is_first_receipt({}, delivered)
