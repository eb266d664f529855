"""What nobody understood, replayed once a release understands it: the document is then as it must be."""

import asyncio
import json
from typing import Any

from tests.support.broken_system import BrokenSystem
from tests.support.local_cloud import wait_until
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.ledger import quarantine_path
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.local.topology import EVENTS, SEND_REQUESTS

AGENT = "growing-tree-bank"
WRITTEN_AT = parse_rfc3339("2026-11-22T10:00:00Z")


def quarantine(system: BrokenSystem, raw: bytes, **fields: Any) -> str:
    """As a release that did not understand it would have kept it; returns its id."""
    path = quarantine_path(raw)
    kept = {"raw": raw, "reason": "unknown eventType", "family": "UserEvent", "updatedTime": WRITTEN_AT}
    system.cloud.documents.document(*path).set({**kept, **fields})
    return path[-1]


async def run(system: BrokenSystem, *arguments: str, status: int = 0) -> list[Any]:
    return list((await system.operator.read_json("quarantine", *arguments, status=status))["documents"])


async def test_event_that_this_release_understands_is_written_and_marked_and_not_replayed_twice(
    system: BrokenSystem,
) -> None:
    event = event_bytes("user-event-delivered", messageId="m-1", agentId=f"{AGENT}@rbm.goog")
    document_id = quarantine(system, event, eventType="DELIVERED", agentId=AGENT)
    with system.mended("correlate"):
        [dry] = await run(system, "replay")
        assert (dry["outcome"], dry["isUnderstood"], system.cloud.read_message("m-1")) == (
            "wouldBeReplayed",
            True,
            None,
        )
        [done] = await run(system, "replay", "--yes", "--id", document_id[:8])
        await asyncio.to_thread(wait_until, lambda: system.cloud.read_message("m-1"), what="it is written")
    assert done["outcome"] == "replayed"
    document = system.cloud.read_message("m-1")
    assert document is not None
    assert (document["stateRank"], document["events"][0]["eventType"]) == (60, "DELIVERED")
    assert "replayedAtMs" in (system.cloud.read("quarantine", document_id) or {})
    [left] = await run(system, "replay", "--yes", status=1)
    assert "--again" in left["leftBecause"]


async def test_poison_that_comes_in_is_kept_told_and_left_where_it_is(system: BrokenSystem) -> None:
    poison = event_bytes("user-event-delivered", eventType="REACTION_ADDED", messageId="m-2")
    with system.mended("correlate"):
        await asyncio.to_thread(system.publish, poison, topic=EVENTS, is_fatal=False)
        kept = system.cloud.documents.collection("quarantine")
        await asyncio.to_thread(wait_until, kept.get, what="it is in quarantine")
    [listed] = await run(system, "list", "--reason", "unknown eventtype")
    assert (listed["eventType"], listed["payload"]["messageId"]) == ("REACTION_ADDED", "m-2")
    [left] = await run(system, "replay", "--yes", status=1)
    assert left["leftBecause"] == "this version says too: unknown eventType"
    [forced] = await run(system, "replay", "--even-if-unknown")
    assert forced["outcome"] == "wouldBeReplayed"


async def test_request_is_published_with_a_key_of_its_own_so_that_a_repeat_is_the_same(
    system: BrokenSystem,
) -> None:
    fields = json.loads(request_bytes(messageId=None, idempotencyKey=None))
    document_id = quarantine(system, json.dumps(fields).encode(), family="SendRequest", reason="who knows")
    with system.cloud.subscribed(SEND_REQUESTS) as requests:
        for flags in ((), ("--again",)):
            await run(system, "replay", "--yes", *flags)
        published = [json.loads(message.data) for message in requests.pull(2)]
    assert published == [{**fields, "idempotencyKey": f"quarantine/{document_id}"}] * 2


async def test_request_whose_ttl_is_over_is_left_for_it_would_count_anew(system: BrokenSystem) -> None:
    many = {"recipients": [{"phoneNumber": "+14155550101"}], "idempotencyKey": "k[/x]1", "phoneNumber": None}
    for fields in (many, {"messageId": "m-4"}):
        raw = request_bytes(**{"ttl": "600s", "messageId": None, **fields})
        quarantine(system, raw, family="SendRequest", reason="who knows")
    left = await run(system, "replay", "--even-if-unknown", status=1)
    assert all("its ttl was over at 2026-11-22T10:10:00" in each["leftBecause"] for each in left)
    assert all("--even-expired" in each["leftBecause"] for each in left)
    forced = await run(system, "replay", "--even-if-unknown", "--even-expired")
    assert [each["outcome"] for each in forced] == ["wouldBeReplayed"] * 2


async def test_event_counts_from_when_it_came_and_not_from_its_replay(system: BrokenSystem) -> None:
    event = event_bytes("user-event-delivered", messageId="m-3")
    quarantine(system, event)
    with system.cloud.subscribed(EVENTS) as events:
        await run(system, "replay", "--yes")
        [published] = events.pull(1)
    assert published.data == event
    assert published.attributes["receivedTime"] == "2026-11-22T10:00:00.000000Z"


async def test_what_was_cut_or_was_written_anyway_is_left(system: BrokenSystem) -> None:
    quarantine(system, b"x" * 900_000, family="SendRequest")
    quarantine(system, event_bytes("user-event-read"), reason="too long for its document, as 0a")
    left = await run(system, "replay", "--even-if-unknown", status=1)
    assert sorted(each["leftBecause"] for each in left) == [
        "it was written, but for what is too long for its document",
        "what is kept is not all of it",
    ]


async def test_nothing_that_matches_is_said(system: BrokenSystem) -> None:
    said = await asyncio.to_thread(system.operator.run, "quarantine", "list", "--reason", "never")
    assert (said.returncode, said.stdout) == (1, "Nothing is in quarantine that matches.\n")
