"""Which record is that of a request that named no id: one that can be no other, or none."""

from datetime import datetime, timedelta
from typing import Any

from tests.infra.deadletters.letters import PUBLISHED_AT

from rbm_ops.deadletters.old_ids import choose_old_id

ASKED, OTHER = "fingerprint", "another"
HOUR = timedelta(hours=1)


def record(message_id: str, requested_at: datetime = PUBLISHED_AT, **fields: Any) -> dict[str, Any]:
    return {"messageId": message_id, "requestedTime": requested_at, "fingerprints": [ASKED], **fields}


def choose(*records: dict[str, Any]) -> str | None:
    return choose_old_id(records, ASKED, PUBLISHED_AT)


def test_record_of_the_same_content_and_publish_time_is_the_one() -> None:
    assert choose(record("a"), record("b", PUBLISHED_AT + HOUR), record("c", fingerprints=[OTHER])) == "a"


def test_record_that_a_replay_has_written_again_is_still_the_one() -> None:
    replayed = record("a", PUBLISHED_AT + 2 * HOUR, gaveUpTime=PUBLISHED_AT + HOUR)
    assert choose(replayed) == "a"


def test_record_of_a_request_before_or_after_it_is_another() -> None:
    assert choose(record("a", PUBLISHED_AT - HOUR)) is None
    assert choose(record("a", PUBLISHED_AT + HOUR)) is None
    assert choose(record("a", PUBLISHED_AT - HOUR, gaveUpTime=PUBLISHED_AT + HOUR)) is None


def test_two_that_it_could_be_are_none() -> None:
    assert choose(record("a"), record("b")) is None


def test_record_that_only_events_or_a_refusal_made_is_none() -> None:
    assert choose({"messageId": "a"}, {"messageId": "b", "requestedTime": PUBLISHED_AT}) is None
