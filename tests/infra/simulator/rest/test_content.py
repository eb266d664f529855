"""What the content of a message, its life and its traffic type must be; every fault is named."""

from datetime import timedelta

import pytest
from tests.infra.simulator.conftest import AGENT_ID, START

from rbm_ops.simulator.agents import UseCase

PHONE_NUMBER = "+14155550101"
TEXT = {"contentMessage": {"text": "Hello, world!"}}
CHIP = {"text": "Yes", "postbackData": "yes"}
REPLY = {"reply": CHIP}
LONGEST = timedelta(days=15)


async def refusal_of(business, body: object) -> str:
    status, answer = await business.create(PHONE_NUMBER, body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    return answer["error"]["message"]


def text_with(*suggestions: object) -> dict:
    return {"contentMessage": {"text": "a", "suggestions": list(suggestions)}}


def carousel_of(*cards: object) -> dict:
    return {"contentMessage": {"richCard": {"carouselCard": {"cardContents": list(cards)}}}}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "contentMessage: is missing"),
        ({"contentMessage": "text"}, "contentMessage: must be an object"),
        ({"contentMessage": {}}, "exactly one of text"),
        ({"contentMessage": {"suggestions": []}}, "exactly one of text"),
        ({"contentMessage": {"text": "a", "richCard": {}}}, "text and richCard"),
        ({"contentMessage": {"text": 1}}, "contentMessage.text"),
        ({"contentMessage": {"text": "x" * 3073}}, "3072"),
        ({"contentMessage": {"richCard": "card"}}, "richCard"),
        (text_with("Yes"), "suggestions[0]"),
        (text_with({"reply": "Yes"}), "suggestions[0].reply"),
        (text_with({"reply": CHIP, "action": CHIP}), "reply and action"),
        (text_with({"reply": CHIP | {"text": "x" * 26}}), "suggestions[0].reply.text"),
        (text_with(*[REPLY] * 12), "at most 11"),
        (carousel_of({"title": "One"}), "2 to 10"),
        (carousel_of({"title": "One", "suggestions": [REPLY] * 5}, {"title": "Two"}), "at most 4"),
        (carousel_of({"title": "x" * 201}, {"title": "Two"}), "cardContents[0].title"),
        (TEXT | {"messageTrafficType": "ADVERTISING"}, "messageTrafficType"),
        (TEXT | {"messageTrafficType": {}}, "messageTrafficType"),
        (TEXT | {"ttl": "600"}, "ttl"),
        (TEXT | {"ttl": 600}, "ttl"),
        (TEXT | {"ttl": "1296001s"}, "15 days"),
        (TEXT | {"expireTime": "tomorrow"}, "expireTime"),
        (TEXT | {"expireTime": "2026-11-23T00:00:00"}, "expireTime"),
    ],
)
async def test_fault_is_named(business, body: object, named: str) -> None:
    assert named in await refusal_of(business, body)


async def test_all_faults_are_named_at_once(business) -> None:
    body = text_with({"reply": {"text": ""}}) | {"ttl": "x", "expireTime": "2027-01-01T00:00:00Z"}
    refusal = await refusal_of(business, body)
    assert refusal.count(";") == 4
    for named in ("postbackData: is missing", "reply.text", "ttl: ", "ttl and expireTime", "15 days ahead"):
        assert named in refusal


async def test_ttl_and_expire_time_exclude_each_other(business) -> None:
    expire_time = (START + timedelta(minutes=10)).isoformat()
    assert "at most one" in await refusal_of(business, TEXT | {"ttl": "600s", "expireTime": expire_time})


@pytest.mark.parametrize(("ahead", "status"), [(LONGEST, 200), (LONGEST + timedelta(seconds=1), 400)])
async def test_expire_time_is_at_most_15_days_ahead(business, ahead: timedelta, status: int) -> None:
    body = TEXT | {"expireTime": (START + ahead).isoformat()}
    assert (await business.create(PHONE_NUMBER, body))[0] == status


async def test_expire_time_goes_by_the_clock_of_the_simulator(simulator, business) -> None:
    body = TEXT | {"expireTime": (START + timedelta(hours=1)).isoformat()}
    await simulator.advance(3599)
    assert (await business.create(PHONE_NUMBER, body))[0] == 200
    await simulator.advance(1)
    assert "past" in await refusal_of(business, body)


async def test_longest_text_and_ttl_are_accepted(business) -> None:
    body = {"contentMessage": {"text": "ü" * 3072}, "ttl": "1296000s"}
    assert (await business.create(PHONE_NUMBER, body))[0] == 200


@pytest.mark.parametrize(("padding", "status"), [(255_900, 200), (256_000, 400)])
async def test_whole_message_has_at_most_250_kb(business, padding: int, status: int) -> None:
    body = TEXT | {"padding": "x" * padding}
    answered, answer = await business.create(PHONE_NUMBER, body)
    assert answered == status
    assert status == 200 or "256000" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("use_case", "traffic_type", "status"),
    [
        (UseCase.MULTI_USE, None, 400),
        (UseCase.MULTI_USE, "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED", 400),
        (UseCase.MULTI_USE, "PROMOTION", 200),
        (UseCase.TRANSACTIONAL, None, 200),
        (UseCase.OTP, "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED", 200),
    ],
)
async def test_agent_with_several_uses_has_to_name_traffic_type(
    simulator, business, use_case: UseCase, traffic_type: str | None, status: int
) -> None:
    simulator.simulation.agents.find(AGENT_ID).use_case = use_case
    body = TEXT | ({"messageTrafficType": traffic_type} if traffic_type else {})
    answered, answer = await business.create(PHONE_NUMBER, body)
    assert answered == status
    assert status == 200 or "messageTrafficType" in answer["error"]["message"]


async def test_refused_message_does_not_use_up_its_id(business) -> None:
    message_id = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
    assert (await business.create(PHONE_NUMBER, {}, message_id=message_id))[0] == 400
    status, answer = await business.create(PHONE_NUMBER, TEXT, message_id=message_id)
    assert (status, answer["contentMessage"]) == (200, TEXT["contentMessage"])
