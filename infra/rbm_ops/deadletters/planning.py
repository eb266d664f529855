"""What a replay does with a dead letter: how it is published again, or why it had better not be. Pure.

A replay must not make a second message. Events may be repeated at will, and so may a request that carries its
id. One that named none had its id from its Pub/Sub message, and a replay is another Pub/Sub message: it gets
the id that the message's record holds, or, where nothing was recorded, none without the person's word.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rbm_ledger.domain.consent import Decision
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.deadletters.letters import DeadLetter

_NO_ORIGIN = "it came from {source}, which is none of this system's: publish it by hand (--prefix?)"
# What Terraform's `analytics` subscribes with.
_ANALYTICS = "updates-analytics"
_FOR_ANALYTICS = "it is missing in BigQuery alone: published again, it would be told to every subscriber anew"
_EXPIRED = (
    "its ttl was over {at}, and would count anew: it would come too late (--even-expired sends it all the "
    "same)"
)
_TOO_LATE = "its expireTime is over: `send` records it as not sent"
_LATE_OPT_IN = (
    "an opt-in would count from now, over an opt-out that may have come since {at} (--late-opt-ins "
    "publishes it all the same)"
)
_NO_ID = (
    "it named neither messageId nor idempotencyKey, and no record says which id it had: a call may have been "
    "made with that, and would be made with another one now (--allow-new-id: rather twice than never)"
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person takes upon himself."""

    even_expired: bool = False
    late_opt_ins: bool = False
    allow_new_id: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`refusal` is empty for what is to be published; `note` says what differs from what it was."""

    letter: DeadLetter
    data: bytes = b""
    attributes: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    note: str = ""


def plan_replay(letter: DeadLetter, choices: Choices, *, old_id: str | None, now: datetime) -> Plan:
    """`old_id`: the message id that the record of a request without one holds."""
    refusal = _find_refusal(letter, choices, now)
    if refusal:
        return Plan(letter, refusal=refusal)
    if not letter.lacks_id:
        note = _TOO_LATE if is_expired(letter, now) and "expireTime" in letter.fields else ""
        return Plan(letter, letter.data, letter.own_attributes, note=note)
    if old_id is not None and not letter.is_for_many:
        return _publish_as(letter, {"messageId": old_id}, f"as {old_id}, the id that it had")
    if choices.allow_new_id:
        key = make_new_key(letter)
        return _publish_as(letter, {"idempotencyKey": key}, f"with another id, made from {key}")
    return Plan(letter, refusal=_NO_ID)


def make_new_key(letter: DeadLetter) -> str:
    """The same on every replay, and for the same message that died twice."""
    published_at = format_rfc3339(letter.published_at) if letter.published_at else letter.id
    digest = hashlib.sha256(published_at.encode() + letter.data).hexdigest()
    return f"dead-letter/{digest[:32]}"


def is_expired(letter: DeadLetter, now: datetime) -> bool:
    expires_at = letter.find_expiry()
    return expires_at is not None and expires_at <= now


def _find_refusal(letter: DeadLetter, choices: Choices, now: datetime) -> str:
    if letter.source == f"{letter.prefix}-{_ANALYTICS}":
        return _FOR_ANALYTICS
    if not letter.topic:
        return _NO_ORIGIN.format(source=letter.source or "nowhere that is named")
    if not choices.even_expired and "ttl" in letter.fields and is_expired(letter, now):
        return _EXPIRED.format(at=letter.find_expiry())
    if not choices.late_opt_ins and _is_opt_in(letter):
        return _LATE_OPT_IN.format(at=letter.published_at or letter.died_at)
    return ""


def _is_opt_in(letter: DeadLetter) -> bool:
    consent: Any = letter.fields.get(RequestKind.CONSENT.value)
    return letter.is_request and isinstance(consent, dict) and consent.get("state") == Decision.OPTED_IN


def _publish_as(letter: DeadLetter, named: Mapping[str, str], note: str) -> Plan:
    return Plan(letter, encode_compact({**letter.fields, **named}), letter.own_attributes, note=note)
