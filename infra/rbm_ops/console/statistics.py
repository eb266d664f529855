"""What became of the recent messages, in numbers. Pure."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rbm_ledger.domain.ledger import Record, State, state_of
from rbm_ops.console.rows import event_time

# Each step of the funnel holds those below it too.
_FUNNEL = {"accepted": State.ACCEPTED, "delivered": State.DELIVERED, "read": State.READ}

_Recipient = tuple[str, str]


def describe_statistics(messages: Sequence[Record], user_messages: Iterable[Record]) -> dict[str, Any]:
    """`deliverySeconds` from acceptance to DELIVERED, `readSeconds` from DELIVERED to READ."""
    states = [state_of(message) for message in messages]
    reached = {step: sum(state >= least for state in states) for step, least in _FUNNEL.items()}
    in_funnel = set(_FUNNEL.values())
    return {
        "funnel": {
            "requested": len(messages),
            **reached,
            "answered": len(_find_answered(messages, user_messages)),
        },
        "others": Counter(state.label for state in states if state not in in_funnel),
        "deliverySeconds": _gaps(
            (message.get("acceptedTime"), event_time(message, "DELIVERED")) for message in messages
        ),
        "readSeconds": _gaps(
            (event_time(message, "DELIVERED"), event_time(message, "READ")) for message in messages
        ),
    }


def _gaps(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[float]:
    """Seconds; a phone's clock that is behind makes none negative."""
    return [
        max(0.0, round((until - since).total_seconds(), 3))
        for since, until in pairs
        if since is not None and until is not None
    ]


def _find_answered(messages: Iterable[Record], user_messages: Iterable[Record]) -> set[str]:
    """Ids of the messages after which the user wrote: each answer goes to the latest one before it."""
    accepted: dict[_Recipient, list[tuple[datetime, str]]] = defaultdict(list)
    for message in messages:
        if "acceptedTime" in message:
            accepted[_recipient(message)].append((message["acceptedTime"], message["messageId"]))
    answered = set()
    for user_message in user_messages:
        sent = sorted(accepted[_recipient(user_message)])
        written_at = user_message.get("sendTime") or user_message["updatedTime"]
        before = bisect_right(sent, written_at, key=lambda entry: entry[0])
        if before:
            answered.add(sent[before - 1][1])
    return answered


def _recipient(record: Record) -> _Recipient:
    return (record.get("agentId", ""), record.get("phoneNumber", ""))
