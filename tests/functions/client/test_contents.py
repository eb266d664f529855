"""Builders of contents: the platform's own JSON, as its documentation has it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.functions.domain.contents import fault_paths
from tests.support.payloads import load_json

from rbm_ledger.client import (
    Content,
    Suggestion,
    calendar_event,
    card,
    carousel,
    dial,
    file,
    media,
    open_url,
    reply,
    share_location,
    text,
    uploaded_file,
    uploaded_media,
    view_location,
)

PICTURE = "https://example.com/tree.png"
START = datetime(2026, 11, 22, 10, tzinfo=UTC)


def documented(name: str) -> Any:
    return load_json(f"agent_messages/{name}.json")["contentMessage"]


def with_defaults(content: dict[str, Any], **alone: str) -> dict[str, Any]:
    """A documented card, with what the builder says of itself."""
    return {"richCard": {"standaloneCard": {**alone, **content["richCard"]["standaloneCard"]}}}


def test_text_with_replies_is_the_documented_one() -> None:
    told = documented("suggested-replies")
    replies = [reply(each["reply"]["text"], each["reply"]["postbackData"]) for each in told["suggestions"]]
    assert text(told["text"], suggestions=replies) == told


def test_actions_are_the_documented_ones() -> None:
    data, maps = "postback_data_1234", "https://www.google.com/maps/@37.4220188,-122.0844786,15z"
    url = "https://www.google.com"
    start = datetime(2020, 6, 30, 19, tzinfo=UTC)
    suggestions = [
        dial("Call", "+15556667777", postback=data, fallback_url="https://www.google.com/contact/"),
        view_location(
            *("View map",),
            place=(37.4220188, -122.0844786),
            label="Googleplex",
            postback=data,
            fallback_url=maps,
        ),
        share_location("Share your location", postback=data),
        open_url("Open Google", url, postback=data),
        open_url(
            *("Open Google", url),
            application="WEBVIEW",
            webview_view_mode="FULL",
            description="Accessibility description",
            postback=data,
        ),
        calendar_event(
            "Save to calendar",
            title="My calendar event",
            start=start,
            end=start + timedelta(hours=1),
            description="Description of the calendar event",
            postback=data,
            fallback_url="https://www.google.com/calendar",
        ),
    ]
    told = documented("suggested-actions")
    event = told["suggestions"][-1]["action"]["createCalendarEventAction"]
    event |= {"startTime": "2020-06-30T19:00:00.000000Z", "endTime": "2020-06-30T20:00:00.000000Z"}
    assert text(told["text"], suggestions=suggestions) == told


def test_card_is_the_documented_one() -> None:
    told = documented("rich-card-standalone")
    content = told["richCard"]["standaloneCard"]["cardContent"]
    content["media"]["contentInfo"].pop("forceRefresh")  # false is what its absence means
    made = card(
        title=content["title"],
        description=content["description"],
        media=media(content["media"]["contentInfo"]["fileUrl"], height="TALL"),
        suggestions=[reply("Suggestion #1", "suggestion_1"), reply("Suggestion #2", "suggestion_2")],
        image_alignment="RIGHT",
    )
    assert made == told


def test_carousel_holds_what_the_cards_hold() -> None:
    cards = [card(title="One", orientation="HORIZONTAL"), card(media=uploaded_media("files/1", alt="A tree"))]
    inner = [
        {"title": "One"},
        {
            "media": {
                "height": "MEDIUM",
                "uploadedRbmFile": {"fileName": "files/1"},
                "contentDescription": "A tree",
            }
        },
    ]
    made = carousel(cards, width="SMALL", suggestions=[reply("More", "more")])
    assert made == {
        "richCard": {"carouselCard": {"cardWidth": "SMALL", "cardContents": inner}},
        "suggestions": [{"reply": {"text": "More", "postbackData": "more"}}],
    }
    assert fault_paths(made) == []


def test_files_are_the_documented_ones() -> None:
    name, thumbnail = "files/SERVER_SPECIFIED_NAME", "files/SERVER_SPECIFIED_THUMBNAIL_NAME"
    assert uploaded_file(name, thumbnail_name=thumbnail) == documented("file-uploaded")
    told = documented("file-by-url")["contentInfo"]
    assert file(
        told["fileUrl"],
        thumbnail_url=told.get("thumbnailUrl", ""),
        force_refresh=told.get("forceRefresh", False),
    ) == {"contentInfo": {name: value for name, value in told.items() if value is not False}}


SUGGESTIONS: dict[str, Suggestion] = {
    "a reply": reply("Yes", "yes"),
    "a call": dial("Call", "*123#"),
    "a search": view_location("Find us", query="cafe"),
    "the middle of nowhere": view_location("Find us", place=(0, 0)),
    "a date": calendar_event("Note it", title="Visit", start=START, end=START),
}
CONTENTS: dict[str, Content] = {
    "a text": text("Hello"),
    "a file": file(PICTURE, thumbnail_url=PICTURE, force_refresh=True),
    "a card": card(title="Tree", media=media(PICTURE, thumbnail_url=PICTURE, alt="A tree")),
    "a carousel": carousel([card(title="One"), card(title="Two")]),
    **{name: text("Hello", suggestions=[suggestion]) for name, suggestion in SUGGESTIONS.items()},
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_that_is_built_passes_the_table(name: str) -> None:
    assert fault_paths(CONTENTS[name]) == []


def test_place_at_zero_is_kept() -> None:
    action = SUGGESTIONS["the middle of nowhere"]["action"]["viewLocationAction"]
    assert action == {"latLong": {"latitude": 0, "longitude": 0}}


def test_time_of_another_zone_is_the_same_moment() -> None:
    start = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=2)))
    action = calendar_event("Note it", title="Visit", start=start, end=start)["action"]
    assert action["createCalendarEventAction"]["startTime"] == "2026-11-22T10:00:00.000000Z"


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        calendar_event("Note it", title="Visit", start=datetime(2026, 11, 22), end=START)  # noqa: DTZ001


def test_limits_are_left_to_the_table() -> None:
    assert fault_paths(text("x" * 3073, suggestions=[reply("x" * 26, "")])) == [
        *("text", "suggestions[0].reply.text", "suggestions[0].reply.postbackData"),
    ]
