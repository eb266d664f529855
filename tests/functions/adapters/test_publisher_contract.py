"""What every publisher does, the fake as well as Pub/Sub."""

import asyncio

import pytest
from tests.functions.adapters.conftest import Topic
from tests.functions.fakes import Published

from rbm_ledger.domain.errors import Refused


async def publish_each(topic: Topic, messages: list[Published]) -> list[str | BaseException]:
    return await asyncio.gather(
        *(topic.publisher.publish(message.data, message.attributes) for message in messages),
        return_exceptions=True,
    )


async def test_message_arrives_under_the_id_that_publishing_returned(topic: Topic) -> None:
    message = Published(b'{"eventType": "DELIVERED"}', {"family": "UserEvent", "type": "DELIVERED"})
    message_id = await topic.publisher.publish(message.data, message.attributes)
    assert await topic.read(1) == {message_id: message}


@pytest.mark.parametrize(
    "message",
    [
        Published(b"", {"family": "Unknown"}),
        Published(b"no attributes", {}),
        Published(bytes(range(256)), {"family": "Unknown"}),
        Published(b"x" * 1_000_000, {"family": "UserMessage"}),
        Published(b"unicode", {"type": "Grüße, 漢字, 😀", "größe": "ß"}),
        Published(b"longest value", {"type": "ü" * 512}),
        Published(b"empty value", {"type": ""}),
    ],
    ids=lambda message: f"{message.data[:13]!r}",
)
async def test_data_and_attributes_arrive_unaltered(topic: Topic, message: Published) -> None:
    [message_id] = await publish_each(topic, [message])
    assert await topic.read(1) == {message_id: message}


async def test_many_at_once_all_arrive_each_under_its_own_id(topic: Topic) -> None:
    messages = [Published(b"%d" % number, {"number": str(number)}) for number in range(1500)]
    message_ids = await publish_each(topic, messages)
    assert await topic.read(1500) == dict(zip(message_ids, messages, strict=True))


async def test_large_messages_at_once_all_arrive(topic: Topic) -> None:
    messages = [Published(b"%d" % number * 1_000_000, {"number": str(number)}) for number in range(10, 22)]
    message_ids = await publish_each(topic, messages)
    assert await topic.read(len(messages)) == dict(zip(message_ids, messages, strict=True))


async def test_refused_message_fails_alone(topic: Topic) -> None:
    messages = [Published(b"%d" % number, {"type": "x"}) for number in range(5)]
    messages[2] = Published(b"", {})  # neither data nor an attribute
    outcomes = await publish_each(topic, messages)
    assert isinstance(outcomes.pop(2), Refused)
    assert await topic.read(4) == dict(zip(outcomes, messages[:2] + messages[3:], strict=True))
