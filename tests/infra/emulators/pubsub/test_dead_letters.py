"""Dead letters: after its attempts a message goes to another topic, and says where it comes from."""

import asyncio

import pytest
from tests.infra.emulators.pubsub.project import CALL, PubSubProject, datas
from tests.infra.emulators.pubsub.receiver import Receiver


@pytest.fixture
def topic(pubsub: PubSubProject) -> str:
    return pubsub.create_topic()


@pytest.fixture
def dead_letters(pubsub: PubSubProject) -> str:
    """The subscription that keeps them."""
    return pubsub.create_subscription(pubsub.create_topic("dead"), "dead-reader")


def create_subscription(pubsub: PubSubProject, topic: str, **fields) -> str:
    policy = {"dead_letter_topic": pubsub.topic_name("dead"), "max_delivery_attempts": 5}
    return pubsub.create_subscription(topic, dead_letter_policy=policy, **fields)


def exhaust(pubsub: PubSubProject, subscription: str) -> list[int]:
    """Nack a message until its attempts are used up; returns their numbers."""
    attempts = []
    for _ in range(5):
        (received,) = pubsub.pull(subscription)
        attempts.append(received.delivery_attempt)
        pubsub.nack(subscription, received)
    return attempts


def test_exhausted_message_goes_to_the_dead_letter_topic(
    pubsub: PubSubProject, topic: str, dead_letters: str
) -> None:
    subscription = create_subscription(pubsub, topic)
    (message_id,) = pubsub.publish(topic, {"data": b"1", "attributes": {"type": "READ"}})
    assert exhaust(pubsub, subscription) == [1, 2, 3, 4, 5]
    assert pubsub.pull_now(subscription) == []
    (dead,) = pubsub.pull(dead_letters)
    attributes = dict(dead.message.attributes)
    assert attributes.pop("CloudPubSubDeadLetterSourceTopicPublishTime").endswith("Z")
    assert attributes == {
        "type": "READ",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "reader",
        "CloudPubSubDeadLetterSourceSubscriptionProject": pubsub.project.removeprefix("projects/"),
    }
    assert dead.message.data == b"1"
    assert dead.message.message_id != message_id


def test_message_acknowledged_in_time_stays_out_of_the_dead_letter_topic(
    pubsub: PubSubProject, topic: str, dead_letters: str
) -> None:
    subscription = create_subscription(pubsub, topic)
    pubsub.publish(topic, b"1")
    for _ in range(4):
        pubsub.nack(subscription, *pubsub.pull(subscription))
    pubsub.acknowledge(subscription, *pubsub.pull(subscription))
    assert pubsub.pull_now(subscription) == []
    assert pubsub.pull_now(dead_letters) == []


async def test_message_whose_pushes_fail_goes_to_the_dead_letter_topic(
    embedded_pubsub: PubSubProject, receiver: Receiver
) -> None:
    # On ours only, because Google's emulator waits a second before each repetition.
    pubsub, topic = embedded_pubsub, embedded_pubsub.create_topic()
    dead_reader = pubsub.create_subscription(pubsub.create_topic("dead"), "dead-reader")
    receiver.statuses = [500] * 5
    create_subscription(
        pubsub,
        topic,
        push_config={"push_endpoint": receiver.endpoint},
        retry_policy={"minimum_backoff": {"nanos": 1_000_000}, "maximum_backoff": {"nanos": 4_000_000}},
    )
    pubsub.publish(topic, b"poison")
    assert datas(await asyncio.to_thread(pubsub.pull, dead_reader)) == [b"poison"]
    assert len(receiver.requests) == 5


def test_next_message_of_the_ordering_key_follows_a_dead_letter(embedded_pubsub: PubSubProject) -> None:
    # In Google's emulator the key is stuck.
    pubsub, topic = embedded_pubsub, embedded_pubsub.create_topic()
    dead_reader = pubsub.create_subscription(pubsub.create_topic("dead"), "dead-reader")
    subscription = create_subscription(pubsub, topic, enable_message_ordering=True)
    pubsub.publish(topic, {"data": b"1", "ordering_key": "a"}, {"data": b"2", "ordering_key": "a"})
    for _ in range(5):
        (first,) = pubsub.pull(subscription, max_messages=1)
        pubsub.nack(subscription, first)
    assert datas(pubsub.pull(subscription)) == [b"2"]
    assert datas(pubsub.pull(dead_reader)) == [b"1"]


def test_message_is_kept_when_the_dead_letter_topic_is_gone(pubsub: PubSubProject, topic: str) -> None:
    dead = pubsub.create_topic("dead")
    subscription = create_subscription(pubsub, topic)
    pubsub.publisher.delete_topic(topic=dead, **CALL)
    pubsub.publish(topic, b"1")
    exhaust(pubsub, subscription)
    assert datas(pubsub.pull(subscription)) == [b"1"]
