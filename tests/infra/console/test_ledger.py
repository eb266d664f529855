"""What the console reads out of Firestore, on our emulator and on Google's."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.infra.console.conftest import make_addresses
from tests.infra.console.page import ConsolePage

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.domain.consent import (
    Decision,
    Evidence,
    EvidenceKind,
    Keywords,
    merge_consent,
    merge_evidence,
)
from rbm_ledger.domain.correlation import Arrival, find_evidence, merges_for
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.ledger import Merge, stamp
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.requests import Origin
from rbm_ledger.domain.times import format_rfc3339, to_millis
from rbm_ops.local.addresses import Addresses

AGENT_ID = "growing-tree-bank"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOSTILE = '<script>alert("1")</script>'


class Writer:
    """Writes as `send` and `correlate` do; each write is a second after the one before."""

    def __init__(self, addresses: Addresses) -> None:
        self._ledger = FirestoreLedger(
            project=addresses.project,
            database="(default)",
            emulator_host=addresses.firestore,
            timeout_seconds=20,
        )
        self._now = NOW

    async def send(self, phone_number: str, text: str, *, http_status: int = 200) -> str:
        """The message id."""
        self._now += timedelta(seconds=1)
        fields = {"agentId": AGENT_ID, "phoneNumber": phone_number, "contentMessage": {"text": text}}
        origin = Origin(f"{phone_number}/{text}", self._now)
        request = parse_request(json.dumps(fields).encode(), origin)
        attempt = Attempt(Answer(http_status, body={"sendTime": format_rfc3339(self._now)}), self._now)
        await self._write(merge_attempt(request, attempt, self._now, store_content=True))
        return request.message_id

    async def receive(self, **event: Any) -> None:
        self._now += timedelta(seconds=1)
        usual = {"agentId": AGENT_ID, "sendTime": format_rfc3339(self._now), "eventId": f"at-{self._now}"}
        payload = json.dumps({**usual, **event}).encode()
        read, arrival = parse_event(payload), Arrival(payload, self._now)
        evidence = find_evidence(read, arrival, Keywords())
        said = (merge_evidence(evidence, ""), merge_consent(evidence, "")) if evidence else ()
        for merge in (*merges_for(read, arrival), *said):
            await self._write(merge)

    async def opt_out(self, phone_number: str) -> None:
        """As a service does, before its user ever wrote."""
        at_ms = to_millis(self._now)
        by = EvidenceKind.SERVICE
        evidence = Evidence(Decision.OPTED_OUT, by, AGENT_ID, phone_number, "request-1", at_ms, source="crm")
        for merge in (merge_evidence(evidence, ""), merge_consent(evidence, "")):
            await self._write(merge)

    async def _write(self, merge: Merge) -> None:
        await self._ledger.merge(stamp(merge, now=self._now, retention=timedelta(days=1)))


@pytest.fixture
def addresses(emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch) -> Addresses:
    """On either kind of emulator."""
    return make_addresses(emulators, project, monkeypatch)


@pytest.fixture
def writer(addresses: Addresses) -> Writer:
    return Writer(addresses)


async def test_messages_are_listed_newest_first_up_to_the_limit(console: ConsolePage, writer: Writer) -> None:
    ids = [await writer.send(f"+1415555010{number}", f"text {number}") for number in range(4)]
    await writer.receive(senderPhoneNumber="+14155550100", eventType="DELIVERED", messageId=ids[0])
    listed = (await console.get("/api/messages")).body["messages"]
    assert [row["messageId"] for row in listed] == ids[::-1]
    assert listed[-1] == {
        "agentId": AGENT_ID,
        "messageId": ids[0],
        "phoneNumber": "+14155550100",
        "state": "delivered",
        "requestedTime": "2026-11-22T10:00:01.000000Z",
        "acceptedTime": "2026-11-22T10:00:01.000000Z",
        "deliveredTime": "2026-11-22T10:00:05.000000Z",
        "updatedTime": "2026-11-22T10:00:05.000000Z",
        "summary": "text 0",
    }
    written_last = (await console.get("/api/messages?limit=2")).body["messages"]
    assert [row["messageId"] for row in written_last] == [ids[3], ids[0]]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", ""])
async def test_senseless_limit_is_refused(console: ConsolePage, limit: str) -> None:
    assert (await console.get(f"/api/messages?limit={limit}")).status == 400


@pytest.mark.usefixtures("simulator")
async def test_one_message_comes_with_its_document_and_its_story(
    console: ConsolePage, writer: Writer
) -> None:
    message_id = await writer.send("+14155550101", HOSTILE)
    await writer.receive(senderPhoneNumber="+14155550101", eventType="READ", messageId=message_id)
    shown = (await console.get(f"/api/messages/{AGENT_ID}/{message_id}")).body
    assert shown["row"]["state"] == shown["document"]["state"] == "read"
    assert shown["document"]["content"] == {"text": HOSTILE}
    assert [step["title"] for step in shown["story"]] == ["requested", "agentMessages.create", "READ"]
    assert shown["story"][-1]["time"] == "2026-11-22T10:00:02.000000Z"
    assert shown["awaited"] == []


async def test_story_is_told_while_the_simulator_is_away(console: ConsolePage, writer: Writer) -> None:
    message_id = await writer.send("+14155550101", "Hello")
    shown = (await console.get(f"/api/messages/{AGENT_ID}/{message_id}")).body
    assert [step["number"] for step in shown["story"]] == [None, None]


async def test_what_is_not_there_is_not_found(console: ConsolePage) -> None:
    for path in (f"/api/messages/{AGENT_ID}/none", f"/api/conversations/{AGENT_ID}/none"):
        assert (await console.get(path)).status == 404


async def test_conversation_says_who_opted_out_and_what_the_user_sent(
    console: ConsolePage, writer: Writer
) -> None:
    out, back = {"senderPhoneNumber": "+14155550109"}, {"senderPhoneNumber": "+14155550108"}
    await writer.receive(**back, eventType="UNSUBSCRIBE")
    await writer.receive(**back, eventType="SUBSCRIBE")
    await writer.receive(**out, text="STOP", messageId="from-the-phone")
    await writer.receive(**out, eventType="UNSUBSCRIBE")
    rows = {
        row["phoneNumber"]: row for row in (await console.get("/api/conversations")).body["conversations"]
    }
    assert rows["+14155550109"] == {
        "agentId": AGENT_ID,
        "phoneNumber": "+14155550109",
        "optedOut": True,
        "optedOutTime": "2026-11-22T10:00:04.000000Z",
        "lastInboundTime": "2026-11-22T10:00:04.000000Z",
    }
    assert rows["+14155550108"]["optedOut"] is False
    shown = (await console.get(f"/api/conversations/{AGENT_ID}/%2B14155550109")).body
    assert shown["document"]["lastInboundAtMs"] == shown["consent"]["optedOutAtMs"] == 1795341604000
    assert [(word["decision"], word["by"]) for word in shown["evidence"]] == [
        ("optedOut", "event"),
        ("optedOut", "keyword"),
    ]
    [message] = shown["userMessages"]
    assert (message["kind"], message["text"]) == ("text", "STOP")


async def test_consent_without_a_conversation_is_listed_and_shown(
    console: ConsolePage, writer: Writer
) -> None:
    await writer.opt_out("+14155550107")
    [row] = (await console.get("/api/conversations")).body["conversations"]
    assert (row["agentId"], row["phoneNumber"], row["optedOut"]) == (AGENT_ID, "+14155550107", True)
    shown = (await console.get(f"/api/conversations/{AGENT_ID}/%2B14155550107")).body
    assert (shown["document"], shown["userMessages"]) == (None, [])
    assert shown["evidence"][0]["source"] == "crm"


async def test_quarantine_shows_raw_bytes_as_text(console: ConsolePage, writer: Writer) -> None:
    await writer.receive(unheardOf=HOSTILE)
    [document] = (await console.get("/api/quarantine")).body["documents"]
    assert document["reason"] == "No known kind of event has this shape."
    assert json.loads(document["raw"])["unheardOf"] == HOSTILE
    assert len(document["id"]) == 64


async def test_statistics_count_what_the_documents_say(console: ConsolePage, writer: Writer) -> None:
    message_id = await writer.send("+14155550101", "Hello")
    await writer.receive(senderPhoneNumber="+14155550101", eventType="DELIVERED", messageId=message_id)
    await writer.receive(senderPhoneNumber="+14155550101", text="Hi", messageId="from-the-phone")
    await writer.send("+14155550104", "Hello", http_status=404)
    assert (await console.get("/api/statistics")).body == {
        "funnel": {"requested": 2, "accepted": 1, "delivered": 1, "read": 0, "answered": 1},
        "others": {"unreachable": 1},
        "deliverySeconds": [1.0],
        "readSeconds": [],
    }
