"""How the publisher talks to Pub/Sub: few calls, within the service's limits, and through its outages."""

import asyncio

import grpc
import pytest
from tests.functions.adapters.scripted_service import (
    PublishResponse,
    ScriptedMethod,
    confirm_messages,
    publisher_service,
    serving,
)

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ops.ports import find_free_port

TOPIC = "projects/rbm/topics/rbm-events"
MAX_MESSAGES, MAX_BYTES = 1000, 10_000_000


def make_publisher(host: str, *, timeout_seconds: float = 10) -> PubSubPublisher:
    return PubSubPublisher(TOPIC, emulator_host=host, timeout_seconds=timeout_seconds)


async def publish_each(publisher: PubSubPublisher, *data: bytes) -> list[str | BaseException]:
    async with asyncio.timeout(30):
        return await asyncio.gather(*(publisher.publish(each, {}) for each in data), return_exceptions=True)


@pytest.fixture
def publish() -> ScriptedMethod:
    return ScriptedMethod(confirm_messages)


async def test_request_names_its_topic_and_routes_by_it(publish: ScriptedMethod) -> None:
    async with serving(publisher_service(publish)) as host:
        await make_publisher(host).publish(b"one", {"family": "UserEvent"})
    [request] = publish.requests
    assert request.topic == TOPIC
    assert [(message.data, dict(message.attributes)) for message in request.messages] == [
        (b"one", {"family": "UserEvent"})
    ]
    assert publish.metadata[0]["x-goog-request-params"] == f"topic={TOPIC}"


async def test_many_at_once_take_few_calls_and_each_gets_its_own_id(publish: ScriptedMethod) -> None:
    data = [b"%d" % number for number in range(2500)]
    async with serving(publisher_service(publish)) as host:
        assert await publish_each(make_publisher(host), *data) == [each.decode() for each in data]
    assert sorted(len(request.messages) for request in publish.requests) == [500, MAX_MESSAGES, MAX_MESSAGES]


async def test_calls_stay_under_the_service_s_limit_of_bytes(publish: ScriptedMethod) -> None:
    data = [b"%02d" % number + b"x" * 700_000 for number in range(40)]
    async with serving(publisher_service(publish)) as host:
        ids = await publish_each(make_publisher(host), *data)
    assert ids == [each.decode()[:20] for each in data]
    assert max(request.ByteSize() for request in publish.requests) <= MAX_BYTES
    assert len(publish.requests) <= 4


async def test_many_small_messages_stay_under_the_limit_of_bytes_too(publish: ScriptedMethod) -> None:
    attributes = {f"name-{number}": "x" * 100 for number in range(90)}
    async with serving(publisher_service(publish)) as host:
        publisher = make_publisher(host)
        await asyncio.gather(*(publisher.publish(b"%d" % number, attributes) for number in range(1000)))
    assert max(request.ByteSize() for request in publish.requests) <= MAX_BYTES


async def test_message_that_no_protocol_buffer_can_hold_fails_alone(publish: ScriptedMethod) -> None:
    async with serving(publisher_service(publish)) as host:
        publisher = make_publisher(host)
        outcomes = await asyncio.gather(
            publisher.publish(b"one", {"type": "\ud800"}),
            publisher.publish(b"two", {}),
            return_exceptions=True,
        )
    assert isinstance(outcomes[0], ValueError)
    assert outcomes[1] == "two"


async def test_refused_batch_is_published_member_by_member(publish: ScriptedMethod) -> None:
    publish.failures = [grpc.StatusCode.INVALID_ARGUMENT] * 2
    async with serving(publisher_service(publish)) as host:
        outcomes = await publish_each(make_publisher(host), b"one", b"two", b"three")
    assert isinstance(outcomes[0], Refused)
    assert outcomes[1:] == ["two", "three"]
    assert [len(request.messages) for request in publish.requests] == [3, 1, 1, 1]


async def test_answer_without_ids_confirms_nothing() -> None:
    publish = ScriptedMethod(lambda _request: PublishResponse())
    async with serving(publisher_service(publish)) as host:
        outcomes = await publish_each(make_publisher(host), b"one", b"two")
    assert [type(outcome) for outcome in outcomes] == [NotConfirmed, NotConfirmed]


async def test_publish_waits_for_a_service_that_comes_up_in_time(publish: ScriptedMethod) -> None:
    port = find_free_port()
    publishing = asyncio.create_task(
        make_publisher(f"127.0.0.1:{port}", timeout_seconds=20).publish(b"one", {})
    )
    await asyncio.sleep(0)
    async with serving(publisher_service(publish), port):
        assert await publishing == "one"


async def test_same_publisher_recovers_from_an_outage(publish: ScriptedMethod) -> None:
    port = find_free_port()
    publisher = make_publisher(f"127.0.0.1:{port}", timeout_seconds=0.3)
    with pytest.raises(NotConfirmed):
        await publisher.publish(b"lost", {})
    for data in (b"up", b"up again"):
        async with serving(publisher_service(publish), port), asyncio.timeout(20):
            assert await publish_until_confirmed(publisher, data) == data.decode()
        with pytest.raises(NotConfirmed):
            await publisher.publish(b"lost", {})


async def publish_until_confirmed(publisher: PubSubPublisher, data: bytes) -> str:
    """As Google does with a callback that was answered 503."""
    while True:
        try:
            return await publisher.publish(data, {})
        except NotConfirmed:
            continue
