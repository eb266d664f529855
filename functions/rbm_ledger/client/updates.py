"""What the topic rbm-updates tells, from a pull or a push subscription."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rbm_ledger.domain.errors import MalformedInput, NotJson
from rbm_ledger.domain.json_bytes import JsonObject, decode_base64, decode_object
from rbm_ledger.domain.times import parse_rfc3339


class MalformedUpdate(MalformedInput):
    """These bytes are no update."""


class UpdateKind(StrEnum):
    """What an update is about."""

    MESSAGE = "message"
    USER_MESSAGE = "userMessage"
    CONSENT = "consent"
    AGENT_LAUNCH = "agentLaunch"
    FALLBACK = "fallback"
    CAPABILITY = "capability"
    FILE = "file"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Update:
    """`kind` is an UpdateKind, or one that is newer than this code. `fields` holds all that was told.

    Texts are empty where the update says nothing. The same update may come twice, and late.
    """

    kind: UpdateKind | str
    state: str
    agent_id: str
    phone_number: str
    message_id: str
    source: str
    client_reference: str
    labels: Mapping[str, str]
    recorded_at: datetime | None
    fields: JsonObject


def parse_update(data: bytes) -> Update:
    """Takes the data of a message, or the body of a push that carries it; raises MalformedUpdate."""
    fields = _decode(data)
    if "kind" not in fields:
        fields = _decode(_unwrap(fields))
    kind = _text(fields, "kind")
    if not kind:
        raise MalformedUpdate("The update does not say its kind.")
    labels = fields.get("labels")
    return Update(
        kind=UpdateKind(kind) if kind in tuple(UpdateKind) else kind,
        state=_text(fields, "state"),
        agent_id=_text(fields, "agentId"),
        phone_number=_text(fields, "phoneNumber"),
        message_id=_text(fields, "messageId"),
        source=_text(fields, "source"),
        client_reference=_text(fields, "clientReference"),
        labels=labels if isinstance(labels, dict) else {},
        recorded_at=parse_rfc3339(fields.get("recordedTime")),
        fields=fields,
    )


def _decode(data: bytes) -> JsonObject:
    try:
        return decode_object(data)
    except NotJson as error:
        raise MalformedUpdate(str(error)) from None


def _unwrap(fields: JsonObject) -> bytes:
    """A push and a CloudEvent have the message in the body; a structured CloudEvent has it in `data`."""
    envelope = fields.get("data") if "specversion" in fields else fields
    message = envelope.get("message") if isinstance(envelope, dict) else None
    data = decode_base64(message.get("data")) if isinstance(message, dict) else None
    if data is None:
        raise MalformedUpdate("The body is neither an update nor a push that carries one.")
    return data


def _text(fields: JsonObject, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
