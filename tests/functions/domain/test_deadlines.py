"""When somebody must look at a message again."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.functions.domain.builders import REQUESTED, send_request
from tests.functions.domain.swept import after

from rbm_ledger.domain.deadlines import (
    NEVER_MS,
    SHARDS,
    first_deadline_ms,
    last_deadline,
    orphan_deadline_ms,
    shard_of,
)
from rbm_ledger.domain.times import to_millis

THIRTY_DAYS = 30 * 24 * 3600


def wanted(seconds: float | None, *reasons: str) -> dict[str, Any]:
    deadline = {} if seconds is None else {"afterSeconds": seconds}
    return {"fallback": {**deadline, "on": list(reasons), "payload": {}}}


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, THIRTY_DAYS),
        ({"ttl": "60s"}, 660),
        ({"ttl": "15.5s"}, 615.5),
        ({"expireTime": "2026-11-22T11:30:00Z"}, 2400),
        (wanted(60, "undelivered"), 60),
        (wanted(0.5 + 1, "undelivered"), 1.5),
        ({"ttl": "60s", **wanted(5000, "undelivered")}, 660),
        ({"ttl": "60s", **wanted(None, "expired")}, 660),
        (wanted(None, "unreachable"), THIRTY_DAYS),
        (wanted(THIRTY_DAYS, "undelivered"), THIRTY_DAYS),
    ],
)
def test_first_deadline_is_the_earlier_one(changes: dict[str, Any], seconds: float) -> None:
    request = send_request(**changes)
    due_ms = first_deadline_ms(REQUESTED, request.expire_time, request.fallback)
    assert due_ms == to_millis(after(seconds))


@pytest.mark.parametrize(("ttl_seconds", "seconds"), [(None, THIRTY_DAYS), (0, 600), (86400, 87000)])
def test_last_deadline_is_some_grace_after_the_expiry_or_thirty_days(
    ttl_seconds: float | None, seconds: float
) -> None:
    expire_time: datetime | None = None if ttl_seconds is None else after(ttl_seconds)
    assert last_deadline(REQUESTED, expire_time) == after(seconds)


def test_orphan_is_looked_at_a_quarter_of_an_hour_after_its_event() -> None:
    assert orphan_deadline_ms(REQUESTED) == to_millis(REQUESTED + timedelta(minutes=15))


def test_no_deadline_is_as_late_as_never() -> None:
    assert to_millis(after(100 * 365 * 24 * 3600)) < NEVER_MS < 2**53


def test_shard_is_the_same_for_ever_and_shards_are_even() -> None:
    assert shard_of("5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11") == 15
    counts = Counter(shard_of(str(uuid.UUID(int=number))) for number in range(16_000))
    assert set(counts) == set(range(SHARDS))
    assert max(counts.values()) < 1.2 * min(counts.values())
