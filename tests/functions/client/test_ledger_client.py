"""The client against both kinds of emulator: what it publishes, and what it reads after the ledger wrote."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from tests.functions.adapters.conftest import open_firestore

from rbm_ledger.client import (
    InvalidRequest,
    LedgerClient,
    NotConfirmed,
    Recipient,
    State,
    bulk,
    message,
    text,
)
from rbm_ledger.domain.capabilities import merge_capability
from rbm_ledger.domain.ledger import Merge, consent_path
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.requests import Origin
from rbm_ops.ports import find_free_port

AGENT, PHONE = "growing-tree-bank", "+14155550101"
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
_TIMEOUT_SECONDS = 30.0


def greet(key: str, **options: Any) -> Any:
    return message(
        agent_id=AGENT, to=PHONE, content=text(f"Hello, {key}"), key=key, source="orders", **options
    )


@pytest.fixture
def connect(emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerClient]:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulators.pubsub_host)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulators.firestore_host)
    with LedgerClient(project, timeout_seconds=_TIMEOUT_SECONDS) as client:
        yield client


@pytest.fixture
def subscribed(emulators: Any, project: str) -> Iterator[Any]:
    """Pulls so many requests from the topic, each as its data."""
    topic, subscription = (
        f"projects/{project}/topics/rbm-send-requests",
        f"projects/{project}/subscriptions/test",
    )
    with grpc.insecure_channel(emulators.pubsub_host) as channel:
        PublisherClient(transport=PublisherGrpcTransport(channel=channel)).create_topic(name=topic)
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        subscriber.create_subscription(name=subscription, topic=topic)

        def pull(count: int) -> list[bytes]:
            found: dict[str, bytes] = {}
            while len(found) < count:
                answer = subscriber.pull(
                    subscription=subscription, max_messages=count, timeout=_TIMEOUT_SECONDS
                )
                found |= {each.message.message_id: each.message.data for each in answer.received_messages}
            return list(found.values())

        yield pull


def test_what_is_published_is_the_request_under_the_id_that_was_told(
    connect: LedgerClient, subscribed: Any
) -> None:
    message_id = connect.publish(greet("order-1", ttl=timedelta(minutes=10)))
    [data] = subscribed(1)
    request = parse_request(data, Origin("another", AT))
    assert request.message_id == message_id
    assert request.agent_message == {"contentMessage": {"text": "Hello, order-1"}, "ttl": "600s"}
    assert request.sender.source == "orders"


def test_many_are_published_and_told_in_their_order(connect: LedgerClient, subscribed: Any) -> None:
    message_ids = connect.publish_all(greet(f"order-{number}") for number in range(250))
    requests = [parse_request(data, Origin("another", AT)) for data in subscribed(250)]
    assert {request.message_id for request in requests} == set(message_ids)
    assert connect.publish_all([greet("order-0"), greet("order-7")]) == [message_ids[0], message_ids[7]]


def test_bulk_tells_the_id_for_each_number(connect: LedgerClient, subscribed: Any) -> None:
    recipients = [Recipient(PHONE, {"name": "Ann"}), Recipient("+14155550102", {"name": "Bob"})]
    request = bulk(agent_id=AGENT, recipients=recipients, content=text("Hello {{name}}"), key="sale")
    message_ids = connect.publish_bulk(request)
    [data] = subscribed(1)
    singles = parse_request(data, Origin("another", AT)).requests
    assert message_ids == {single.phone_number: single.message_id for single in singles}


def test_of_many_none_is_published_where_one_is_invalid(connect: LedgerClient, subscribed: Any) -> None:
    with pytest.raises(InvalidRequest, match="messageTrafficType"):
        connect.publish_all([greet("order-1"), greet("order-2", traffic_type="SPAM")])
    message_id = connect.publish(greet("order-3"))
    [data] = subscribed(1)
    assert parse_request(data, Origin("another", AT)).message_id == message_id


async def test_record_that_the_ledger_wrote_is_read(
    connect: LedgerClient, emulators: Any, project: str
) -> None:
    data = (
        b'{"agentId": "growing-tree-bank", "phoneNumber": "+14155550101", "contentMessage": {"text": "Hi"}}'
    )
    request = parse_request(data, Origin("order-1", AT))
    ledger = open_firestore(emulators.firestore_host, project)
    await ledger.merge(merge_attempt(request, Attempt(Answer(404, "NOT_FOUND"), AT), AT, store_content=True))
    record = connect.read(f"{AGENT}@rbm.goog", request.message_id)
    assert record is not None
    assert (record.agent_id, record.phone_number, record.message_id) == (AGENT, PHONE, request.message_id)
    assert record.state is State.UNREACHABLE
    assert "another channel" in record.explanation
    assert [step.what for step in record.timeline] == ["requested", "attempted"]
    assert record.fields["content"] == {"text": "Hi"}
    assert record.fields["requestedTime"] == "2026-11-22T10:00:00.000000Z"


async def test_what_the_platform_said_of_a_number_is_read(
    connect: LedgerClient, emulators: Any, project: str
) -> None:
    assert connect.read_capability(AGENT, PHONE) is None
    answer = Answer(200, body={"features": ["RICHCARD_STANDALONE"], "carrier": "Some Carrier"})
    await open_firestore(emulators.firestore_host, project).merge(merge_capability(AGENT, PHONE, answer, AT))
    capability = connect.read_capability(AGENT, PHONE)
    assert capability is not None
    assert capability.is_reachable
    assert capability.features == {"RICHCARD_STANDALONE"}
    assert (capability.carrier, capability.checked_at) == ("Some Carrier", AT)


@pytest.mark.parametrize("brand", ["", "growing-trees"])
async def test_opt_out_is_read_where_the_agent_has_it(
    connect: LedgerClient, emulators: Any, project: str, brand: str
) -> None:
    assert not connect.has_opted_out(AGENT, PHONE, brand=brand)
    merge = Merge(consent_path(AGENT, brand, PHONE), maxima={("optedOutAtMs",): 2, ("optedInAtMs",): 1})
    await open_firestore(emulators.firestore_host, project).merge(merge)
    assert connect.has_opted_out(AGENT, PHONE, brand=brand)
    assert connect.has_opted_out(AGENT, PHONE, brand="another") is (not brand)  # its own word still counts


def test_number_in_another_form_is_refused_rather_than_not_found(connect: LedgerClient) -> None:
    for read in (connect.has_opted_out, connect.read_capability):
        with pytest.raises(InvalidRequest, match="phone_number: must be an E"):
            read(AGENT, "4155550101")


def test_message_that_nobody_knows_is_none(connect: LedgerClient) -> None:
    assert connect.read(AGENT, "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11") is None


def test_topic_that_is_not_there_confirms_nothing(connect: LedgerClient) -> None:
    with pytest.raises(NotConfirmed, match="NotFound"):
        connect.publish(greet("order-1"))


def test_service_that_does_not_answer_confirms_nothing_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"127.0.0.1:{find_free_port()}"
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", nobody)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", nobody)
    with LedgerClient("some-project", timeout_seconds=0.5) as client:
        with pytest.raises(NotConfirmed):
            client.publish(greet("order-1"))
        with pytest.raises(NotConfirmed):
            client.read(AGENT, "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11")
