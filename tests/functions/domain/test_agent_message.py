"""What the platform takes as an agent message, and what it would refuse."""

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
    with_media,
    with_suggestion,
)
from tests.support.payloads import list_names, load_json

from rbm_ledger.domain.agent_message import (
    AGENT_MESSAGE_MEMBERS,
    MAX_TTL_SECONDS,
    TRAFFIC_TYPES,
    parse_ttl_seconds,
)
from rbm_ledger.domain.checks import find_faults, members

AGENT_MESSAGE = members(AGENT_MESSAGE_MEMBERS, required=("contentMessage",))


@pytest.mark.parametrize("name", list_names("agent_messages"))
def test_documented_message_passes(name: str) -> None:
    assert find_faults(AGENT_MESSAGE, load_json(f"agent_messages/{name}")) == ()


@pytest.mark.parametrize(
    "ttl", ["10s", "600s", "3.5s", "0.000000001s", f"{MAX_TTL_SECONDS}s", "1296000.000000000s"]
)
def test_ttl_up_to_15_days_passes(ttl: str) -> None:
    assert find_faults(AGENT_MESSAGE_MEMBERS["ttl"], ttl) == ()
    assert 0 < parse_ttl_seconds(ttl) <= 15 * 24 * 3600


@pytest.mark.parametrize(
    "ttl",
    [
        *("0s", "0.0s", "1296000.000000001s", "1296001s", "9999999999s", "99999999999s", "-1s", "+1s", "600"),
        *(
            "600S",
            "10m",
            "1e3s",
            "1.s",
            ".5s",
            " 600s",
            "600s\n",
            "infs",
            "nans",
            "1_0s",
            "６００s",
            "",
            600,
            None,
        ),
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
        ({"fileName": 7}, ["fileName"]),
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
        with_action(openUrlAction={"url": "app://open", "description": ""}),
        with_action(composeAction={"anything": 1}),
        with_action(paymentRequestAction={"amount": 1}),
        with_media(contentDescription="A tree"),
        with_media(contentDescription=""),
        with_card(description="", title=""),
        {"fileName": "files/deprecated"},
        {"text": "a", "persistentSuggestions": [1]},
        {"contentOf2027": {}},
    ],
)
def test_content_that_the_platform_may_take_passes(content: dict[str, Any]) -> None:
    assert fault_paths(content) == []
