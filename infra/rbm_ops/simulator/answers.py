"""Resources as the API answers them, and how messages of US numbers are classified."""

from datetime import datetime

from rbm_ops.simulator.contents import find_suggestions
from rbm_ops.simulator.phones import Phone, is_us_number
from rbm_ops.simulator.resources import AgentResource, JsonObject, format_time

# Of an AgentMessage, what Google sets and what it takes without showing it again (reference/rest/v1/
# phones.agentMessages, April 2026).
_NOT_ECHOED = frozenset(
    {"name", "sendTime", "ttl", "richMessageClassification", "totalPayloadSizeBytes", "carrier"}
)
_SEGMENT_BYTES = 160
_RICH_MEDIA = {"classificationType": "RICH_MEDIA_MESSAGE"}


def build_agent_message(
    resource: AgentResource,
    body: JsonObject,
    sent_at: datetime,
    expire_time: datetime | None,
    phone: Phone,
    *,
    payload_bytes: int = 0,
) -> JsonObject:
    """The AgentMessage; `payload_bytes` counts all its files, where their sizes are known.

    A default messageTrafficType is not shown (assumed); members unknown here are.
    """
    answer: JsonObject = {"name": resource.name, "sendTime": format_time(sent_at)}
    answer.update((name, value) for name, value in body.items() if name not in _NOT_ECHOED)
    if expire_time and "ttl" in body:
        answer["expireTime"] = format_time(expire_time)
    if is_us_number(phone.phone_number) and phone.carrier:
        answer["richMessageClassification"] = classify_agent_message(body["contentMessage"])
        answer["totalPayloadSizeBytes"] = str(payload_bytes)  # int64 is text in JSON
        answer["carrier"] = phone.carrier
    return answer


def build_agent_event(resource: AgentResource, body: JsonObject, sent_at: datetime) -> JsonObject:
    """The AgentEvent (reference/rest/v1/phones.agentEvents, April 2026)."""
    answer: JsonObject = {"name": resource.name, "sendTime": format_time(sent_at)}
    return answer | {name: value for name, value in body.items() if name not in answer}


def classify_agent_message(content: JsonObject) -> JsonObject:
    """Text with nothing but replies, dialling and links to the browser is rich, all else rich media.

    Source: carriers/billing/us-billing-model, 2026.
    """
    if "text" in content and all(map(_is_simple, find_suggestions(content))):
        return _classify_text(content["text"])
    return _RICH_MEDIA


def classify_user_message(content: JsonObject) -> JsonObject:
    """`content` is one of text, location, userFile, suggestionResponse.

    Source: carriers/billing/us-billing-model, 2026. The class of a tapped action is that of a delivery of
    January 2026, which the page no longer lists; that a location is rich media is assumed.
    """
    tap = content.get("suggestionResponse", {})
    if tap.get("type") == "ACTION":
        return {"classificationType": "SUGGESTED_ACTION_CLICK"}
    text = content.get("text", tap.get("text"))
    return _RICH_MEDIA if text is None else _classify_text(text)


def _classify_text(text: str) -> JsonObject:
    segments = -(-len(text.encode()) // _SEGMENT_BYTES)
    return {"classificationType": "RICH_MESSAGE", "segmentCount": segments}


def _is_simple(suggestion: tuple[str, JsonObject]) -> bool:
    kind, chip = suggestion
    link = chip.get("openUrlAction")
    return (
        kind == "reply" or "dialAction" in chip or (link is not None and link.get("application") != "WEBVIEW")
    )
