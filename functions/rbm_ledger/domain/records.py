"""What `send` knows of a message, as merges into its document."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.deadlines import (
    DUE,
    NEVER_MS,
    ORPHAN_DUE,
    SHARD,
    first_deadline_ms,
    shard_of,
    telling_deadline_ms,
)
from rbm_ledger.domain.fallback import describe_fallback
from rbm_ledger.domain.json_bytes import storable
from rbm_ledger.domain.ledger import FieldPath, Merge, Record, State, message_path, quarantine_path
from rbm_ledger.domain.outcomes import Attempt, state_after
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import Claim, InvalidRequest, Sender, SendRequest
from rbm_ledger.domain.times import parse_rfc3339

# A document has at most 1 MiB (cloud.google.com/firestore/quotas, read 2026-11).
_MAX_RAW_BYTES = 900_000

# What an answer tells about a message, beyond what was sent. Its expireTime is no value for the record's own:
# a late write of an earlier attempt would undo it.
_PLATFORM_FIELDS = ("sendTime", "expireTime", "carrier", "richMessageClassification", "totalPayloadSizeBytes")

# However often an id is asked for again, the document stays below its limit.
_MAX_CONFLICTS = 100
_MOST_FAULTS = 5

# States that `send` gives and that nothing more is awaited after, but that a fallback may be told of.
_NOT_SENT = frozenset({State.SUPPRESSED, State.REJECTED, State.UNREACHABLE})


class Suppression(StrEnum):
    """Why a sound request was not sent."""

    EXPIRED = "expired"
    OPTED_OUT = "opted_out"
    ACKNOWLEDGED_BEFORE = "acknowledged_before"
    PREFIX_NOT_ALLOWED = "prefix_not_allowed"
    FALLBACK_REQUESTED = "fallback_requested"
    REVOKED_BEFORE = "revoked_before"


def merge_attempt(
    request: SendRequest, attempt: Attempt, requested_at: datetime, *, store_content: bool
) -> Merge:
    """What the record says once the platform has answered a create call."""
    state = state_after(request.kind, attempt.answer) or State.UNKNOWN_MESSAGE
    merge = _merge_request(request, state, requested_at, store_content=store_content)
    accepted = _acceptance_values(attempt) if state is State.ACCEPTED else {}
    return Merge(
        merge.document,
        {**merge.values, **accepted},
        merge.maxima,
        {**merge.unions, ("attempts",): (attempt.element("create"),)},
    )


def merge_waiting(request: SendRequest, requested_at: datetime, *, store_content: bool) -> Merge:
    """The record of a request that is to be sent, but was not yet."""
    return _merge_request(request, State.PENDING, requested_at, store_content=store_content)


def merge_suppression(
    request: SendRequest, reason: Suppression, requested_at: datetime, *, store_content: bool
) -> Merge:
    """The record of a request that was not sent, and why."""
    merge = _merge_request(request, State.SUPPRESSED, requested_at, store_content=store_content)
    return _add_values(merge, {("suppressedReason",): reason.value})


def merge_abandonment(
    request: SendRequest, reason: Suppression, requested_at: datetime, now: datetime, *, store_content: bool
) -> Merge:
    """The record of a call without an answer that must not be repeated: only a receipt can tell."""
    merge = _merge_request(request, State.UNRESOLVED, requested_at, store_content=store_content)
    return _add_values(merge, {("suppressedReason",): reason.value, ("unresolvedTime",): now})


def merge_conflict(request: SendRequest, requested_at: datetime) -> Merge:
    """Beside the record of a message: another request wanted its id for something else."""
    return _merge_beside(
        request.agent_id,
        request.message_id,
        {**_describe_other(requested_at, request.sender), "fingerprint": request.fingerprint},
    )


def merge_last_attempt(merge: Merge, gave_up_at: datetime) -> Merge:
    """The same record, which also says that nobody repeats the request any more."""
    return _add_values(merge, {("gaveUpTime",): gave_up_at})


def merge_revoke(agent_id: str, message_id: str, attempt: Attempt) -> Merge:
    """Its outcome is its HTTP status alone; no event tells of it. The number that it named may be wrong."""
    is_revoked = state_after(RequestKind.REVOKE, attempt.answer) is State.REVOKED
    return Merge(
        message_path(agent_id, message_id),
        {
            **_identity_values(agent_id, "", message_id),
            SHARD: shard_of(message_id),
            **({("revokedTime",): attempt.at} if is_revoked else {}),
        },
        maxima={("stateRank",): State.REVOKED.value if is_revoked else 0},
        unions={("attempts",): (attempt.element("delete"),)},
    )


def merge_rejection(claim: Claim, refusal: InvalidRequest, requested_at: datetime) -> Merge:
    """The record of a request that can never succeed, with every reason."""
    return Merge(
        message_path(claim.agent_id, claim.message_id),
        {
            **_identity_values(claim.agent_id, claim.phone_number, claim.message_id),
            **_sender_values(claim.sender),
            ("requestedTime",): requested_at,
            ("faults",): _describe_faults(refusal),
            SHARD: shard_of(claim.message_id),
        },
        maxima={("stateRank",): State.REJECTED.value, ORPHAN_DUE: NEVER_MS},
    )


def merge_refused_repeat(claim: Claim, refusal: InvalidRequest, requested_at: datetime) -> Merge:
    """Beside the record of a message: its id was also asked for by a request that can never succeed."""
    return _merge_beside(
        claim.agent_id,
        claim.message_id,
        {**_describe_other(requested_at, claim.sender), "faults": _describe_faults(refusal)[:_MOST_FAULTS]},
    )


def quarantine_request(data: bytes, reason: str) -> Merge:
    """A published request as it came: one that does not even name its agent, or one for many."""
    return Merge(
        quarantine_path(data),
        {("family",): "SendRequest", ("reason",): reason, ("raw",): data[:_MAX_RAW_BYTES]},
    )


def is_conflicting(request: SendRequest, record: Record) -> bool:
    """Whether the record is that of something else than what is asked for."""
    fingerprints = record.get("fingerprints", ())
    return bool(fingerprints) and list(fingerprints) != [request.fingerprint]


def has_room_for_conflict(record: Record) -> bool:
    return len(record.get("conflicts", ())) < _MAX_CONFLICTS


def _merge_request(
    request: SendRequest, state: State, requested_at: datetime, *, store_content: bool
) -> Merge:
    return Merge(
        message_path(request.agent_id, request.message_id),
        {
            **_request_values(request, requested_at, store_content=store_content),
            SHARD: shard_of(request.message_id),
        },
        maxima={
            ("stateRank",): state.value,
            DUE: _find_due_ms(request, state, requested_at),
            ORPHAN_DUE: NEVER_MS,
            **_claim(request.fingerprint),
        },
        unions={("fingerprints",): (request.fingerprint,)},
    )


def _claim(fingerprint: str) -> dict[FieldPath, int]:
    """A bound from either side: the answer to a write tells of maxima, so of another content beside it."""
    number = int(fingerprint[:12], 16)
    return {("claim", "highest"): number, ("claim", "lowestNegated"): -number}


def _find_due_ms(request: SendRequest, state: State, requested_at: datetime) -> int:
    if state not in _NOT_SENT:
        return first_deadline_ms(requested_at, request.expire_time, request.fallback)
    return telling_deadline_ms(requested_at) if request.fallback else NEVER_MS


def _add_values(merge: Merge, values: Mapping[FieldPath, Any]) -> Merge:
    return Merge(merge.document, {**merge.values, **values}, merge.maxima, merge.unions)


def _merge_beside(agent_id: str, message_id: str, conflict: dict[str, Any]) -> Merge:
    return Merge(message_path(agent_id, message_id), unions={("conflicts",): (conflict,)})


def _describe_other(requested_at: datetime, sender: Sender) -> dict[str, Any]:
    return {
        "requestedTime": requested_at,
        "source": sender.source,
        "clientReference": sender.client_reference,
    }


def _describe_faults(refusal: InvalidRequest) -> list[dict[str, str]]:
    return [{"path": fault.path, "problem": fault.problem} for fault in refusal.faults]


def _request_values(
    request: SendRequest, requested_at: datetime, *, store_content: bool
) -> dict[FieldPath, Any]:
    message = request.agent_message
    fallback = request.fallback
    optional = {
        ("content",): storable(message["contentMessage"]) if store_content else None,
        ("messageTrafficType",): message.get("messageTrafficType"),
        ("expireTime",): request.expire_time,
        ("fallback",): storable(describe_fallback(fallback)) if fallback else None,
    }
    return {
        **_identity_values(request.agent_id, request.phone_number, request.message_id),
        **_sender_values(request.sender),
        ("requestedTime",): requested_at,
        **{path: value for path, value in optional.items() if value is not None},
    }


def _identity_values(agent_id: str, phone_number: str, message_id: str) -> dict[FieldPath, Any]:
    return {
        ("agentId",): agent_id,
        ("messageId",): message_id,
        **({("phoneNumber",): phone_number} if phone_number else {}),
    }


def _sender_values(sender: Sender) -> dict[FieldPath, Any]:
    return {(name,): value for name, value in sender.describe().items()}


def _acceptance_values(attempt: Attempt) -> dict[FieldPath, Any]:
    body = attempt.answer.body
    return {
        ("acceptedTime",): parse_rfc3339(body.get("sendTime")) or attempt.at,
        **{
            ("platform", name): parse_rfc3339(body[name]) or storable(body[name])
            for name in _PLATFORM_FIELDS
            if name in body
        },
    }
