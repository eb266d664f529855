"""What the embedded emulator counts of publishing and pushing."""

from tests.infra.emulators.conftest import ReadMeter
from tests.infra.emulators.pubsub.project import PubSubProject
from tests.infra.emulators.pubsub.receiver import Receiver


def test_publish_is_counted_by_calls_and_by_messages(
    embedded_pubsub: PubSubProject, read_counts: ReadMeter
) -> None:
    topic = embedded_pubsub.create_topic()
    embedded_pubsub.publish(topic, b"1", b"2", b"3")
    embedded_pubsub.publish(topic, b"4")
    counts = read_counts()
    assert (counts.publish_calls, counts.messages_published, counts.pushes) == (2, 4, 0)
    assert counts.firestore_calls == counts.operations == 0


async def test_push_is_counted_as_often_as_it_is_tried(
    embedded_pubsub: PubSubProject, receiver: Receiver, read_counts: ReadMeter
) -> None:
    topic = embedded_pubsub.create_topic()
    embedded_pubsub.create_subscription(topic, "pusher", push_config={"push_endpoint": receiver.endpoint})
    receiver.statuses = [500]
    embedded_pubsub.publish(topic, b"1")
    await receiver.wait_for_requests(2)
    assert (read_counts().messages_published, read_counts().pushes) == (1, 2)
