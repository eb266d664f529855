"""Pull: leases, acknowledgements, deadlines, redelivery."""

import threading
import time
from datetime import timedelta

import pytest
from google.api_core.exceptions import InvalidArgument
from tests.infra.emulators.pubsub.project import CALL, PubSubProject, datas


@pytest.fixture
def topic(pubsub: PubSubProject) -> str:
    return pubsub.create_topic()


@pytest.fixture
def subscription(pubsub: PubSubProject, topic: str) -> str:
    return pubsub.create_subscription(topic)


def test_pulled_message_is_what_was_published(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    before = time.time()
    (message_id,) = pubsub.publish(topic, {"data": b"\x00\xff", "attributes": {"type": "READ", "größe": "ü"}})
    (received,) = pubsub.pull(subscription)
    assert received.message.data == b"\x00\xff"
    assert dict(received.message.attributes) == {"type": "READ", "größe": "ü"}
    assert received.message.message_id == message_id
    assert before - 1 <= received.message.publish_time.timestamp() <= time.time() + 1
    assert received.delivery_attempt == 0


def test_library_publisher_is_answered_with_the_message_id(
    pubsub: PubSubProject, topic: str, subscription: str
) -> None:
    futures = [pubsub.publisher.publish(topic, b"%d" % number) for number in range(20)]
    sent = {future.result(timeout=15) for future in futures}
    received = pubsub.pull_all(subscription, 20)
    assert {message.message.message_id for message in received} == sent


def test_acknowledged_message_does_not_come_back(
    pubsub: PubSubProject, topic: str, subscription: str
) -> None:
    pubsub.publish(topic, b"kept", b"done")
    received = pubsub.pull_all(subscription, 2)
    done = [message for message in received if message.message.data == b"done"]
    kept = [message for message in received if message.message.data == b"kept"]
    pubsub.acknowledge(subscription, *done)
    pubsub.nack(subscription, *kept)
    assert datas(pubsub.pull(subscription)) == [b"kept"]


def test_leased_message_is_not_given_to_another(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, b"1")
    assert datas(pubsub.pull(subscription)) == [b"1"]
    assert pubsub.pull_now(subscription) == []


def test_missed_deadline_brings_the_message_back(
    pubsub: PubSubProject, topic: str, subscription: str
) -> None:
    pubsub.publish(topic, b"1")
    first = pubsub.pull(subscription)
    pubsub.modify_deadline(subscription, *first, seconds=1)
    second = pubsub.pull(subscription)
    assert datas(second) == [b"1"]
    assert second[0].ack_id != first[0].ack_id


def test_extended_deadline_keeps_the_message(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, b"kept", b"let go")
    received = pubsub.pull_all(subscription, 2)
    pubsub.modify_deadline(subscription, *received, seconds=3)
    kept = next(message for message in received if message.message.data == b"kept")
    pubsub.modify_deadline(subscription, kept, seconds=60)
    assert datas(pubsub.pull(subscription)) == [b"let go"]


def test_each_subscription_gets_each_message(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    other = pubsub.create_subscription(topic, "other")
    pubsub.publish(topic, b"1")
    pubsub.acknowledge(subscription, *pubsub.pull(subscription))
    assert datas(pubsub.pull(other)) == [b"1"]


def test_message_from_before_the_subscription_is_not_delivered(pubsub: PubSubProject, topic: str) -> None:
    pubsub.publish(topic, b"before")
    late = pubsub.create_subscription(topic, "late")
    pubsub.publish(topic, b"after")
    assert datas(pubsub.pull(late)) == [b"after"]


def test_pull_takes_no_more_than_asked_for(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, *[b"%d" % number for number in range(5)])
    first = pubsub.pull(subscription, max_messages=2)
    assert len(first) == 2
    rest = pubsub.pull_all(subscription, 3)
    assert len({message.message.message_id for message in first + rest}) == 5


def test_pull_waits_for_a_message(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    received: list = []
    puller = threading.Thread(target=lambda: received.extend(pubsub.pull(subscription)))
    puller.start()
    pubsub.publish(topic, b"1")
    puller.join(timeout=15)
    assert datas(received) == [b"1"]


def test_pull_of_nothing_is_answered_before_the_deadline(pubsub: PubSubProject, subscription: str) -> None:
    assert pubsub.pull(subscription, timeout=1.5) == []


def test_pull_without_a_number_of_messages_is_refused(pubsub: PubSubProject, subscription: str) -> None:
    with pytest.raises(InvalidArgument):
        pubsub.pull(subscription, max_messages=0)


@pytest.mark.parametrize("ack_ids", [[], ["nonsense"]], ids=["none", "nonsense"])
def test_invalid_ack_ids_are_refused(pubsub: PubSubProject, subscription: str, ack_ids: list[str]) -> None:
    with pytest.raises(InvalidArgument):
        pubsub.subscriber.acknowledge(subscription=subscription, ack_ids=ack_ids, **CALL)
    with pytest.raises(InvalidArgument):
        pubsub.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=ack_ids, ack_deadline_seconds=10, **CALL
        )


def test_negative_deadline_is_refused(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, b"1")
    received = pubsub.pull(subscription)
    with pytest.raises(InvalidArgument):
        pubsub.modify_deadline(subscription, *received, seconds=-1)


def test_deadline_above_ten_minutes_is_refused(embedded_pubsub: PubSubProject) -> None:
    # Google's emulator takes it.
    topic = embedded_pubsub.create_topic()
    subscription = embedded_pubsub.create_subscription(topic)
    embedded_pubsub.publish(topic, b"1")
    received = embedded_pubsub.pull(subscription)
    with pytest.raises(InvalidArgument):
        embedded_pubsub.modify_deadline(subscription, *received, seconds=601)


def test_acknowledging_twice_is_no_error(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, b"1")
    received = pubsub.pull(subscription)
    pubsub.acknowledge(subscription, *received)
    pubsub.acknowledge(subscription, *received)
    assert pubsub.pull_now(subscription) == []


def create_patient_subscription(pubsub: PubSubProject, topic: str, *, shortest: float, longest: float) -> str:
    bounds = {"minimum_backoff": timedelta(seconds=shortest), "maximum_backoff": timedelta(seconds=longest)}
    return pubsub.create_subscription(topic, "patient", retry_policy=bounds)


def test_retry_policy_holds_a_nacked_message_back(embedded_pubsub: PubSubProject) -> None:
    # Google's emulator gives a nacked message to the next pull at once.
    pubsub, topic = embedded_pubsub, embedded_pubsub.create_topic()
    subscription = create_patient_subscription(pubsub, topic, shortest=0.5, longest=0.5)
    pubsub.publish(topic, b"1")
    pubsub.nack(subscription, *pubsub.pull(subscription))
    assert pubsub.pull_now(subscription) == []
    assert datas(pubsub.pull(subscription)) == [b"1"]


def test_back_off_doubles_up_to_the_maximum(embedded_pubsub: PubSubProject) -> None:
    # Google's emulator knows no back-off below one second.
    pubsub, topic = embedded_pubsub, embedded_pubsub.create_topic()
    subscription = create_patient_subscription(pubsub, topic, shortest=0.1, longest=0.4)
    pubsub.publish(topic, b"1")
    received = pubsub.pull(subscription)
    waits = []
    for _ in range(4):
        nacked = time.monotonic()
        pubsub.nack(subscription, *received)
        received = pubsub.pull(subscription)
        waits.append(time.monotonic() - nacked)
    # Never earlier than the policy says; how much later is the machine's affair.
    assert all(wait >= least for wait, least in zip(waits, (0.1, 0.2, 0.4, 0.4), strict=True))
