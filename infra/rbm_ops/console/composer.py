"""Send requests of a person: checked as `send` checks them, published as other services publish them."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.domain.bulk import BulkRequest
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest
from rbm_ops import demo

_TEMPLATES = Path(demo.__file__).parent / "agent_messages"


def find_request_faults(data: bytes) -> list[dict[str, str]]:
    """Exactly those that `send` would name; empty when it would call the platform."""
    refusal = _parse(data, str(uuid.uuid4()))
    faults = refusal.faults if isinstance(refusal, InvalidRequest) else ()
    return [{"path": fault.path, "problem": fault.problem} for fault in faults]


async def publish_request(publisher: PubSubPublisher, data: bytes) -> str | None:
    """The message id that `send` gives it, None where it has none or many: any object is published.

    Raises NotJson or NotConfirmed.
    """
    decode_object(data)
    request = _parse(data, await publisher.publish(data, {}))
    match request:
        case SendRequest():
            return request.message_id
        case InvalidRequest() if request.claim:
            return request.claim.message_id
    return None


def list_templates() -> list[dict[str, Any]]:
    """One request body of each kind, by name."""
    return [_read_template(file) for file in sorted(_TEMPLATES.glob("*.json"))]


def _read_template(file: Path) -> dict[str, Any]:
    title = file.stem.replace("-", " ").capitalize()
    return {"name": file.stem, "title": title, "body": json.loads(file.read_text())}


def _parse(data: bytes, fallback_key: str) -> SendRequest | BulkRequest | InvalidRequest:
    try:
        return parse_request(data, Origin(fallback_key, datetime.now(UTC)))
    except InvalidRequest as refusal:
        return refusal
