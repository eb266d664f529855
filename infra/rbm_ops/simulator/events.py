"""The events that a phone or the platform tells of: what `message.data` decodes to.

Source: reference/rest/v1/{UserEvent,UserMessage,ServerEvent,AgentLaunchEvent}, guides/build/messages/receive,
guides/build/events/receive-events, April 2026.
"""

from rbm_ops.simulator.answers import classify_user_message
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.phones import Phone, is_us_number
from rbm_ops.simulator.resources import JsonObject, full_agent_id

# Of every other event type, known or not, a phone is the sender.
SERVER_EVENTS = frozenset({"TTL_EXPIRATION_REVOKED", "TTL_EXPIRATION_REVOKE_FAILED"})
EVENTS_WITHOUT_MESSAGE = frozenset({"IS_TYPING", "UNSUBSCRIBE", "SUBSCRIBE"})
USER_MESSAGE_MEMBERS = ("text", "location", "userFile", "suggestionResponse")

SAMPLE_LOCATION = {"latitude": 37.422, "longitude": -122.084056}


def make_user_event(
    event_type: str, phone: Phone, agent_id: str, *, send_time: str, dice: Dice, message_id: str = ""
) -> JsonObject:
    """`message_id` is the agent's message that the event is about, if it is about one."""
    about = {"messageId": message_id} if message_id else {}
    return {
        "senderPhoneNumber": phone.phone_number,
        "eventType": event_type,
        "eventId": dice.make_client_id(),
        **about,
        "sendTime": send_time,
        "agentId": full_agent_id(agent_id),
    }


def make_server_event(
    event_type: str, phone_number: str, agent_id: str, *, send_time: str, dice: Dice, message_id: str
) -> JsonObject:
    return {
        "phoneNumber": phone_number,
        "messageId": message_id,
        "agentId": full_agent_id(agent_id),
        "eventType": event_type,
        "eventId": dice.make_server_id(),
        "sendTime": send_time,
    }


def make_user_message(
    content: JsonObject, phone: Phone, agent_id: str, *, send_time: str, dice: Dice
) -> JsonObject:
    """`content` is one of text, location, userFile, suggestionResponse with what it holds."""
    return {
        "agentId": full_agent_id(agent_id),
        "senderPhoneNumber": phone.phone_number,
        "messageId": dice.make_client_id(),
        "sendTime": send_time,
        **content,
        **_describe_us_traffic(content, phone),
    }


def make_file(file_name: str, mime_type: str, size_bytes: int) -> JsonObject:
    """A user's file, with a thumbnail of what can be seen (guides/build/messages/receive, April 2026)."""
    payload = {"payload": _make_file_info(file_name, mime_type, size_bytes)}
    if mime_type.partition("/")[0] not in ("image", "video"):
        return payload
    thumbnail_name = f"{file_name.rpartition('.')[0] or file_name}.jpeg"
    return {"thumbnail": _make_file_info(thumbnail_name, "image/jpeg", 1280), **payload}


def _make_file_info(file_name: str, mime_type: str, size_bytes: int) -> JsonObject:
    """The address is shaped like Google's and leads nowhere."""
    return {
        "mimeType": mime_type,
        "fileSizeBytes": size_bytes,
        "fileUri": f"https://storage.googleapis.com/rbm-simulator/{file_name}",
        "fileName": file_name,
    }


def make_suggestion_response(kind: str, suggestion: JsonObject) -> JsonObject:
    """The answer to a tap. It does not name the message that carried the chip."""
    return {
        "postbackData": suggestion.get("postbackData", ""),
        "text": suggestion.get("text", ""),
        "type": kind.upper(),
    }


def make_launch_event(
    agent_id: str,
    *,
    names: tuple[str, str],
    region_id: str,
    states: tuple[str, str],
    comment: str,
    send_time: str,
    dice: Dice,
) -> JsonObject:
    """`names` of the agent and its brand, `states` before and after."""
    return {
        "eventId": f"{agent_id}/{dice.make_server_id()}",
        "agentId": full_agent_id(agent_id),
        "botDisplayName": names[0],
        "brandId": dice.make_server_id(),
        "brandDisplayName": names[1],
        "regionId": region_id,
        "oldLaunchState": states[0],
        "newLaunchState": states[1],
        "actingParty": "rbm-support@google.com",
        "comment": comment,
        "sendTime": send_time,
    }


def _describe_us_traffic(content: JsonObject, phone: Phone) -> JsonObject:
    """Members that messages of US numbers alone carry (carriers/billing/us-billing-model, 2026)."""
    if not is_us_number(phone.phone_number):
        return {}
    return {"carrier": phone.carrier, "richMessageClassification": classify_user_message(content)}
