"""Push: what is posted, which answers acknowledge, what happens to the rest."""

import asyncio
import base64

import pytest
from tests.infra.emulators.pubsub.project import CALL, PubSubProject
from tests.infra.emulators.pubsub.receiver import Receiver


@pytest.fixture
def topic(pubsub: PubSubProject) -> str:
    return pubsub.create_topic()


def create_push_subscription(pubsub: PubSubProject, topic: str, receiver: Receiver, **fields) -> str:
    push_config = {"push_endpoint": receiver.endpoint, **fields.pop("push_config", {})}
    return pubsub.create_subscription(topic, "pusher", push_config=push_config, **fields)


async def assert_nothing_left(pubsub: PubSubProject, subscription: str) -> None:
    """Everything was acknowledged: a reader that takes over by pull finds nothing, now or later."""
    pubsub.subscriber.modify_push_config(subscription=subscription, push_config={}, **CALL)
    assert await asyncio.to_thread(pubsub.pull, subscription, timeout=1.5) == []


async def test_pushed_body_is_that_of_production(
    pubsub: PubSubProject, topic: str, receiver: Receiver
) -> None:
    subscription = create_push_subscription(pubsub, topic, receiver)
    (message_id,) = pubsub.publish(topic, {"data": b"\x00\xffhello", "attributes": {"type": "größe"}})
    await receiver.wait_for_requests(1)
    (request,), (body,) = receiver.requests, receiver.bodies
    message = body.pop("message")
    assert body == {"subscription": subscription}
    assert base64.b64decode(message["data"]) == b"\x00\xffhello"
    assert message["attributes"] == {"type": "größe"}
    assert message["messageId"] == message["message_id"] == message_id
    assert message["publishTime"] == message["publish_time"]
    assert message["publishTime"].endswith("Z")
    assert set(message) == {"data", "attributes", "messageId", "message_id", "publishTime", "publish_time"}
    assert request["path"] == "/push?token=a"
    assert request["headers"]["Content-Type"].startswith("application/json")


async def test_ordering_key_is_pushed(embedded_pubsub: PubSubProject, receiver: Receiver) -> None:
    # Google's emulator leaves it out.
    topic = embedded_pubsub.create_topic()
    create_push_subscription(embedded_pubsub, topic, receiver)
    embedded_pubsub.publish(topic, {"data": b"1", "ordering_key": "a"})
    await receiver.wait_for_requests(1)
    assert receiver.bodies[0]["message"]["orderingKey"] == "a"


async def test_delivery_attempt_is_pushed_with_a_dead_letter_policy(
    embedded_pubsub: PubSubProject, receiver: Receiver
) -> None:
    # Google's emulator leaves it out.
    topic, dead = embedded_pubsub.create_topic(), embedded_pubsub.create_topic("dead")
    create_push_subscription(embedded_pubsub, topic, receiver, dead_letter_policy={"dead_letter_topic": dead})
    receiver.statuses = [500, 500]
    embedded_pubsub.publish(topic, b"1")
    await receiver.wait_for_requests(3)
    assert [body["deliveryAttempt"] for body in receiver.bodies] == [1, 2, 3]


async def test_these_answers_acknowledge(pubsub: PubSubProject, topic: str, receiver: Receiver) -> None:
    receiver.statuses = [200, 201, 202, 204]
    subscription = create_push_subscription(pubsub, topic, receiver)
    pubsub.publish(topic, *[b"%d" % number for number in range(4)])
    await receiver.wait_for_requests(4)
    await assert_nothing_left(pubsub, subscription)
    assert len(receiver.requests) == 4


@pytest.mark.parametrize("status", [203, 302, 400, 404, 429, 500, 503])
async def test_other_answers_are_a_nack(
    embedded_pubsub: PubSubProject, receiver: Receiver, status: int
) -> None:
    # On ours only, because Google's emulator waits a second before it repeats; the next test is for both.
    topic = embedded_pubsub.create_topic()
    receiver.statuses = [status]
    create_push_subscription(embedded_pubsub, topic, receiver)
    (message_id,) = embedded_pubsub.publish(topic, b"1")
    await receiver.wait_for_requests(2)
    assert [body["message"]["messageId"] for body in receiver.bodies] == [message_id] * 2


async def test_failed_push_is_repeated_until_it_is_acknowledged(
    pubsub: PubSubProject, topic: str, receiver: Receiver
) -> None:
    receiver.statuses = [500, 200]
    subscription = create_push_subscription(pubsub, topic, receiver)
    pubsub.publish(topic, b"1")
    await receiver.wait_for_requests(2)
    await assert_nothing_left(pubsub, subscription)
    assert len(receiver.requests) == 2


