"""What happens instead when a message can't be delivered: one decision per message, for others to act on.

Whoever sees that a decision is due appends its own, and reads back: the FIRST element of `fallbackDecisions`
is the decision, so that several actors agree without a transaction. One that was published is marked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.json_bytes import JsonObject
from rbm_ledger.domain.ledger import FieldPath, Merge, Record, State, message_path, state_of
from rbm_ledger.domain.times import to_millis

TOLD: FieldPath = ("sweep", "fallbackToldAtMs")

_RECEIPTS = ("DELIVERED", "READ")
# The mark of a call that the sweep made, beside those that somebody asked for.
SWEEP = "sweep"


class FallbackReason(StrEnum):
    """When a request wants its fallback; also the reason that the decision gives."""

    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    UNDELIVERED = "undelivered"


class Certainty(StrEnum):
    """Inconclusive: the message may be delivered all the same."""

    CONFIRMED = "confirmed"
    INCONCLUSIVE = "inconclusive"


# Why a request was not called (again): whoever opted out in the meantime wants no other channel either.
_UNWANTED = frozenset({"opted_out", "acknowledged_before", "prefix_not_allowed"})


@dataclass(frozen=True, slots=True)
class Fallback:
    """As requested. `after_seconds` counts from the request, for UNDELIVERED; `payload` is the caller's."""

    after_seconds: float | None
    on: tuple[FallbackReason, ...]
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class FallbackDecision:
    """That the fallback is requested, and why."""

    reason: str
    certainty: str
    decided_at: datetime

    def element(self) -> dict[str, Any]:
        """As it stands in `fallbackDecisions`."""
        return {
            "reason": str(self.reason),
            "certainty": str(self.certainty),
            "decidedTime": self.decided_at,
        }


def read_fallback(stored: JsonObject | str | None) -> Fallback | None:
    """Of checked fields of a request, or of a message's document, which may hold them as JSON text."""
    if stored is None:
        return None
    fields = json.loads(stored) if isinstance(stored, str) else stored
    reasons = tuple(reason for reason in FallbackReason if reason in fields["on"])
    return Fallback(fields.get("afterSeconds"), reasons, fields["payload"])


def describe_fallback(fallback: Fallback) -> dict[str, Any]:
    """As it stands in the document."""
    after = {} if fallback.after_seconds is None else {"afterSeconds": fallback.after_seconds}
    return {**after, "on": [reason.value for reason in fallback.on], "payload": fallback.payload}


def first_decision(record: Record) -> FallbackDecision | None:
    """The one that counts, whoever made it."""
    elements = record.get("fallbackDecisions")
    if not elements:
        return None
    return FallbackDecision(elements[0]["reason"], elements[0]["certainty"], elements[0]["decidedTime"])


def wanted_fallback(record: Record) -> Fallback | None:
    """None where none was asked for, or where the message was not wanted: that was a decision too."""
    if is_taken_back(record) or record.get("suppressedReason") in _UNWANTED:
        return None
    return read_fallback(record.get("fallback"))


def is_told(record: Record) -> bool:
    """Whether the decision was published."""
    return "fallbackToldAtMs" in record.get("sweep", {})


def is_delivered(record: Record) -> bool:
    return state_of(record) >= State.DELIVERED


def is_taken_back(record: Record) -> bool:
    """Whether somebody wanted the message back, though the platform may not have had it yet."""
    return any(
        attempt["method"] == "delete" and attempt.get("by") != SWEEP for attempt in record.get("attempts", ())
    )


def is_first_receipt(record: Record, element: Mapping[str, Any]) -> bool:
    """Whether the event, as it stands in `events`, was the first to tell that the message was delivered."""
    receipts = (event for event in record.get("events", ()) if event["eventType"] in _RECEIPTS)
    return next(receipts, None) == element


def merge_decision(record: Record, decision: FallbackDecision) -> Merge:
    return Merge(_path_of(record), unions={("fallbackDecisions",): (decision.element(),)})


def merge_told(record: Record, told_at: datetime) -> Merge:
    return Merge(_path_of(record), maxima={TOLD: to_millis(told_at)})


def _path_of(record: Record) -> tuple[str, ...]:
    return message_path(record["agentId"], record["messageId"])
