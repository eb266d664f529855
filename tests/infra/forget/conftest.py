"""A project with everything that there can be about two phone numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from tests.conftest import Emulators
from tests.functions.domain.builders import RECEIVED, correlate
from tests.functions.domain.swept import tap
from tests.functions.entrypoints.cloud import Cloud, open_cloud
from tests.infra.rebuild.conftest import BOTH_EMULATORS, emulators
from tests.support.operators import Operator, make_operator
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.capabilities import merge_capability
from rbm_ledger.domain.consent import Evidence, Keywords, merge_consent, merge_evidence
from rbm_ledger.domain.correlation import Arrival, find_evidence
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import Merge, stamp
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.records import merge_attempt, quarantine_request
from rbm_ledger.domain.requests import Origin, SendRequest
from rbm_ledger.domain.spilling import merge_spilled
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.documents import connect_ledger
from rbm_ops.local.topology import DEAD_LETTER_SUBSCRIPTION, DEAD_LETTERS

__all__ = ["BOTH_EMULATORS", "emulators"]

FORGOTTEN, OTHER = "+4915512345678", "+491551234567"  # one is the beginning of the other
AGENTS = ("growing-tree-bank", "oak-street-books")
BRAND = "acme"


@dataclass(frozen=True, slots=True)
class Project:
    """`letters` and `find` look without keeping anything from anybody."""

    cloud: Cloud
    operator: Operator

    async def forget(self, *arguments: str, status: int) -> Any:
        return await self.operator.read_json("forget", FORGOTTEN, "--wait", "0.5", *arguments, status=status)

    async def write(self, *merges: Merge) -> None:
        ledger = connect_ledger(self.cloud.project, self.cloud.firestore_host)
        for merge in merges:
            await ledger.merge(stamp(merge, now=datetime.now(UTC), retention=timedelta(days=400)))

    def bury(self, *letters: bytes) -> None:
        name = f"projects/{self.cloud.project}/topics/{DEAD_LETTERS}"
        attributes = {"receivedTime": format_rfc3339(RECEIVED)}
        messages = [{"data": data, "attributes": attributes} for data in letters]
        with grpc.insecure_channel(self.cloud.pubsub_host) as channel:
            publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
            publisher.publish(request={"topic": name, "messages": messages})

    def letters(self) -> list[bytes]:
        name = f"projects/{self.cloud.project}/subscriptions/{DEAD_LETTER_SUBSCRIPTION}"
        request = {"subscription": name, "max_messages": 1000, "return_immediately": True}
        pulled = self.cloud.subscriber.pull(request=request).received_messages
        if pulled:
            back = {
                "subscription": name,
                "ack_ids": [each.ack_id for each in pulled],
                "ack_deadline_seconds": 0,
            }
            self.cloud.subscriber.modify_ack_deadline(request=back)
        return sorted(each.message.data for each in pulled)

    def list_documents(self) -> dict[str, dict[str, Any]]:
        """Every document there is, by its path."""
        return dict(_walk(self.cloud.documents.collections()))


@pytest.fixture
def system(emulators: Emulators, project: str, tmp_path: Path) -> Iterator[Project]:
    with open_cloud(emulators.pubsub_host, emulators.firestore_host, project) as cloud:
        topic = f"projects/{project}/topics/{DEAD_LETTERS}"
        name = f"projects/{project}/subscriptions/{DEAD_LETTER_SUBSCRIPTION}"
        cloud.subscriber.create_subscription(
            request={"name": name, "topic": topic, "ack_deadline_seconds": 60}
        )
        operator = make_operator(
            project,
            pubsub_host=emulators.pubsub_host,
            firestore_host=emulators.firestore_host,
            state_folder=tmp_path,
        )
        yield Project(cloud, operator)


def list_merges(phone_number: str) -> list[Merge]:
    """Of every kind that there is, as the functions write them."""
    return [
        *(merge for agent in AGENTS for merge in _list_agent_merges(agent, phone_number)),
        *merges_of(make_word(phone_number), BRAND),
        *correlate(make_receipt(phone_number, eventType="WAVED", messageId=f"waved-{phone_number}")),
        merge_spilled(make_receipt(phone_number), {"receivedTime": format_rfc3339(RECEIVED)}),
        quarantine_request(request_bytes(agentId=None, phoneNumber=phone_number), "agentId: is missing"),
    ]


def make_receipt(phone_number: str, **changes: Any) -> bytes:
    return event_bytes("user-event-delivered", senderPhoneNumber=phone_number, **changes)


def make_many(*phone_numbers: str) -> bytes:
    """One request for all of these."""
    recipients = [{"phoneNumber": phone_number} for phone_number in phone_numbers]
    return request_bytes(phoneNumber=None, idempotencyKey="many", recipients=recipients)


def make_word(phone_number: str) -> Evidence:
    payload = event_bytes("user-event-unsubscribe", senderPhoneNumber=phone_number, eventId="word")
    evidence = find_evidence(parse_event(payload), Arrival(payload, RECEIVED), Keywords())
    assert evidence is not None
    return evidence


def merges_of(evidence: Evidence, brand: str = "") -> tuple[Merge, Merge]:
    return merge_evidence(evidence, brand), merge_consent(evidence, brand)


def _list_agent_merges(agent: str, phone_number: str) -> Sequence[Merge]:
    named = {"agentId": agent, "senderPhoneNumber": phone_number}
    tapped = derive_message_id(agent, f"tapped by {phone_number}")  # its request was never recorded
    return [
        _merge_sent(agent, phone_number),
        *correlate(event_bytes("user-event-read", **named, messageId=derive_message_id(agent, phone_number))),
        *correlate(event_bytes("user-message-text", **named, messageId=f"text-{phone_number}")),
        *correlate(tap(tapped, **named, messageId=f"tap-{phone_number}")),
        *correlate(event_bytes("user-event-unsubscribe", **named)),
        merge_capability(agent, phone_number, Answer(404), RECEIVED),
    ]


def _merge_sent(agent: str, phone_number: str) -> Merge:
    fallback = {"on": ["unreachable"], "payload": {"to": phone_number}}
    key = {"agentId": agent, "phoneNumber": phone_number, "idempotencyKey": phone_number}
    request = parse_request(request_bytes(**key, fallback=fallback), Origin("1", RECEIVED))
    assert isinstance(request, SendRequest)
    return merge_attempt(request, Attempt(Answer(200), RECEIVED), RECEIVED, store_content=True)


def _walk(collections: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for collection in collections:
        for reference in collection.list_documents():
            found = reference.get()
            if found.exists:
                yield reference.path, found.to_dict() or {}
            yield from _walk(reference.collections())
