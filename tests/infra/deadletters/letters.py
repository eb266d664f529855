"""Dead letters as Pub/Sub hands them out."""

import json
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.deadletters.letters import DeadLetter

PUBLISHED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
DIED_AT = datetime(2026, 11, 22, 11, tzinfo=UTC)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MESSAGE = {
    "agentId": "growing-tree-bank",
    "phoneNumber": "+14155550101",
    "contentMessage": {"text": "Hello"},
}


def make_letter(
    data: bytes | None = None,
    *,
    letter_id: str = "17",
    source: str = "rbm-send-requests-send",
    attributes: dict[str, str] | None = None,
    prefix: str = "rbm",
    **fields: Any,
) -> DeadLetter:
    """Of a request with these fields, or of these bytes."""
    added = {
        "CloudPubSubDeadLetterSourceSubscription": source,
        "CloudPubSubDeadLetterSourceDeliveryCount": "10",
        "CloudPubSubDeadLetterSourceTopicPublishTime": format_rfc3339(PUBLISHED_AT),
    }
    return DeadLetter(
        id=letter_id,
        ack_id=f"ack-{letter_id}",
        data=json.dumps({**MESSAGE, **fields}).encode() if data is None else data,
        attributes={**added, **(attributes or {})},
        died_at=DIED_AT,
        prefix=prefix,
    )
