"""Every content type is sent, answered as it was sent, and delivered; the limits are those published."""

import pytest
from tests.infra.simulator.conformance.conftest import MESSAGE_ID, text_of
from tests.infra.simulator.conformance.contents import (
    ACTIONS,
    CONTENTS,
    action,
    card,
    carousel,
    reply,
    standalone,
    with_chips,
)
from tests.infra.simulator.conformance.google_client import GoogleError
from tests.infra.simulator.conformance.google_model import (
    AgentContentMessage,
    AgentMessage,
    ContentInfo,
    CreateCalendarEventAction,
    DialAction,
    Media,
    OpenUrlAction,
)

PHONE_NUMBER = "+491715550102"
TRAFFIC_TYPES = ("AUTHENTICATION", "TRANSACTION", "PROMOTION", "SERVICEREQUEST", "ACKNOWLEDGEMENT")
LONGEST_URL = "https://example.com/".ljust(2048, "a")


def calendar(title: str, description: str) -> AgentContentMessage:
    times = {"start_time": "2026-12-01T19:00:00Z", "end_time": "2026-12-01T20:00:00Z"}
    event = CreateCalendarEventAction(title=title, description=description, **times)
    return with_chips(action(create_calendar_event_action=event))


def open_url(url: str) -> AgentContentMessage:
    return with_chips(action(open_url_action=OpenUrlAction(url=url)))


def media(file_url: str) -> Media:
    return Media(height="TALL", content_info=ContentInfo(file_url=file_url))


# The largest that is published, and one more (guides/build/messages/send; generated client).
LIMITS = {
    "text": (AgentContentMessage(text="ü" * 3072), AgentContentMessage(text="ü" * 3073)),
    "chips of a message": (with_chips(*[reply()] * 11), with_chips(*[reply()] * 12)),
    "chips of a card": (
        standalone(card(suggestions=[reply()] * 4)),
        standalone(card(suggestions=[reply()] * 5)),
    ),
    "suggestion text": (with_chips(reply("x" * 25)), with_chips(reply("x" * 26))),
    "postbackData of a reply": (
        with_chips(reply(postback_data="x" * 2048)),
        with_chips(reply(postback_data="x" * 2049)),
    ),
    "postbackData of an action": (
        with_chips(action(postback_data="x" * 2048, dial_action=DialAction(phone_number="1"))),
        with_chips(action(postback_data="x" * 2049, dial_action=DialAction(phone_number="1"))),
    ),
    "URL to open": (open_url(LONGEST_URL), open_url(LONGEST_URL + "a")),
    "fallback URL": (
        with_chips(action(fallback_url=LONGEST_URL, dial_action=DialAction(phone_number="1"))),
        with_chips(action(fallback_url=LONGEST_URL + "a", dial_action=DialAction(phone_number="1"))),
    ),
    "calendar title": (calendar("x" * 100, ""), calendar("x" * 101, "")),
    "calendar description": (calendar("x", "x" * 500), calendar("x", "x" * 501)),
    "card title": (standalone(card(title="x" * 200)), standalone(card(title="x" * 201))),
    "card description": (standalone(card(description="x" * 2000)), standalone(card(description="x" * 2001))),
    "most cards": (carousel(*[card()] * 10), carousel(*[card()] * 11)),
    "fewest cards": (carousel(*[card()] * 2), carousel(card())),
}

FAULTS = {
    "nothing": AgentContentMessage(suggestions=[reply()]),
    "two contents": AgentContentMessage(text="a", content_info=ContentInfo(file_url=LONGEST_URL)),
    "two actions": with_chips(
        action(dial_action=DialAction(phone_number="1"), open_url_action=OpenUrlAction(url="a:b"))
    ),
    "letters to dial": with_chips(action(dial_action=DialAction(phone_number="CALL ME"))),
    "calendar event without title": with_chips(
        action(create_calendar_event_action=CreateCalendarEventAction(start_time="2026-12-01T19:00:00Z"))
    ),
    "orientation": standalone(card_orientation="DIAGONAL"),
    "alignment": standalone(card_orientation="HORIZONTAL", thumbnail_image_alignment="TOP"),
    "width": carousel(card(), card(), width="LARGE"),
    "height": standalone(card(media=Media(height="HUGE", content_info=ContentInfo(file_url=LONGEST_URL)))),
    "audio in a card": standalone(card(media=media("https://example.com/song.mp3"))),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
async def test_content_is_answered_as_sent_and_delivered(google, simulator, webhook, content) -> None:
    answer = await google.send(PHONE_NUMBER, AgentMessage(content_message=content))
    assert answer.content_message == content
    assert answer.name == f"phones/{PHONE_NUMBER}/agentMessages/{MESSAGE_ID}"
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED"]


@pytest.mark.parametrize("content", [largest for largest, _ in LIMITS.values()], ids=LIMITS)
async def test_content_at_its_limit_is_accepted(google, content) -> None:
    assert (await google.send(PHONE_NUMBER, AgentMessage(content_message=content))).content_message == content


@pytest.mark.parametrize("content", [beyond for _, beyond in LIMITS.values()], ids=LIMITS)
async def test_content_beyond_its_limit_is_refused(google, content) -> None:
    with pytest.raises(GoogleError) as refusal:
        await google.send(PHONE_NUMBER, AgentMessage(content_message=content))
    assert (refusal.value.code, refusal.value.status) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("content", FAULTS.values(), ids=FAULTS)
async def test_content_that_means_nothing_is_refused(google, content) -> None:
    with pytest.raises(GoogleError, match="400 INVALID_ARGUMENT"):
        await google.send(PHONE_NUMBER, AgentMessage(content_message=content))


@pytest.mark.parametrize("traffic_type", TRAFFIC_TYPES)
async def test_traffic_type_is_answered_as_sent(google, traffic_type: str) -> None:
    answer = await google.send(PHONE_NUMBER, text_of(message_traffic_type=traffic_type))
    assert answer.message_traffic_type == traffic_type


async def test_other_traffic_type_is_refused(google) -> None:
    with pytest.raises(GoogleError, match="messageTrafficType"):
        await google.send(PHONE_NUMBER, text_of(message_traffic_type="SPAM"))


@pytest.mark.parametrize(
    ("ttl", "expire_time"),
    [
        ("600s", "2026-11-22T10:10:00.000000Z"),
        ("3.5s", "2026-11-22T10:00:03.500000Z"),
        ("1296000s", "2026-12-07T10:00:00.000000Z"),
    ],
)
async def test_ttl_is_answered_as_expire_time(google, ttl: str, expire_time: str) -> None:
    answer = await google.send(PHONE_NUMBER, text_of(ttl=ttl))
    assert (answer.ttl, answer.expire_time) == (None, expire_time)


@pytest.mark.parametrize("life", [{"ttl": "1296001s"}, {"expire_time": "2026-12-07T10:00:01Z"}, {"ttl": "9"}])
async def test_life_beyond_15_days_is_refused(google, life: dict[str, str]) -> None:
    with pytest.raises(GoogleError, match="400 INVALID_ARGUMENT"):
        await google.send(PHONE_NUMBER, text_of(**life))


async def test_device_without_actions_refuses_each_of_them(google) -> None:
    for name, chip in ACTIONS.items():
        with pytest.raises(GoogleError, match="does not support"):
            await google.send("+491715550121", AgentMessage(content_message=with_chips(chip)))
        assert not google.is_known(MESSAGE_ID), name
