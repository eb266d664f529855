"""The platform's published limits: at the limit passes, one beyond is refused there."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rbm_ledger.domain.agent_message import (
    AGENT_MESSAGE_MEMBERS,
    CONTENT_MESSAGE,
    MAX_MESSAGE_BYTES,
    MAX_TTL_SECONDS,
    TRAFFIC_TYPES,
    parse_ttl_seconds,
)
from rbm_ledger.domain.checks import find_faults, members

from .payloads import list_names, load_json

AGENT_MESSAGE = members(AGENT_MESSAGE_MEMBERS, required=("contentMessage",))
REPLY = {"reply": {"text": "Yes", "postbackData": "yes"}}
URL = "https://example.com/a.png"


def fault_paths(content: dict[str, Any]) -> list[str]:
    return [fault.path for fault in find_faults(AGENT_MESSAGE_MEMBERS["contentMessage"], content)]


def with_suggestion(suggestion: dict[str, Any]) -> dict[str, Any]:
    return {"text": "Hello", "suggestions": [suggestion]}


def with_reply(**members_: Any) -> dict[str, Any]:
    return with_suggestion({"reply": {**REPLY["reply"], **members_}})


def with_action(**members_: Any) -> dict[str, Any]:
    """An action; without another kind it shares a location."""
    kind = {} if any(name.endswith("Action") for name in members_) else {"shareLocationAction": {}}
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


@pytest.mark.parametrize("name", list_names("agent-message-requests"))
def test_documented_message_passes(name: str) -> None:
    assert find_faults(AGENT_MESSAGE, load_json(f"agent-message-requests/{name}")) == ()


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
    [("latitude", 90.001), ("latitude", -90.001), ("longitude", 180.001), ("longitude", -180.001), ("latitude", "0")],
)
def test_place_beyond_earth_does_not(member: str, value: object) -> None:
    assert fault_paths(with_place(**{member: value})) == [f"{ACTION}.viewLocationAction.latLong.{member}"]


def test_message_passes_at_250_kb_of_json_and_no_larger() -> None:
    overhead = len(json.dumps({"text": "Hello", "padding": ""}, separators=(",", ":")))
    content = {"text": "Hello", "padding": "x" * (MAX_MESSAGE_BYTES - overhead)}
    assert MAX_MESSAGE_BYTES == 250 * 1024
    assert fault_paths(content) == []
    assert fault_paths({**content, "padding": content["padding"] + "x"}) == [""]


def test_size_counts_bytes_not_characters() -> None:
    assert fault_paths({"text": "Hello", "padding": "é" * (MAX_MESSAGE_BYTES // 2)}) == [""]


@pytest.mark.parametrize("ttl", ["10s", "600s", "3.5s", "0.000000001s", f"{MAX_TTL_SECONDS}s", "1296000.000000000s"])
def test_ttl_up_to_15_days_passes(ttl: str) -> None:
    assert find_faults(AGENT_MESSAGE_MEMBERS["ttl"], ttl) == ()
    assert 0 < parse_ttl_seconds(ttl) <= 15 * 24 * 3600


@pytest.mark.parametrize(
    "ttl",
    [
        *("0s", "0.0s", "1296000.000000001s", "1296001s", "9999999999s", "99999999999s", "-1s", "+1s", "600"),
        *("600S", "10m", "1e3s", "1.s", ".5s", " 600s", "600s\n", "infs", "nans", "1_0s", "６００s", "", 600, None),
    ],
)
def test_ttl_beyond_or_in_another_form_does_not(ttl: object) -> None:
    assert [fault.path for fault in find_faults(AGENT_MESSAGE_MEMBERS["ttl"], ttl, "ttl")] == ["ttl"]


@pytest.mark.parametrize("traffic_type", TRAFFIC_TYPES)
def test_documented_traffic_type_passes(traffic_type: str) -> None:
    assert find_faults(AGENT_MESSAGE_MEMBERS["messageTrafficType"], traffic_type) == ()


@pytest.mark.parametrize("traffic_type", ["SERVICE_REQUEST", "transaction", "", None, 1])
def test_other_traffic_type_does_not(traffic_type: object) -> None:
    assert len(find_faults(AGENT_MESSAGE_MEMBERS["messageTrafficType"], traffic_type)) == 1


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        ({}, [""]),
        ({"suggestions": []}, [""]),
        ({"text": "a", "contentInfo": {"fileUrl": URL}}, [""]),
        ({"text": ""}, ["text"]),
        ({"text": None}, ["text"]),
        ({"contentInfo": {}}, ["contentInfo.fileUrl"]),
        ({"contentInfo": {"fileUrl": "ftp://e.co/a"}}, ["contentInfo.fileUrl"]),
        ({"contentInfo": {"fileUrl": "https://e.co/a b"}}, ["contentInfo.fileUrl"]),
        ({"contentInfo": {"fileUrl": URL, "thumbnailUrl": "a"}}, ["contentInfo.thumbnailUrl"]),
        ({"contentInfo": {"fileUrl": URL, "forceRefresh": "no"}}, ["contentInfo.forceRefresh"]),
        ({"uploadedRbmFile": {"thumbnailName": "files/x"}}, ["uploadedRbmFile.fileName"]),
        ({"richCard": {}}, ["richCard"]),
        ({"richCard": {"standaloneCard": {}}}, ["richCard.standaloneCard.cardContent"]),
        (with_card(media={"height": "TALL"}), [f"{CARD}.media"]),
        (with_suggestion({}), ["suggestions[0]"]),
        (with_suggestion({**REPLY, "action": {"text": "a", "shareLocationAction": {}}}), ["suggestions[0]"]),
        (with_suggestion({"reply": {"text": "a"}}), ["suggestions[0].reply.postbackData"]),
        (with_suggestion({"reply": {"postbackData": "a"}}), ["suggestions[0].reply.text"]),
        (with_suggestion({"action": {"text": "a"}}), [ACTION]),
        (with_action(shareLocationAction={}, dialAction={"phoneNumber": "+1"}), [ACTION]),
        (with_action(dialAction={}), [f"{ACTION}.dialAction.phoneNumber"]),
        (with_action(dialAction={"phoneNumber": "1-2"}), [f"{ACTION}.dialAction.phoneNumber"]),
        (with_action(openUrlAction={}), [f"{ACTION}.openUrlAction.url"]),
        (with_action(viewLocationAction={"label": "x"}), [f"{ACTION}.viewLocationAction"]),
        (with_calendar(startTime="noon"), [f"{ACTION}.createCalendarEventAction.startTime"]),
        (with_calendar(title=""), [f"{ACTION}.createCalendarEventAction.title"]),
    ],
)
def test_content_that_the_platform_refuses_is_refused_at_its_place(
    content: dict[str, Any], paths: list[str]
) -> None:
    assert fault_paths(content) == paths


@pytest.mark.parametrize(
    "content",
    [
        with_action(dialAction={"phoneNumber": "*123#"}),
        with_action(viewLocationAction={"query": "cafe"}),
        with_action(openUrlAction={"url": "app://open"}),
        with_action(composeAction={"anything": 1}),
        with_action(paymentRequestAction={"amount": 1}),
        with_media(contentDescription="A tree"),
        with_card(description="", title=""),
        {"fileName": "files/deprecated"},
        {"text": "a", "persistentSuggestions": [1]},
        {"contentOf2027": {}},
    ],
)
def test_content_that_the_platform_may_take_passes(content: dict[str, Any]) -> None:
    assert list(find_faults(CONTENT_MESSAGE, content)) == []