async def test_endpoint_that_comes_up_late_gets_everything(
    pubsub: PubSubProject, topic: str, receiver: Receiver
) -> None:
    await receiver.stop()
    create_push_subscription(pubsub, topic, receiver)
    message_ids = pubsub.publish(topic, *[b"%d" % number for number in range(100)])
    await receiver.start()
    await receiver.wait_for(
        lambda: {body["message"]["messageId"] for body in receiver.bodies} == set(message_ids)
    )


async def test_answer_after_the_ack_deadline_does_not_count(
    embedded_pubsub: PubSubProject, receiver: Receiver
) -> None:
    # On ours only, because it takes the shortest ack deadline: ten seconds.
    topic = embedded_pubsub.create_topic()
    receiver.open.clear()
    create_push_subscription(embedded_pubsub, topic, receiver)
    embedded_pubsub.publish(topic, b"1")
    await receiver.wait_for_requests(2)
    assert receiver.bodies[0] == receiver.bodies[1]


async def test_pushes_run_side_by_side(embedded_pubsub: PubSubProject, receiver: Receiver) -> None:
    # The number is ours.
    topic = embedded_pubsub.create_topic()
    receiver.open.clear()
    create_push_subscription(embedded_pubsub, topic, receiver)
    embedded_pubsub.publish(topic, *[b"%d" % number for number in range(100)])
    await receiver.wait_for(lambda: receiver.in_flight == 64)
    receiver.open.set()
    await receiver.wait_for_requests(100)


async def test_thousands_of_pushes_all_arrive_once(
    embedded_pubsub: PubSubProject, receiver: Receiver
) -> None:
    # On ours only, for time.
    topic = embedded_pubsub.create_topic()
    create_push_subscription(embedded_pubsub, topic, receiver)
    message_ids = embedded_pubsub.publish(topic, *[b"x"] * 1_000) + embedded_pubsub.publish(
        topic, *[b"x"] * 1_000
    )
    await receiver.wait_for_requests(2_000)
    assert sorted(body["message"]["messageId"] for body in receiver.bodies) == sorted(message_ids)


async def test_unwrapped_push_is_the_bare_data(embedded_pubsub: PubSubProject, receiver: Receiver) -> None:
    # Google's emulator replaces what is not UTF-8.
    topic = embedded_pubsub.create_topic()
    create_push_subscription(embedded_pubsub, topic, receiver, push_config={"no_wrapper": {}})
    embedded_pubsub.publish(topic, {"data": b"\x00\xff", "attributes": {"type": "READ"}})
    await receiver.wait_for_requests(1)
    (request,) = receiver.requests
    assert request["body"] == b"\x00\xff"
    assert "type" not in request["headers"]


async def test_unwrapped_push_writes_metadata_as_headers(
    pubsub: PubSubProject, topic: str, receiver: Receiver
) -> None:
    subscription = create_push_subscription(
        pubsub, topic, receiver, push_config={"no_wrapper": {"write_metadata": True}}
    )
    (message_id,) = pubsub.publish(topic, {"data": b"1", "attributes": {"type": "READ"}})
    await receiver.wait_for_requests(1)
    (request,) = receiver.requests
    headers = request["headers"]
    assert request["body"] == b"1"
    assert headers["type"] == "READ"
    assert headers["x-goog-pubsub-subscription-name"] == subscription
    assert headers["x-goog-pubsub-message-id"] == message_id
    assert headers["x-goog-pubsub-publish-time"].endswith("Z")


async def test_push_begins_and_ends_with_its_configuration(
    pubsub: PubSubProject, topic: str, receiver: Receiver
) -> None:
    subscription = pubsub.create_subscription(topic)
    pubsub.publish(topic, b"waiting")
    modify = pubsub.subscriber.modify_push_config
    modify(subscription=subscription, push_config={"push_endpoint": receiver.endpoint}, **CALL)
    await receiver.wait_for_requests(1)
    modify(subscription=subscription, push_config={}, **CALL)
    pubsub.publish(topic, b"pulled")
    received = await asyncio.to_thread(pubsub.pull, subscription)
    assert [message.message.data for message in received] == [b"pulled"]
    assert len(receiver.requests) == 1


async def test_push_ends_with_its_subscription(pubsub: PubSubProject, topic: str, receiver: Receiver) -> None:
    subscription = create_push_subscription(pubsub, topic, receiver)
    other = pubsub.create_subscription(topic, "other")
    pubsub.subscriber.delete_subscription(subscription=subscription, **CALL)
    pubsub.publish(topic, b"1")
    await asyncio.to_thread(pubsub.pull, other)
    assert receiver.requests == []
