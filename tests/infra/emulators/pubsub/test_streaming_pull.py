"""Streaming pull: by the library's subscriber, and request by request."""

import queue
import threading

import pytest
from google.api_core.exceptions import InvalidArgument, NotFound
from tests.infra.emulators.pubsub.project import CALL, DEADLINE_SECONDS, PubSubProject, poll_until


@pytest.fixture
def topic(pubsub: PubSubProject) -> str:
    return pubsub.create_topic()


@pytest.fixture
def subscription(pubsub: PubSubProject, topic: str) -> str:
    return pubsub.create_subscription(topic)


class RawStream:
    """A StreamingPull whose requests the test writes."""

    def __init__(self, pubsub: PubSubProject, subscription: str, **first) -> None:
        self._requests: queue.Queue = queue.Queue()
        self.send(subscription=subscription, **{"stream_ack_deadline_seconds": 10, **first})
        self._responses = pubsub.subscriber.streaming_pull(
            requests=iter(self._requests.get, None), timeout=DEADLINE_SECONDS, retry=None
        )

    def send(self, **request) -> None:
        self._requests.put(request)

    def receive(self):
        """The next message."""
        while not (received := next(self._responses).received_messages):
            pass
        (message,) = received
        return message

    def receive_confirmation(self):
        while "acknowledge_confirmation" not in (response := next(self._responses)):
            pass
        return response.acknowledge_confirmation

    def close(self) -> None:
        self._requests.put(None)
        self._responses.cancel()


@pytest.fixture
def open_stream():
    streams: list[RawStream] = []

    def open_one(pubsub: PubSubProject, subscription: str, **first) -> RawStream:
        streams.append(RawStream(pubsub, subscription, **first))
        return streams[-1]

    yield open_one
    for stream in streams:
        stream.close()


def test_subscriber_gets_every_message_and_acknowledges_it(
    pubsub: PubSubProject, topic: str, subscription: str
) -> None:
    received: set[bytes] = set()

    def handle(message) -> None:
        received.add(message.data)
        message.ack()

    stream = pubsub.subscriber.subscribe(subscription, handle)
    pubsub.publish(topic, *[b"%d" % number for number in range(300)])
    poll_until(lambda: len(received) == 300)
    stream.cancel()
    stream.result(timeout=DEADLINE_SECONDS)
    assert pubsub.pull_now(subscription) == []


def test_message_nacked_by_the_subscriber_comes_again(
    pubsub: PubSubProject, topic: str, subscription: str
) -> None:
    deliveries: list[bytes] = []
    finished = threading.Event()

    def handle(message) -> None:
        deliveries.append(message.data)
        if len(deliveries) < 3:
            message.nack()
        else:
            message.ack_with_response().add_done_callback(lambda _: finished.set())

    stream = pubsub.subscriber.subscribe(subscription, handle)
    pubsub.publish(topic, b"1")
    assert finished.wait(DEADLINE_SECONDS)
    stream.cancel()
    stream.result(timeout=DEADLINE_SECONDS)
    assert deliveries == [b"1"] * 3


def test_stream_acknowledges_and_extends(
    pubsub: PubSubProject, topic: str, subscription: str, open_stream
) -> None:
    stream = open_stream(pubsub, subscription)
    pubsub.publish(topic, b"1")
    first = stream.receive()
    stream.send(modify_deadline_ack_ids=[first.ack_id], modify_deadline_seconds=[0])
    second = stream.receive()
    assert second.message == first.message
    stream.send(ack_ids=[second.ack_id])
    pubsub.publish(topic, b"2")
    assert stream.receive().message.data == b"2"


def test_stream_sends_no_more_than_may_be_outstanding(
    pubsub: PubSubProject, topic: str, subscription: str, open_stream
) -> None:
    stream = open_stream(pubsub, subscription, max_outstanding_messages=1)
    pubsub.publish(topic, b"1")
    first = stream.receive()
    pubsub.publish(topic, b"2")
    assert [received.message.data for received in pubsub.pull(subscription)] == [b"2"]
    pubsub.publish(topic, b"3")
    stream.send(ack_ids=[first.ack_id])
    assert stream.receive().message.data == b"3"


def test_stream_confirms_acknowledgements_of_exactly_once_delivery(
    embedded_pubsub: PubSubProject, open_stream
) -> None:
    # Google's emulator confirms nothing; the library acknowledges by unary calls.
    pubsub, topic = embedded_pubsub, embedded_pubsub.create_topic()
    subscription = pubsub.create_subscription(topic, enable_exactly_once_delivery=True)
    stream = open_stream(pubsub, subscription)
    pubsub.publish(topic, b"1")
    received = stream.receive()
    stream.send(ack_ids=[received.ack_id])
    assert list(stream.receive_confirmation().ack_ids) == [received.ack_id]
    stream.send(ack_ids=[received.ack_id])
    assert list(stream.receive_confirmation().invalid_ack_ids) == [received.ack_id]


def test_stream_of_unknown_subscription_is_not_found(pubsub: PubSubProject, open_stream) -> None:
    stream = open_stream(pubsub, pubsub.subscription_name("nowhere"))
    with pytest.raises(NotFound):
        stream.receive()


@pytest.mark.parametrize("seconds", [9, 601])
def test_stream_deadline_out_of_range_is_refused(
    pubsub: PubSubProject, subscription: str, open_stream, seconds: int
) -> None:
    stream = open_stream(pubsub, subscription, stream_ack_deadline_seconds=seconds)
    with pytest.raises(InvalidArgument):
        stream.receive()


def test_stream_ends_with_its_subscription(pubsub: PubSubProject, subscription: str, open_stream) -> None:
    stream = open_stream(pubsub, subscription)
    pubsub.subscriber.delete_subscription(subscription=subscription, **CALL)
    with pytest.raises(NotFound):
        stream.receive()
