"""Exactly-once delivery: an acknowledgement that came too late is told so."""

import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud.pubsub_v1.subscriber.exceptions import AcknowledgeStatus
from tests.infra.emulators.pubsub.project import DEADLINE_SECONDS, PubSubProject, poll_until


@pytest.fixture
def topic(pubsub: PubSubProject) -> str:
    return pubsub.create_topic()


@pytest.fixture
def subscription(pubsub: PubSubProject, topic: str) -> str:
    return pubsub.create_subscription(topic, enable_exactly_once_delivery=True)


def test_stale_ack_id_is_refused_by_name(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, b"1")
    (received,) = pubsub.pull(subscription)
    pubsub.nack(subscription, received)
    for stale_call in (pubsub.acknowledge, pubsub.nack):
        with pytest.raises(InvalidArgument) as refused:
            stale_call(subscription, received)
        assert refused.value.reason == "EXACTLY_ONCE_ACKID_FAILURE"
        assert dict(refused.value.metadata) == {received.ack_id: "PERMANENT_FAILURE_INVALID_ACK_ID"}


def test_fresh_ack_id_is_accepted_once(pubsub: PubSubProject, topic: str, subscription: str) -> None:
    pubsub.publish(topic, b"1")
    (received,) = pubsub.pull(subscription)
    pubsub.acknowledge(subscription, received)
    with pytest.raises(InvalidArgument):
        pubsub.acknowledge(subscription, received)


def test_streaming_client_is_told_that_its_acknowledgement_counts(
    pubsub: PubSubProject, topic: str, subscription: str
) -> None:
    pubsub.publish(topic, b"1")
    acknowledgements: list = []
    stream = pubsub.subscriber.subscribe(
        subscription, lambda message: acknowledgements.append(message.ack_with_response())
    )
    try:
        poll_until(lambda: acknowledgements)
        assert acknowledgements[0].result(timeout=DEADLINE_SECONDS) == AcknowledgeStatus.SUCCESS
    finally:
        stream.cancel()
        stream.result(timeout=DEADLINE_SECONDS)
