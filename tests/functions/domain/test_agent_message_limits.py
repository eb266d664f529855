"""The limits of guides/build/messages/send (April 2026): at the limit passes, one beyond is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.functions.domain.contents import (
    ACTION,
    CARD,
    REPLY,
    URL,
    fault_paths,
    with_action,
    with_calendar,
    with_card,
    with_carousel,
    with_media,
    with_place,
    with_reply,
    with_standalone,
)

from rbm_ledger.domain.agent_message import MAX_MESSAGE_BYTES, check_size

# path: (characters, the content that has this text there)
LENGTHS: dict[str, tuple[int, Callable[[str], dict[str, Any]]]] = {
    "text": (3072, lambda text: {"text": text}),
    "suggestions[0].reply.text": (25, lambda text: with_reply(text=text)),
    "suggestions[0].reply.postbackData": (2048, lambda text: with_reply(postbackData=text)),
    f"{ACTION}.text": (25, lambda text: with_action(text=text)),
    f"{ACTION}.postbackData": (2048, lambda text: with_action(postbackData=text)),
    f"{ACTION}.fallbackUrl": (2048, lambda text: with_action(fallbackUrl=text)),
    f"{ACTION}.openUrlAction.url": (2048, lambda text: with_action(openUrlAction={"url": text})),
    f"{ACTION}.createCalendarEventAction.title": (100, lambda text: with_calendar(title=text)),
    f"{ACTION}.createCalendarEventAction.description": (500, lambda text: with_calendar(description=text)),
    f"{CARD}.title": (200, lambda text: with_card(title=text)),
    f"{CARD}.description": (2000, lambda text: with_card(description=text)),
    "contentInfo.fileUrl": (2048, lambda text: {"contentInfo": {"fileUrl": text}}),
    f"{CARD}.suggestions[0].reply.text": (
        25,
        lambda text: with_card(suggestions=[{"reply": {"text": text, "postbackData": "x"}}]),
    ),
    "richCard.carouselCard.cardContents[1].title": (
        200,
        lambda text: with_carousel([{"title": "Card"}, {"title": text}]),
    ),
}
# path: (fewest, most, the content that has so many there)
COUNTS: dict[str, tuple[int, int, Callable[[int], dict[str, Any]]]] = {
    "suggestions": (0, 11, lambda count: {"text": "Hello", "suggestions": [REPLY] * count}),
    f"{CARD}.suggestions": (0, 4, lambda count: with_card(title="Card", suggestions=[REPLY] * count)),
    "richCard.carouselCard.cardContents": (2, 10, lambda count: with_carousel([{"title": "Card"}] * count)),
    "richCard.carouselCard.cardContents[0].suggestions": (
        *(0, 4),
        lambda count: with_carousel([{"title": "Card", "suggestions": [REPLY] * count}, {"title": "Card"}]),
    ),
}
# path: (documented values, the content that has this value there)
ENUMERATIONS: dict[str, tuple[tuple[str, ...], Callable[[str], dict[str, Any]]]] = {
    "richCard.standaloneCard.cardOrientation": (
        *(("HORIZONTAL", "VERTICAL"),),
        lambda value: with_standalone(cardOrientation=value),
    ),
    "richCard.standaloneCard.thumbnailImageAlignment": (
        *(("LEFT", "RIGHT"),),
        lambda value: with_standalone(thumbnailImageAlignment=value),
    ),
    f"{CARD}.media.height": (("SHORT", "MEDIUM", "TALL"), lambda value: with_media(height=value)),
    "richCard.carouselCard.cardWidth": (
        *(("SMALL", "MEDIUM"),),
        lambda value: with_carousel([{"title": "Card"}] * 2, cardWidth=value),
    ),
    f"{ACTION}.openUrlAction.application": (
        *(("WEBVIEW", "BROWSER"),),
        lambda value: with_action(openUrlAction={"url": URL, "application": value}),
    ),
    f"{ACTION}.openUrlAction.webviewViewMode": (
        *(("FULL", "HALF", "TALL"),),
        lambda value: with_action(openUrlAction={"url": URL, "webviewViewMode": value}),
    ),
}


@pytest.mark.parametrize("path", LENGTHS)
def test_text_passes_at_its_limit_and_no_longer(path: str) -> None:
    limit, build = LENGTHS[path]
    assert fault_paths(build("https://e.co/".ljust(limit, "x"))) == []
    assert fault_paths(build("https://e.co/".ljust(limit + 1, "x"))) == [path]


def test_limit_counts_characters_not_bytes() -> None:
    assert fault_paths({"text": "😀" * 3072}) == []


@pytest.mark.parametrize("path", COUNTS)
def test_list_passes_at_its_limits_and_neither_longer_nor_shorter(path: str) -> None:
    fewest, most, build = COUNTS[path]
    assert fault_paths(build(fewest)) == fault_paths(build(most)) == []
    assert fault_paths(build(most + 1)) == [path]
    assert fewest == 0 or fault_paths(build(fewest - 1)) == [path]


@pytest.mark.parametrize("path", ENUMERATIONS)
def test_documented_values_pass_and_others_do_not(path: str) -> None:
    values, build = ENUMERATIONS[path]
    assert [fault_paths(build(value)) for value in values] == [[]] * len(values)
    assert fault_paths(build("OTHER")) == fault_paths(build(values[0].lower())) == [path]


@pytest.mark.parametrize(("latitude", "longitude"), [(90, 180), (-90, -180), (37.422, -122.084)])
def test_place_on_earth_passes(latitude: float, longitude: float) -> None:
    assert fault_paths(with_place(latitude, longitude)) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("latitude", 90.001),
        ("latitude", -90.001),
        ("longitude", 180.001),
        ("longitude", -180.001),
        ("latitude", "0"),
    ],
)
def test_place_beyond_earth_does_not(member: str, value: object) -> None:
    assert fault_paths(with_place(**{member: value})) == [f"{ACTION}.viewLocationAction.latLong.{member}"]


def test_message_passes_at_250_kb_of_json_and_no_larger() -> None:
    overhead = len(json.dumps({"contentMessage": {}, "ttl": "600s", "padding": ""}, separators=(",", ":")))
    message = {"contentMessage": {}, "ttl": "600s", "padding": "x" * (MAX_MESSAGE_BYTES - overhead)}
    assert MAX_MESSAGE_BYTES == 250 * 1024
    assert list(check_size(message)) == []
    assert len(list(check_size({**message, "padding": message["padding"] + "x"}))) == 1


def test_size_counts_bytes_not_characters() -> None:
    assert len(list(check_size({"padding": "é" * (MAX_MESSAGE_BYTES // 2)}))) == 1
