"""Contents of an agent message, each with one place that a test sets."""

from typing import Any

from jsonschema import Draft202012Validator
from tests.support.schemas import find_schema_faults

from rbm_ledger.domain.agent_message import CONTENT_MESSAGE
from rbm_ledger.domain.checks import find_faults

REPLY = {"reply": {"text": "Yes", "postbackData": "yes"}}


URL = "https://example.com/a.png"


_SCHEMA = Draft202012Validator(CONTENT_MESSAGE.schema)


def fault_paths(content: dict[str, Any]) -> list[str]:
    """Where the table finds faults; the schema has to find some too, or none either."""
    paths = [fault.path for fault in find_faults(CONTENT_MESSAGE, content)]
    assert bool(find_schema_faults(_SCHEMA, content)) == bool(paths)
    return paths


def with_suggestion(suggestion: dict[str, Any]) -> dict[str, Any]:
    return {"text": "Hello", "suggestions": [suggestion]}


def with_reply(**members_: Any) -> dict[str, Any]:
    return with_suggestion({"reply": {**REPLY["reply"], **members_}})


def with_action(**members_: Any) -> dict[str, Any]:
    """An action; without another kind it shares a location."""
    kind: dict[str, Any] = (
        {} if any(name.endswith("Action") for name in members_) else {"shareLocationAction": {}}
    )
    return with_suggestion({"action": {"text": "Go", **kind, **members_}})


def with_calendar(**members_: Any) -> dict[str, Any]:
    event = {"startTime": "2026-11-22T10:00:00Z", "endTime": "2026-11-22T11:00:00Z", "title": "Visit"}
    return with_action(createCalendarEventAction={**event, **members_})


def with_place(latitude: object = 0, longitude: object = 0) -> dict[str, Any]:
    return with_action(viewLocationAction={"latLong": {"latitude": latitude, "longitude": longitude}})


def with_card(**members_: Any) -> dict[str, Any]:
    return {"richCard": {"standaloneCard": {"cardContent": members_}}}


def with_standalone(**members_: Any) -> dict[str, Any]:
    return {"richCard": {"standaloneCard": {"cardContent": {"title": "Card"}, **members_}}}


def with_carousel(cards: list[Any], **members_: Any) -> dict[str, Any]:
    return {"richCard": {"carouselCard": {"cardContents": cards, **members_}}}


def with_media(**members_: Any) -> dict[str, Any]:
    return with_card(media={"contentInfo": {"fileUrl": URL}, **members_})


CARD = "richCard.standaloneCard.cardContent"


ACTION = "suggestions[0].action"
