"""Documents → what the page lists of them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.consent import Decision, decide, describe_consent
from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.policies import AgentPolicies

_SUMMARY_CHARACTERS = 120

# A content without text is called by its kind.
_KINDS_IN_WORDS = {
    "contentInfo": "File by address",
    "uploadedRbmFile": "Uploaded file",
    "fileName": "Uploaded file",
}
_COPIED_FIELDS = (
    "agentId",
    "messageId",
    "phoneNumber",
    "requestedTime",
    "acceptedTime",
    "updatedTime",
    "source",
    "clientReference",
)


def message_row(record: Record) -> dict[str, Any]:
    """One line of the list of messages."""
    row = {name: record[name] for name in _COPIED_FIELDS if name in record}
    times = {"deliveredTime": event_time(record, "DELIVERED"), "readTime": event_time(record, "READ")}
    return {
        **row,
        "state": state_of(record).label,
        **{name: time for name, time in times.items() if time is not None},
        "summary": summarize(record),
    }


def conversation_rows(
    conversations: Iterable[Record], consents: Iterable[Record], policies: AgentPolicies
) -> list[dict[str, Any]]:
    """Each conversation with the consent that counts for it; then consents without a conversation."""
    found = {_owner(consent): consent for consent in consents}
    owners = [(conversation, _owner_for(conversation, policies)) for conversation in conversations]
    rows = [conversation_row(conversation, found.get(owner, {})) for conversation, owner in owners]
    shown = {owner for _, owner in owners}
    return rows + [conversation_row({}, consent) for owner, consent in found.items() if owner not in shown]


def conversation_row(conversation: Record, consent: Record) -> dict[str, Any]:
    """Either may be empty. `brand` is there where its agents share the consent."""
    record = {**consent, **conversation}
    said = describe_consent(consent)
    times = {
        "optedOutTime": said.get("optedOutAtMs"),
        "optedInTime": said.get("optedInAtMs"),
        "lastInboundTime": conversation.get("lastInboundAtMs"),
    }
    return {
        "agentId": record.get("agentId", ""),
        "phoneNumber": record.get("phoneNumber", ""),
        **({"brand": consent["brand"]} if "brand" in consent else {}),
        "optedOut": decide(consent) is Decision.OPTED_OUT,
        **{name: _from_millis(at_ms) for name, at_ms in times.items() if at_ms is not None},
    }


def newest_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By the time of the request; where nobody recorded one (yet), by the latest write."""
    return sorted(rows, key=lambda row: row.get("requestedTime") or row["updatedTime"], reverse=True)


def event_time(record: Record, event_type: str) -> datetime | None:
    """When the first event of this type was sent, by its own word."""
    times = [
        event["sendTime"]
        for event in record.get("events", ())
        if event["eventType"] == event_type and "sendTime" in event
    ]
    return min(times, default=None)


def summarize(record: Record) -> str:
    """What a person would recognise the message by."""
    content = record.get("content")
    if not isinstance(content, Mapping):
        return ""
    text = content.get("text") or _card_text(content.get("richCard")) or _kind_in_words(content)
    return str(text)[:_SUMMARY_CHARACTERS]


def _kind_in_words(content: Mapping[str, Any]) -> str:
    return next((words for kind, words in _KINDS_IN_WORDS.items() if kind in content), "")


def _card_text(rich_card: object) -> str:
    match rich_card:
        case {"standaloneCard": {"cardContent": {"title": str(title)}}}:
            return f"Card: {title}"
        case {"carouselCard": {"cardContents": [{"title": str(title)}, *others]}}:
            return f"Carousel of {len(others) + 1}: {title}"
        case {"carouselCard": _}:
            return "Carousel"
        case {"standaloneCard": _}:
            return "Card"
    return ""


def _owner(consent: Record) -> tuple[str, str, str]:
    """Whose consent it is: brand or agent, and the user's number."""
    return (consent.get("brand", ""), consent.get("agentId", ""), consent.get("phoneNumber", ""))


def _owner_for(conversation: Record, policies: AgentPolicies) -> tuple[str, str, str]:
    agent_id = conversation.get("agentId", "")
    brand = policies.brand_of(agent_id)
    return (brand, "" if brand else agent_id, conversation.get("phoneNumber", ""))


def _from_millis(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
