"""Messages that were accepted, and how they are found."""

import uuid

import pytest

NUMBER, OTHER_NUMBER = "+4915155501234", "+4915155501235"
FIRST, SECOND, THIRD = (str(uuid.uuid4()) for _ in range(3))


@pytest.fixture
async def created(business) -> None:
    """The first one twice."""
    await business.create(NUMBER, message_id=FIRST, agent_id="a")
    await business.create(NUMBER, message_id=FIRST, agent_id="a")
    await business.create(NUMBER, message_id=SECOND, agent_id="b")
    await business.create(OTHER_NUMBER, message_id=THIRD, agent_id="a")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [FIRST, SECOND, THIRD]),
        ({"agentId": "a"}, [FIRST, THIRD]),
        ({"agentId": "a@rbm.goog"}, [FIRST, THIRD]),
        ({"phoneNumber": NUMBER}, [FIRST, SECOND]),
        ({"messageId": SECOND}, [SECOND]),
        ({"agentId": "a", "phoneNumber": NUMBER}, [FIRST]),
        ({"agentId": "c"}, []),
        ({"limit": "2"}, [SECOND, THIRD]),
    ],
)
async def test_messages_are_found_by_what_they_are(control, created, filters: dict, found: list) -> None:
    _, answer = await control("GET", "messages", **filters)
    assert [message["messageId"] for message in answer["messages"]] == found


async def test_message_tells_what_became_of_it(control, created, simulator) -> None:
    await simulator.advance(60)
    _, answer = await control("GET", "messages", messageId=FIRST)
    (message,) = answer["messages"]
    assert message["answer"]["name"] == f"phones/{NUMBER}/agentMessages/{FIRST}"
    del message["answer"]
    assert message == {
        "agentId": "a",
        "phoneNumber": NUMBER,
        "messageId": FIRST,
        "creates": 2,
        "body": {"contentMessage": {"text": "Hello, world!"}},
        "state": "read",
    }


@pytest.mark.parametrize("filters", [{"limit": "0"}, {"limit": "many"}, {"agent": "a"}])
async def test_unknown_filter_is_refused(refusal, filters: dict) -> None:
    status, message = await refusal("GET", "messages", **filters)
    assert status == "INVALID_ARGUMENT"
    assert next(iter(filters)) in message
