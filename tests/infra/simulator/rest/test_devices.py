"""A message that asks for more than the device can do is invalid."""

import pytest

from rbm_ops.simulator.features import FEATURES

PHONE_NUMBER = "+14155550101"
URL = "https://example.com/a.png"
CARD = {"title": "Card"}
DATES = {"startTime": "2026-11-22T10:00:00Z", "endTime": "2026-11-22T11:00:00Z"}


def with_action(**kind: object) -> dict:
    return {"text": "a", "suggestions": [{"action": {"text": "Go", "postbackData": "go", **kind}}]}


def with_card(**members: object) -> dict:
    return {"richCard": {"standaloneCard": {"cardContent": CARD | members}}}


def with_pdf(url: str) -> dict:
    return with_card(media={"contentInfo": {"fileUrl": url}})


CONTENTS = [
    ("RICHCARD_STANDALONE", with_card()),
    ("RICHCARD_CAROUSEL", {"richCard": {"carouselCard": {"cardContents": [CARD, CARD]}}}),
    ("ACTION_DIAL", with_action(dialAction={"phoneNumber": "+1"})),
    ("ACTION_VIEW_LOCATION", with_action(viewLocationAction={"query": "Rome"})),
    ("ACTION_CREATE_CALENDAR_EVENT", with_action(createCalendarEventAction={"title": "Visit", **DATES})),
    ("ACTION_OPEN_URL", with_action(openUrlAction={"url": URL})),
    ("ACTION_OPEN_URL_IN_WEBVIEW", with_action(openUrlAction={"url": URL, "application": "WEBVIEW"})),
    ("ACTION_SHARE_LOCATION", with_action(shareLocationAction={})),
    ("PDF_IN_RICH_CARDS", with_pdf("https://example.com/a.PDF?page=1#top")),
]


@pytest.mark.parametrize(("feature", "content"), CONTENTS)
async def test_message_beyond_the_device_is_refused(simulator, business, feature: str, content: dict) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = frozenset({feature})
    status, answer = await business.create(PHONE_NUMBER, {"contentMessage": content})
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer["error"]["message"] == f"The device does not support {feature}."


@pytest.mark.parametrize(("feature", "content"), CONTENTS)
async def test_message_within_the_device_is_accepted(
    simulator, business, feature: str, content: dict
) -> None:
    needed = {feature, "RICHCARD_STANDALONE", "ACTION_OPEN_URL"}
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = frozenset(FEATURES - needed)
    status, _ = await business.create(PHONE_NUMBER, {"contentMessage": content})
    assert status == 200


async def test_action_in_a_card_counts_too(simulator, business) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = frozenset({"ACTION_DIAL"})
    chips = with_action(dialAction={"phoneNumber": "+1"})["suggestions"]
    status, _ = await business.create(PHONE_NUMBER, {"contentMessage": with_card(suggestions=chips)})
    assert status == 400


async def test_pdf_outside_a_card_needs_nothing(business, simulator) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = FEATURES
    content = {"contentInfo": {"fileUrl": "https://example.com/a.pdf"}}
    assert (await business.create(PHONE_NUMBER, {"contentMessage": content}))[0] == 200


async def test_withdrawn_action_is_refused_by_every_device(business) -> None:
    status, answer = await business.create(PHONE_NUMBER, {"contentMessage": with_action(composeAction={})})
    assert status == 400
    assert "composeAction" in answer["error"]["message"]


async def test_suggestion_of_an_unknown_kind_needs_nothing(simulator, business) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = FEATURES
    content = {"text": "a", "suggestions": [{"novelty": {}}]}
    assert (await business.create(PHONE_NUMBER, {"contentMessage": content}))[0] == 200


async def test_device_without_rcs_answers_not_found_instead(simulator, business) -> None:
    phone = simulator.simulation.phones.find(PHONE_NUMBER)
    phone.has_rcs, phone.missing_features = False, FEATURES
    status, answer = await business.create(PHONE_NUMBER, {"contentMessage": with_card()})
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")
