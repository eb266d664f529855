"""`rbm rebuild` over documents that were broken by hand: found, mended, and clean the second time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore
from tests.functions.domain.builders import (
    AGENT,
    CONSENT_DOCUMENT,
    MESSAGE,
    MESSAGE_DOCUMENT,
    PHONE,
    RECEIVED,
    correlate_type,
    merge_step,
)
from tests.infra.rebuild.conftest import BOTH_EMULATORS
from tests.support.operators import Operator
from tests.support.payloads import event_bytes

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.domain.ledger import Merge, stamp
from rbm_ledger.domain.times import format_rfc3339

OpenLedger = Callable[[], FirestoreLedger]
OTHER = "0c5f5d3e-98a8-4f5c-9f3e-3f5f6a7b8c9d"


async def write(ledger: FirestoreLedger, *steps: str) -> None:
    for step in steps:
        for merge in merge_step(step):
            await write_merge(ledger, merge)


async def write_merge(ledger: FirestoreLedger, merge: Merge) -> None:
    await ledger.merge(stamp(merge, now=datetime.now(UTC), retention=timedelta(days=400)))


def rebuild(operator: Operator, *arguments: str, status: int) -> dict[str, Any]:
    done = operator.run("rebuild", *arguments, "--json")
    assert done.returncode == status, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def archive(tmp_path: Path, *payloads: bytes) -> str:
    rows = [
        {"data": payload.decode(), "attributes": {"receivedTime": format_rfc3339(RECEIVED)}}
        for payload in payloads
    ]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


@BOTH_EMULATORS
async def test_what_was_broken_is_listed_then_mended_then_clean(
    operator: Operator, open_ledger: OpenLedger, documents: firestore.Client
) -> None:
    ledger = open_ledger()
    await write(ledger, "accepted", "DELIVERED", "READ", "UNSUBSCRIBE")
    for merge in correlate_type("READ", messageId=OTHER):  # an orphan
        await write_merge(ledger, merge)
    assert rebuild(operator, "--all", status=0)["differences"] == []
    before = await ledger.read(MESSAGE_DOCUMENT)
    assert before is not None
    message = documents.document(*MESSAGE_DOCUMENT)
    message.update({"stateRank": 30, "events": before["events"][:1], "sweep": {}})
    documents.document("agents", AGENT, "messages", OTHER).update({"sweep.orphanDueAtMs": None})
    documents.document(*CONSENT_DOCUMENT).update({"optedOutAtMs": 1, "heardAtMs": {}})
    found = rebuild(operator, "--all", status=1)
    assert {each["document"] for each in found["differences"]} == {
        "/".join(MESSAGE_DOCUMENT),
        f"agents/{AGENT}/messages/{OTHER}",
        "/".join(CONSENT_DOCUMENT),
    }
    assert {each["field"] for each in found["differences"]} == {
        *("stateRank", "events", "sweep.shard", "sweep.dueAtMs", "sweep.orphanDueAtMs", "optedOutAtMs"),
    }
    assert (await ledger.read(MESSAGE_DOCUMENT) or {})["stateRank"] == 30  # nothing was written so far
    mended = rebuild(operator, "--all", "--yes", status=0)
    assert (mended["mended"], mended["left"]) == (len(found["differences"]), 0)
    assert rebuild(operator, "--all", status=0)["differences"] == []
    after = await ledger.read(MESSAGE_DOCUMENT)
    assert after is not None
    assert (after["stateRank"], after["events"]) == (before["stateRank"], before["events"])
    assert after["purgeTime"] == before["purgeTime"]


async def test_event_that_nobody_wrote_comes_from_the_archive(
    operator: Operator, open_ledger: OpenLedger, tmp_path: Path
) -> None:
    ledger = open_ledger()
    await write(ledger, "accepted", "DELIVERED")
    events = archive(
        tmp_path,
        *(event_bytes(f"user-event-{name}") for name in ("read", "delivered", "unsubscribe")),
        event_bytes("user-event-read", messageId=OTHER),
    )
    found = rebuild(operator, MESSAGE, "--events", events, status=1)
    assert [each["field"] for each in found["differences"]] == ["stateRank", "events"]
    assert rebuild(operator, MESSAGE, "--events", events, "--yes", status=0)["left"] == 0
    record = await ledger.read(MESSAGE_DOCUMENT)
    assert record is not None
    assert (record["stateRank"], len(record["events"])) == (70, 2)
    # What is not there may have been purged or forgotten: it comes back when it is asked for.
    left = rebuild(operator, "--all", "--events", events, "--yes", status=1)
    assert left["mended"] == 0
    assert {each["field"] for each in left["differences"]} == {""}
    assert await ledger.read(CONSENT_DOCUMENT) is None
    rebuild(operator, "--all", "--events", events, "--yes", "--create", status=0)
    assert rebuild(operator, "--all", "--events", events, status=0)["lines"] == 4
    assert (await ledger.read(CONSENT_DOCUMENT) or {})["phoneNumber"] == PHONE


async def test_rank_that_is_too_high_is_told_and_stays(
    operator: Operator, open_ledger: OpenLedger, documents: firestore.Client
) -> None:
    await write(open_ledger(), "accepted")
    documents.document(*MESSAGE_DOCUMENT).update({"stateRank": 70})
    told = operator.run("rebuild", MESSAGE, "--agent", f"{AGENT}@rbm.goog", "--yes")
    assert told.returncode == 1
    assert "stateRank: 70 → 30" in told.stdout
    assert "no merge mends it" in told.stdout
    assert (await open_ledger().read(MESSAGE_DOCUMENT) or {})["stateRank"] == 70


async def test_more_than_a_page_is_read_and_another_agent_is_left_alone(
    operator: Operator, open_ledger: OpenLedger
) -> None:
    ledger = open_ledger()
    for agent in (AGENT, "another"):
        for number in range(310 if agent == AGENT else 1):
            path = ("agents", agent, "messages", f"{number:04}")
            await write_merge(ledger, Merge(path, {("agentId",): agent, ("messageId",): path[-1]}))
    found = rebuild(operator, "--all", "--agent", AGENT, "--rate", "100000", "--yes", status=0)
    assert (found["documents"], found["mended"]) == (310, 310)  # no shard
    assert rebuild(operator, "--all", status=1)["differencesFound"] == 1


def test_numbers_are_shortened_for_people(operator: Operator, documents: firestore.Client) -> None:
    documents.document(*CONSENT_DOCUMENT).set({"optedOutAtMs": 1})
    told = operator.run("rebuild", "--all")
    assert PHONE not in told.stdout
    assert f"consents/…{PHONE[-2:]}" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "--all"),
        (("--all", "--rate", "0"), 2, "--rate"),
        (("--all", "--rate", "abc"), 2, "must be a number above 0 and at most 1000000, not 'abc'"),
        ((OTHER,), 1, f"There is no message {OTHER}."),
        (("--all", "--events", "nowhere.jsonl"), 1, "No such file"),
    ],
)
def test_what_can_not_be_done_is_said_without_a_traceback(
    operator: Operator, arguments: tuple[str, ...], status: int, said: str
) -> None:
    refused = operator.run("rebuild", *arguments)
    assert refused.returncode == status
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
