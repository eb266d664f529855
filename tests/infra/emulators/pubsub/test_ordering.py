"""Ordering keys: in order within a key, keys independent of each other."""

import pytest
from tests.infra.emulators.pubsub.project import CALL, PubSubProject, datas
from tests.infra.emulators.pubsub.receiver import Receiver


@pytest.fixture
def topic(pubsub: PubSubProject) -> str:
    return pubsub.create_topic()


def keyed(key: str, *numbers: int) -> list[dict]:
    return [{"data": b"%s%d" % (key.encode(), number), "ordering_key": key} for number in numbers]


def test_pulled_messages_of_a_key_are_in_order(pubsub: PubSubProject, topic: str) -> None:
    subscription = pubsub.create_subscription(topic, enable_message_ordering=True)
    pubsub.publish(topic, *keyed("a", *range(30)))
    received: list = []
    while len(received) < 30:
        answer = pubsub.pull(subscription, max_messages=7)
        pubsub.acknowledge(subscription, *answer)
        received += answer
    assert [message.message for message in received] == sorted(
        (message.message for message in received), key=lambda message: int(message.message_id)
    )


def test_key_waits_for_its_outstanding_message_and_others_do_not(pubsub: PubSubProject, topic: str) -> None:
    subscription = pubsub.create_subscription(topic, enable_message_ordering=True)
    pubsub.publish(topic, *keyed("a", 1))
    first = pubsub.pull(subscription)
    pubsub.publish(topic, *keyed("a", 2), *keyed("b", 1))
    assert datas(pubsub.pull(subscription)) == [b"b1"]
    pubsub.acknowledge(subscription, *first)
    assert datas(pubsub.pull(subscription)) == [b"a2"]


def test_nacked_message_comes_again_before_its_followers(pubsub: PubSubProject, topic: str) -> None:
    subscription = pubsub.create_subscription(topic, enable_message_ordering=True)
    pubsub.publish(topic, *keyed("a", 1, 2))
    pubsub.nack(subscription, *pubsub.pull(subscription))
    assert datas(pubsub.pull(subscription)) == [b"a1", b"a2"]


def test_key_means_nothing_to_a_subscription_without_ordering(pubsub: PubSubProject, topic: str) -> None:
    subscription = pubsub.create_subscription(topic)
    pubsub.publish(topic, *keyed("a", 1))
    pubsub.pull(subscription)
    pubsub.publish(topic, *keyed("a", 2))
    assert datas(pubsub.pull(subscription)) == [b"a2"]


async def test_pushed_messages_of_a_key_are_in_order(
    pubsub: PubSubProject, topic: str, receiver: Receiver
) -> None:
    receiver.statuses = [204, 500]
    pubsub.create_subscription(
        topic, enable_message_ordering=True, push_config={"push_endpoint": receiver.endpoint}
    )
    message_ids = pubsub.publish(topic, *keyed("a", 1, 2, 3))
    await receiver.wait_for_requests(4)
    pushed = [body["message"]["messageId"] for body in receiver.bodies]
    assert pushed == [message_ids[0], message_ids[1], message_ids[1], message_ids[2]]


def test_library_delivers_a_key_in_order(pubsub: PubSubProject, topic: str) -> None:
    subscription = pubsub.create_subscription(topic, enable_message_ordering=True)
    pubsub.publish(topic, *keyed("a", *range(10)))
    received: list[bytes] = []

    def handle(message) -> None:
        received.append(message.data)
        message.ack()
        if len(received) == 10:
            stream.cancel()

    stream = pubsub.subscriber.subscribe(subscription, handle)
    stream.result(timeout=CALL["timeout"])
    assert received == [b"a%d" % number for number in range(10)]
