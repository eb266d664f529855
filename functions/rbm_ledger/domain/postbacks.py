"""A suggestion that knows its message: the id goes out inside `postbackData` and comes back with the tap.

A suggestion response does not name the message whose suggestion was tapped (rbm-platform, section 2.3).
`rbm1:<the UUID in 22 characters of base64url>:<the caller's own postbackData>`
"""

import base64
import re
import uuid
from collections.abc import Callable
from typing import Any

from rbm_ledger.domain.json_bytes import JsonObject

_ENVELOPE = re.compile(r"rbm1:([A-Za-z0-9_-]{22}):(.*)", re.DOTALL)


def wrap_postbacks(content_message: JsonObject, message_id: str) -> JsonObject:
    """The content with an envelope around the postbackData of each suggestion."""
    prefix = f"rbm1:{_shorten(message_id)}:"
    wrapped: JsonObject = _map_postbacks(content_message, lambda postback: prefix + postback)
    return wrapped


def unwrap_postback(postback: str) -> tuple[str | None, str]:
    """The message that showed the suggestion, None without an envelope; and the caller's own text."""
    found = _ENVELOPE.fullmatch(postback)
    if found is None:
        return None, postback
    message_id = _lengthen(found[1])
    return (message_id, found[2]) if message_id else (None, postback)


def _map_postbacks(value: Any, change: Callable[[str], str]) -> Any:
    """A copy in which every suggestion (an object under `reply` or `action`) carries the changed text."""
    match value:
        case dict():
            return {name: _map_member(name, member, change) for name, member in value.items()}
        case list():
            return [_map_postbacks(item, change) for item in value]
    return value


def _map_member(name: str, member: Any, change: Callable[[str], str]) -> Any:
    if name in ("reply", "action") and isinstance(member, dict):
        return {**member, "postbackData": change(member.get("postbackData", ""))}
    return _map_postbacks(member, change)


def _shorten(message_id: str) -> str:
    return base64.urlsafe_b64encode(uuid.UUID(message_id).bytes).decode().rstrip("=")


def _lengthen(short: str) -> str | None:
    """None for what `_shorten` never wrote: the last character has bits to spare."""
    message_id = str(uuid.UUID(bytes=base64.urlsafe_b64decode(short + "==")))
    return message_id if _shorten(message_id) == short else None
