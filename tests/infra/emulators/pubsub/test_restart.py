"""`python -m rbm_ops.emulators --data DIR`: whatever was answered survives the process, however it ends."""

import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.api_core.exceptions import NotFound, ServiceUnavailable
from tests.infra.emulators.pubsub.project import CALL, PubSubProject, datas, open_project
from tests.infra.emulators.pubsub.receiver import Receiver

from rbm_ops.ports import find_free_port, wait_until_listening


@contextmanager
def started_emulator(folder: Path, **popen) -> Iterator[tuple[subprocess.Popen, PubSubProject]]:
    pubsub_port, firestore_port = find_free_port(), find_free_port()
    command = [sys.executable, "-m", "rbm_ops.emulators", "--data", str(folder)]
    command += ["--pubsub-port", str(pubsub_port), "--firestore-port", str(firestore_port)]
    with subprocess.Popen(command, **popen) as process:
        try:
            assert wait_until_listening(pubsub_port, timeout_seconds=30)
            with open_project(f"127.0.0.1:{pubsub_port}", "restarted-project") as pubsub:
                yield process, pubsub
        finally:
            process.kill()


@contextmanager
def running_emulator(folder: Path) -> Iterator[PubSubProject]:
    """Killed without warning at the end."""
    with started_emulator(folder) as (_, pubsub):
        yield pubsub


def test_unacknowledged_messages_come_again_after_a_kill(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as pubsub:
        topic = pubsub.create_topic(labels={"team": "ledger"})
        subscription = pubsub.create_subscription(topic, ack_deadline_seconds=77)
        kept = pubsub.publish(topic, *[b"%d" % number for number in range(100)])
        pubsub.publish(topic, {"attributes": {"type": "last"}})
        received = pubsub.pull_all(subscription, 101)
        pubsub.acknowledge(subscription, *received[:40])
    with running_emulator(tmp_path) as pubsub:
        assert dict(pubsub.publisher.get_topic(topic=topic, **CALL).labels) == {"team": "ledger"}
        assert pubsub.get_subscription(subscription).ack_deadline_seconds == 77
        again = pubsub.pull_all(subscription, 61)
        assert [message.message for message in again] == [message.message for message in received[40:]]
        pubsub.acknowledge(subscription, *again)
        later = pubsub.publish(topic, b"later")
        assert set(later).isdisjoint(kept)
        assert datas(pubsub.pull(subscription)) == [b"later"]


def test_changes_and_deletions_survive_a_kill(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as pubsub:
        topic, other = pubsub.create_topic(), pubsub.create_topic("other")
        orphan = pubsub.create_subscription(other, "orphan")
        changed = pubsub.create_subscription(topic, "changed", filter="attributes:wanted")
        deleted = pubsub.create_subscription(topic, "deleted")
        pubsub.publish(topic, {"attributes": {"wanted": "yes"}})
        pubsub.update_subscription(changed, "ack_deadline_seconds", ack_deadline_seconds=99)
        pubsub.subscriber.delete_subscription(subscription=deleted, **CALL)
        pubsub.publisher.delete_topic(topic=other, **CALL)
    with running_emulator(tmp_path) as pubsub:
        assert pubsub.get_subscription(orphan).topic == "_deleted-topic_"
        assert pubsub.get_subscription(changed).ack_deadline_seconds == 99
        with pytest.raises(NotFound):
            pubsub.get_subscription(deleted)
        with pytest.raises(NotFound):
            pubsub.publisher.get_topic(topic=other, **CALL)
        pubsub.create_subscription(topic, "deleted")
        pubsub.publish(topic, {"data": b"1", "attributes": {"wanted": "no"}}, b"2")
        assert datas(pubsub.pull_all(changed, 2)) == [b"", b"1"]
        assert datas(pubsub.pull_all(deleted, 2)) == [b"1", b"2"]


async def test_pushing_goes_on_after_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    await receiver.stop()
    with running_emulator(tmp_path) as pubsub:
        topic = pubsub.create_topic()
        pubsub.create_subscription(topic, push_config={"push_endpoint": receiver.endpoint})
        (message_id,) = pubsub.publish(topic, b"1")
    await receiver.start()
    with running_emulator(tmp_path):
        await receiver.wait_for_requests(1)
    assert receiver.bodies[0]["message"]["messageId"] == message_id


def test_dead_letter_survives_a_kill(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as pubsub:
        topic, dead = pubsub.create_topic(), pubsub.create_topic("dead")
        reader = pubsub.create_subscription(topic, dead_letter_policy={"dead_letter_topic": dead})
        dead_reader = pubsub.create_subscription(dead, "dead-reader")
        pubsub.publish(topic, b"1")
        for _ in range(5):
            pubsub.nack(reader, *pubsub.pull(reader))
        assert datas(pubsub.pull(dead_reader)) == [b"1"]
    with running_emulator(tmp_path) as pubsub:
        assert pubsub.pull_now(reader) == []
        assert datas(pubsub.pull(dead_reader)) == [b"1"]


def test_stopped_emulator_ends_its_streams_without_a_word(tmp_path: Path) -> None:
    with started_emulator(tmp_path, stderr=subprocess.PIPE) as (process, pubsub):
        subscription = pubsub.create_subscription(pubsub.create_topic())
        first = {"subscription": subscription, "stream_ack_deadline_seconds": 10}
        requests: queue.Queue = queue.Queue()
        requests.put(first)
        stream = pubsub.subscriber.streaming_pull(requests=iter(requests.get, None), timeout=20, retry=None)
        pubsub.publish(pubsub.topic_name("events"), b"1")
        next(stream)
        process.terminate()
        with pytest.raises(ServiceUnavailable):
            next(stream)
        requests.put(None)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, b"")
