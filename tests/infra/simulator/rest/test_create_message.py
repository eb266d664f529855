"""What a create answers."""

from datetime import timedelta

import pytest
from tests.infra.simulator.conftest import START
from tests.support.payloads import load_json

US_NUMBER, GERMAN_NUMBER = "+14155550101", "+491715550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
TEXT = {"contentMessage": {"text": "Hello, world!"}}
CARD = {"contentMessage": {"richCard": {"standaloneCard": {"cardContent": {"title": "Card"}}}}}


async def test_valid_message_answers_agent_message(business) -> None:
    body = TEXT | {"messageTrafficType": "PROMOTION"}
    status, answer = await business.create(GERMAN_NUMBER, body, message_id=MESSAGE_ID)
    assert status == 200
    assert answer == {
        "name": f"phones/{GERMAN_NUMBER}/agentMessages/{MESSAGE_ID}",
        "sendTime": "2026-11-22T10:00:00.000000Z",
        **body,
    }


async def test_default_traffic_type_is_not_shown(business) -> None:
    _, answer = await business.create(GERMAN_NUMBER, TEXT)
    assert "messageTrafficType" not in answer


async def test_us_number_answers_classification_size_and_carrier(business) -> None:
    _, answer = await business.create(US_NUMBER, {"contentMessage": {"text": "ü" * 81}})
    assert answer["richMessageClassification"] == {"classificationType": "RICH_MESSAGE", "segmentCount": 2}
    assert answer["totalPayloadSizeBytes"] == "0"
    assert answer["carrier"] == "T-Mobile"


async def test_us_number_of_no_carrier_answers_none_of_it(simulator, business) -> None:
    simulator.simulation.phones.find(US_NUMBER).carrier = ""
    _, answer = await business.create(US_NUMBER, TEXT)
    assert answer.keys() == {"name", "sendTime", "contentMessage"}


async def test_card_is_rich_media(business) -> None:
    _, answer = await business.create(US_NUMBER, CARD)
    assert answer["richMessageClassification"] == {"classificationType": "RICH_MEDIA_MESSAGE"}


async def test_ttl_answers_expire_time_instead(business) -> None:
    status, answer = await business.create(GERMAN_NUMBER, TEXT | {"ttl": "600.5s"})
    assert status == 200
    assert "ttl" not in answer
    assert answer["expireTime"] == "2026-11-22T10:10:00.500000Z"


async def test_expire_time_is_echoed(business) -> None:
    expire_time = (START + timedelta(days=14)).isoformat()
    status, answer = await business.create(GERMAN_NUMBER, TEXT | {"expireTime": expire_time})
    assert (status, answer["expireTime"]) == (200, expire_time)


async def test_output_fields_in_request_are_not_taken(business) -> None:
    outputs = dict.fromkeys(
        ("name", "sendTime", "richMessageClassification", "totalPayloadSizeBytes", "carrier"), "mine"
    )
    _, answer = await business.create(GERMAN_NUMBER, TEXT | outputs, message_id=MESSAGE_ID)
    assert "mine" not in answer.values()
    assert answer["name"] == f"phones/{GERMAN_NUMBER}/agentMessages/{MESSAGE_ID}"


@pytest.mark.parametrize("payload", ["suggested-replies", "suggested-actions", "rich-card-carousel"], ids=str)
async def test_documented_request_is_accepted(business, payload: str) -> None:
    body = load_json(f"agent_messages/{payload}.json")
    status, answer = await business.create(GERMAN_NUMBER, body)
    assert (status, answer["contentMessage"]) == (200, body["contentMessage"])


async def test_unknown_fields_pass_through(business) -> None:
    content = {"text": "a", "persistentSuggestions": [1]}
    body = {"contentMessage": content, "novelty": {"a": [None, 2**63, 1.5]}}
    status, answer = await business.create(GERMAN_NUMBER, body)
    assert (status, answer["contentMessage"], answer["novelty"]) == (200, content, body["novelty"])


async def test_answer_is_json_in_utf8(business) -> None:
    path = f"{business.url}/v1/phones/{US_NUMBER}/agentMessages"
    parameters = {"messageId": MESSAGE_ID, "agentId": "growing-tree-bank"}
    headers = {"Authorization": "Bearer t"}
    async with business.session.post(path, params=parameters, json=TEXT, headers=headers) as response:
        assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
