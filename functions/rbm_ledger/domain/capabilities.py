"""What a phone can show: the last answers of the platform, positive and negative, with the time of each.

`features` come with a positive answer; those of the latest one are in force.
"""

from datetime import datetime, timedelta
from typing import Any

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Record, agent_path
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.times import format_rfc3339, from_millis, to_millis

_MAX_FEATURES = 100


def capability_path(agent_id: str, phone_number: str) -> DocumentPath:
    return (*agent_path(agent_id), "capabilities", make_document_id(phone_number))


def merge_capability(agent_id: str, phone_number: str, answer: Answer, at: datetime) -> Merge:
    """Of an answer 200 or 404."""
    at_ms = to_millis(at)
    values: dict[FieldPath, Any] = {("agentId",): agent_id, ("phoneNumber",): phone_number}
    if answer.http_status != 200:
        return Merge(capability_path(agent_id, phone_number), values, maxima={("unreachableAtMs",): at_ms})
    carrier = answer.body.get("carrier")
    if isinstance(carrier, str) and carrier:
        values[("carrier",)] = carrier
    return Merge(
        capability_path(agent_id, phone_number),
        values,
        maxima={
            ("reachableAtMs",): at_ms,
            **{("featuresAtMs", feature): at_ms for feature in _read_features(answer)},
        },
    )


def is_fresh(record: Record, now: datetime, max_age: timedelta) -> bool:
    return _checked_at_ms(record) > to_millis(now - max_age)


def describe_capability(record: Record) -> dict[str, Any]:
    """`state` is reachable or unreachable: whichever the platform said later."""
    reachable_at_ms = record.get("reachableAtMs", 0)
    is_reachable = reachable_at_ms >= record.get("unreachableAtMs", 0)
    features = record.get("featuresAtMs", {})
    return {
        "agentId": record["agentId"],
        "phoneNumber": record["phoneNumber"],
        "state": "reachable" if is_reachable else "unreachable",
        "features": sorted(
            name for name, at_ms in features.items() if is_reachable and at_ms == reachable_at_ms
        ),
        **({"carrier": record["carrier"]} if "carrier" in record else {}),
        "checkedTime": format_rfc3339(from_millis(_checked_at_ms(record))),
    }


def _checked_at_ms(record: Record) -> int:
    checked_at_ms: int = max(record.get("reachableAtMs", 0), record.get("unreachableAtMs", 0))
    return checked_at_ms


def _read_features(answer: Answer) -> list[str]:
    features = answer.body.get("features")
    named = features if isinstance(features, list) else []
    return [feature for feature in named if isinstance(feature, str) and feature.isidentifier()][
        :_MAX_FEATURES
    ]
