"""The events that a phone or the platform answers a message with: what `message.data` decodes to.

Each maker takes the message and the time of the event; None says that there is nothing to tell.
Source: reference/rest/v1/{UserEvent,UserMessage,ServerEvent}, guides/build/messages/receive, April 2026.
"""

import base64
import secrets
import uuid
from collections.abc import Callable
from typing import TypeAlias

from rbm_ops.simulator.checks import find_suggestions
from rbm_ops.simulator.resources import AcceptedMessage, JsonObject, full_agent_id

EventMaker: TypeAlias = Callable[[AcceptedMessage, str], JsonObject | None]


def receipt(event_type: str) -> EventMaker:
    """A UserEvent that names the sent message."""

    def make(message: AcceptedMessage, send_time: str) -> JsonObject:
        return _user_event(message, send_time, event_type, {"messageId": message.resource.resource_id})

    return make


def user_event(event_type: str) -> EventMaker:
    """A UserEvent that names no message."""

    def make(message: AcceptedMessage, send_time: str) -> JsonObject:
        return _user_event(message, send_time, event_type, {})

    return make


def server_event(event_type: str) -> EventMaker:
    def make(message: AcceptedMessage, send_time: str) -> JsonObject:
        return {
            "phoneNumber": message.resource.phone_number,
            "messageId": message.resource.resource_id,
            "agentId": full_agent_id(message.resource.agent_id),
            "eventType": event_type,
            "eventId": str(uuid.uuid4()),
            "sendTime": send_time,
        }

    return make


def user_message(content: JsonObject) -> EventMaker:
    def make(message: AcceptedMessage, send_time: str) -> JsonObject:
        return _user_message(message, send_time, content)

    return make


def tap_first_suggestion(message: AcceptedMessage, send_time: str) -> JsonObject | None:
    """The answer to a tap, which does not name the message that carried the chip."""
    for kind, chip in find_suggestions(message.body["contentMessage"]):
        response = {**{name: chip.get(name, "") for name in ("postbackData", "text")}, "type": kind.upper()}
        return _user_message(message, send_time, {"suggestionResponse": response})
    return None


def _user_event(message: AcceptedMessage, send_time: str, event_type: str, about: JsonObject) -> JsonObject:
    return {
        "senderPhoneNumber": message.resource.phone_number,
        "eventType": event_type,
        "eventId": _make_client_id(),
        **about,
        "sendTime": send_time,
        "agentId": full_agent_id(message.resource.agent_id),
    }


def _user_message(message: AcceptedMessage, send_time: str, content: JsonObject) -> JsonObject:
    return {
        "agentId": full_agent_id(message.resource.agent_id),
        "senderPhoneNumber": message.resource.phone_number,
        "messageId": _make_client_id(),
        "sendTime": send_time,
        **content,
    }


def _make_client_id() -> str:
    """Like `MxIgT-4pWCQu2tH9hMkSTljQ`: no UUID. Never seeded: no id must come back after a restart."""
    return "Mx" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
