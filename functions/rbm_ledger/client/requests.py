"""Send requests, as they are published. Each needs a key of the caller's own: the same key, the same message.

A key that is made anew with every try would send a message with every try; so there is no default. Good ones
name the reason for the message: "order-1234/shipped". A UUID is taken as the message id itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from rbm_ledger.client.contents import Content, format_time, given
from rbm_ledger.domain.bulk import BulkRequest as CheckedBulkRequest
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.fallback import FallbackReason
from rbm_ledger.domain.json_bytes import JsonObject, encode_compact
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest

Key = str | UUID


@dataclass(frozen=True, slots=True)
class Request:
    """Anything that is asked for once; `fields` is what is published."""

    fields: JsonObject


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """One message each for many recipients; `fields` is what is published."""

    fields: JsonObject


@dataclass(frozen=True, slots=True)
class Fallback:
    """When the message can't be delivered, an update says so, once, and gives `payload` back.

    UNDELIVERED comes `after` so long without a receipt, and takes the message back first.
    """

    on: Sequence[FallbackReason]
    payload: JsonObject
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """`values` are what stands for each `{{name}}` in the texts of the content."""

    to: str
    values: Mapping[str, str | float] = field(default_factory=dict)
    client_reference: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


class Options(TypedDict, total=False):
    """Who asks, and what they want back in the record and every update. `validate_only`: nothing is sent."""

    source: str
    client_reference: str
    labels: Mapping[str, str]
    validate_only: bool


class MessageOptions(Options, total=False):
    """How a message is sent; it expires after `ttl` or at `expire_time`."""

    traffic_type: str
    ttl: timedelta
    expire_time: datetime
    fallback: Fallback
    track_taps: bool


def message(
    *, agent_id: str, to: str, content: Content, key: Key, **options: Unpack[MessageOptions]
) -> Request:
    """A message to one number, in E.164."""
    return Request(
        {**_name(agent_id, key), "phoneNumber": to, "contentMessage": content, **_describe(**options)}
    )


def bulk(
    *,
    agent_id: str,
    recipients: Sequence[Recipient],
    content: Content,
    key: str,
    **options: Unpack[MessageOptions],
) -> BulkRequest:
    """The same content for each recipient, with their values in it. Every message has an id of its own."""
    each = [_describe_recipient(recipient) for recipient in recipients]
    return BulkRequest(
        {**_name(agent_id, key), "recipients": each, "contentMessage": content, **_describe(**options)}
    )


def revoke(*, agent_id: str, to: str, message_id: str, **options: Unpack[Options]) -> Request:
    """Takes a message back that was not delivered yet. It needs no key: its message names it."""
    asked = {"phoneNumber": to, "revoke": {"messageId": message_id}}
    return Request({"agentId": agent_id, **asked, **_describe(**options)})


def agent_event(
    *,
    agent_id: str,
    to: str,
    event_type: str,
    key: Key,
    user_message_id: str = "",
    **options: Unpack[Options],
) -> Request:
    """IS_TYPING, or READ with the id of the user's message."""
    event = given(eventType=event_type, messageId=user_message_id)
    return Request({**_name(agent_id, key), "phoneNumber": to, "agentEvent": event, **_describe(**options)})


def capability(
    *, agent_id: str, to: str, key: Key, max_age: timedelta | None = None, **options: Unpack[Options]
) -> Request:
    """What the number can show; an answer that is no older than `max_age` will do."""
    question = given(maxAgeSeconds=_seconds(max_age))
    return Request(
        {**_name(agent_id, key), "phoneNumber": to, "capability": question, **_describe(**options)}
    )


def consent(
    *, agent_id: str, to: str, state: str, key: Key, note: str = "", **options: Unpack[Options]
) -> Request:
    """`optedOut` or `optedIn`, as the user said elsewhere."""
    decision = given(state=state, note=note)
    return Request({**_name(agent_id, key), "phoneNumber": to, "consent": decision, **_describe(**options)})


def file_upload(
    *,
    agent_id: str,
    url: str,
    key: Key,
    thumbnail_url: str = "",
    description: str = "",
    **options: Unpack[Options],
) -> Request:
    """A file for the platform to keep; an update tells the name that messages then use."""
    upload = {"fileUrl": url, **given(thumbnailUrl=thumbnail_url, contentDescription=description)}
    return Request({**_name(agent_id, key), "fileUpload": upload, **_describe(**options)})


def message_id_of(request: Request) -> str:
    """The id that it will have, the same on every repeat; raises InvalidRequest with every fault."""
    return check_request(request, datetime.now(UTC)).message_id


def message_ids_of(request: BulkRequest) -> dict[str, str]:
    """The id of each message, by phone number; raises InvalidRequest with every fault."""
    return check_bulk(request, datetime.now(UTC))


def check_request(request: Request, now: datetime) -> SendRequest:
    """As `send` will read it; raises InvalidRequest with every fault."""
    checked = parse_request(encode_compact(request.fields), Origin("", now))
    if isinstance(checked, CheckedBulkRequest):
        raise InvalidRequest((Fault("recipients", "belong into a BulkRequest"),), None)
    return checked


def check_bulk(request: BulkRequest, now: datetime) -> dict[str, str]:
    """The message ids by phone number; raises InvalidRequest with every fault."""
    checked = parse_request(encode_compact(request.fields), Origin("", now))
    if not isinstance(checked, CheckedBulkRequest):
        raise InvalidRequest((Fault("recipients", "is missing"),), None)
    return {single.phone_number: single.message_id for single in checked.requests}


def _name(agent_id: str, key: Key) -> dict[str, Any]:
    named = {"messageId": str(key)} if isinstance(key, UUID) else {"idempotencyKey": key}
    return {"agentId": agent_id, **named}


def _describe(
    *,
    source: str = "",
    client_reference: str = "",
    labels: Mapping[str, str] | None = None,
    validate_only: bool = False,
    traffic_type: str = "",
    ttl: timedelta | None = None,
    expire_time: datetime | None = None,
    fallback: Fallback | None = None,
    track_taps: bool = False,
) -> dict[str, Any]:
    return given(
        source=source,
        clientReference=client_reference,
        labels=dict(labels or {}) or None,
        validateOnly=validate_only,
        messageTrafficType=traffic_type,
        ttl=_format_duration(ttl) if ttl is not None else None,
        expireTime=format_time(expire_time) if expire_time else None,
        fallback=_describe_fallback(fallback) if fallback else None,
        trackTaps=track_taps,
    )


def _describe_recipient(recipient: Recipient) -> dict[str, Any]:
    optional = given(
        values=dict(recipient.values) or None,
        clientReference=recipient.client_reference,
        labels=dict(recipient.labels) or None,
    )
    return {"phoneNumber": recipient.to, **optional}


def _describe_fallback(fallback: Fallback) -> dict[str, Any]:
    after = given(afterSeconds=_seconds(fallback.after))
    return {**after, "on": [str(reason) for reason in fallback.on], "payload": fallback.payload}


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


def _format_duration(duration: timedelta) -> str:
    """`600s`, `3.5s`."""
    seconds, micros = divmod(duration // timedelta(microseconds=1), 1_000_000)
    return f"{seconds}.{micros:06}".rstrip("0").rstrip(".") + "s"
