"""What an answer of the RBM platform means for a message (rbm-platform, sections 3.4 and 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rbm_ledger.domain.json_bytes import JsonObject, storable
from rbm_ledger.domain.ledger import FieldPath, Merge, State, message_path, quarantine_path
from rbm_ledger.domain.requests import Claim, InvalidRequest, RequestKind, Sender, SendRequest
from rbm_ledger.domain.times import parse_rfc3339

NO_ANSWER = 0
_MAX_REASON_CHARACTERS = 500

# A document has at most 1 MiB (cloud.google.com/firestore/quotas, read 2026-11).
_MAX_RAW_BYTES = 900_000

# 409 is not documented; it can only mean that an earlier attempt with this id was taken (fact 12).
_STATES_AFTER_CREATE = {
    200: State.ACCEPTED,
    409: State.ACCEPTED,
    404: State.UNREACHABLE,
}
# Statuses of 4xx that settle nothing, as all do that are neither 200 nor 4xx.
_OPEN_STATUSES = frozenset({408, 429})

# What an answer tells about a message, beyond what was sent. Its expireTime is no value for the record's own:
# a late write of an earlier attempt would undo it.
_PLATFORM_FIELDS = ("sendTime", "expireTime", "carrier", "richMessageClassification", "totalPayloadSizeBytes")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call came back with. `status` and `message` are Google's `error.status` and `error.message`.

    `http_status` is NO_ANSWER when the call timed out or the connection broke.
    """

    http_status: int
    status: str = ""
    message: str = ""
    body: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call and its answer, at the time it came."""

    answer: Answer
    at: datetime

    def element(self, method: str) -> dict[str, Any]:
        return {
            "at": self.at,
            "method": method,
            "httpStatus": self.answer.http_status,
            "status": self.answer.status,
            "message": self.answer.message[:_MAX_REASON_CHARACTERS],
        }


def state_after(kind: RequestKind, answer: Answer) -> State | None:
    """PENDING: call again with the same id. None: nothing is known that was not known before."""
    return _state_after_revoke(answer) if kind is RequestKind.REVOKE else _state_after_create(answer)


def merge_attempt(
    request: SendRequest, attempt: Attempt, requested_at: datetime, *, store_content: bool
) -> Merge:
    """What the record says once the platform has answered."""
    if request.kind is RequestKind.REVOKE:
        return _merge_revoke(request, attempt)
    state = _state_after_create(attempt.answer)
    values = _request_values(request, requested_at, store_content=store_content)
    if state is State.ACCEPTED:
        values |= _acceptance_values(attempt)
    return Merge(
        message_path(request.agent_id, request.message_id),
        values,
        maxima={("stateRank",): state.value},
        unions={("attempts",): (attempt.element("create"),)},
    )


def merge_suppression(
    request: SendRequest, reason: str, requested_at: datetime, *, store_content: bool
) -> Merge:
    """The record of a request that was not sent, and why."""
    values = _request_values(request, requested_at, store_content=store_content)
    return Merge(
        message_path(request.agent_id, request.message_id),
        {**values, ("suppressedReason",): reason},
        maxima={("stateRank",): State.SUPPRESSED.value},
    )


def merge_rejection(claim: Claim, refusal: InvalidRequest, requested_at: datetime) -> Merge:
    """The record of a request that can never succeed, with every reason."""
    return Merge(
        message_path(claim.agent_id, claim.message_id),
        {
            **_identity_values(claim.agent_id, claim.phone_number, claim.message_id),
            **_sender_values(claim.sender),
            ("requestedTime",): requested_at,
            ("faults",): [{"path": fault.path, "problem": fault.problem} for fault in refusal.faults],
        },
        maxima={("stateRank",): State.REJECTED.value},
    )


def quarantine_request(data: bytes, reason: str) -> Merge:
    """A published request that does not even name its agent, as it came."""
    return Merge(
        quarantine_path(data),
        {("family",): "SendRequest", ("reason",): reason, ("raw",): data[:_MAX_RAW_BYTES]},
    )


def _state_after_create(answer: Answer) -> State:
    settled = State.PENDING if _is_open(answer) else State.REJECTED
    return _STATES_AFTER_CREATE.get(answer.http_status, settled)


def _state_after_revoke(answer: Answer) -> State | None:
    """A 404 says that the message was delivered; the receipt will say so too, and wins by itself."""
    if answer.http_status == 200:
        return State.REVOKED
    return State.PENDING if _is_open(answer) else None


def _is_open(answer: Answer) -> bool:
    return not 400 <= answer.http_status < 500 or answer.http_status in _OPEN_STATUSES


def _merge_revoke(request: SendRequest, attempt: Attempt) -> Merge:
    revoked = _state_after_revoke(attempt.answer) is State.REVOKED
    return Merge(
        message_path(request.agent_id, request.message_id),
        {
            **_identity_values(request.agent_id, request.phone_number, request.message_id),
            **({("revokedTime",): attempt.at} if revoked else {}),
        },
        maxima={("stateRank",): State.REVOKED.value if revoked else State.UNKNOWN_MESSAGE.value},
        unions={("attempts",): (attempt.element("delete"),)},
    )


def _request_values(
    request: SendRequest, requested_at: datetime, *, store_content: bool
) -> dict[FieldPath, Any]:
    message = request.agent_message
    optional = {
        ("content",): storable(message["contentMessage"]) if store_content else None,
        ("messageTrafficType",): message.get("messageTrafficType"),
        ("expireTime",): request.expire_time,
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
    named: Mapping[str, Any] = {
        "source": sender.source,
        "clientReference": sender.client_reference,
        "labels": sender.labels,
    }
    return {(name,): value for name, value in named.items() if value}


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
