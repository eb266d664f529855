"""What the API demands of a request. Each check raises INVALID_ARGUMENT and names what is wrong."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.resources import JsonObject

# Source: guides/build/messages/send and reference/rest/v1/phones.agentMessages, read April 2026.
MAX_MESSAGE_BYTES = 250 * 1024
_MAX_TEXT_CHARACTERS = 3072
_LONGEST_LIFE = timedelta(days=15)
_CONTENT_MEMBERS = frozenset({"text", "contentInfo", "uploadedRbmFile", "richCard", "fileName"})
_AGENT_EVENT_MEMBERS = {"READ": frozenset({"messageId"}), "IS_TYPING": frozenset[str]()}

_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DURATION = re.compile(r"([0-9]{1,11}(?:\.[0-9]{1,9})?)s")


def invalid(message: str) -> ApiError:
    return ApiError(Status.INVALID_ARGUMENT, message)


def require_parameter(parameters: Mapping[str, str], name: str) -> str:
    if value := parameters.get(name):
        return value
    raise invalid(f"The parameter {name} is required.")


def require_uuid(parameters: Mapping[str, str], name: str) -> str:
    value = require_parameter(parameters, name)
    if _UUID.fullmatch(value):
        return value
    raise invalid(f"The parameter {name} must be a UUID.")


def require_phone_number(value: str) -> str:
    if _PHONE_NUMBER.fullmatch(value):
        return value
    raise invalid("The phone number must be in E.164 format.")


def check_agent_message(body: JsonObject) -> None:
    content = body.get("contentMessage")
    if not isinstance(content, dict):
        raise invalid("contentMessage is required.")
    if len(_CONTENT_MEMBERS & content.keys()) != 1:
        raise invalid("contentMessage must have exactly one content member.")
    _check_text(content.get("text", ""))
    _check_suggestions(content)


def check_agent_event(body: JsonObject) -> None:
    needed = _AGENT_EVENT_MEMBERS.get(str(body.get("eventType")))
    if needed is None:
        raise invalid("eventType must be READ or IS_TYPING.")
    if missing := needed - body.keys():
        raise invalid(f"{', '.join(missing)} is required.")


def read_expire_time(body: JsonObject, sent_at: datetime) -> datetime | None:
    """When the message expires, by its `expireTime` or its `ttl`."""
    if "ttl" in body and "expireTime" in body:
        raise invalid("Only one of ttl and expireTime can be set.")
    if "ttl" in body:
        expire_time = sent_at + _parse_duration(body["ttl"])
    elif "expireTime" in body:
        expire_time = _parse_time(body["expireTime"])
    else:
        return None
    if expire_time - sent_at > _LONGEST_LIFE:
        raise invalid("ttl and expireTime can be at most 15 days ahead.")
    return expire_time


def find_suggestions(content: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The chips below the message, then those in its cards, each with its kind: `reply` or `action`."""
    card = content.get("richCard", {})
    standalone = card.get("standaloneCard", {}).get("cardContent", {})
    carousel = card.get("carouselCard", {}).get("cardContents", [])
    for holder in (content, standalone, *carousel):
        for suggestion in holder.get("suggestions", []):
            (kind,) = {"reply", "action"} & suggestion.keys()
            yield kind, dict(**suggestion[kind])


def _check_text(text: object) -> None:
    if not isinstance(text, str):
        raise invalid("contentMessage.text must be a string.")
    if len(text) > _MAX_TEXT_CHARACTERS:
        raise invalid(f"contentMessage.text can have at most {_MAX_TEXT_CHARACTERS} characters.")


def _check_suggestions(content: JsonObject) -> None:
    try:
        list(find_suggestions(content))
    except (AttributeError, TypeError, ValueError) as error:
        raise invalid("A suggestion must be a reply or an action, in a message or a card.") from error


def _parse_duration(value: object) -> timedelta:
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return min(timedelta(seconds=float(match[1])), 2 * _LONGEST_LIFE)
    raise invalid('ttl must be a duration in seconds, such as "3.5s".')


def _parse_time(value: object) -> datetime:
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise invalid("expireTime must be in RFC 3339 format.") from error
    if time.tzinfo is None:
        raise invalid("expireTime must name its offset from UTC.")
    return time
