"""`rbm explain`, as an operator uses it: every kind of id, and every place where it may be."""

import asyncio
from typing import Any

import pytest
from tests.infra.stories.lives import AGENT_ID, MESSAGE_ID, PHONE_NUMBER, Life
from tests.support.broken_system import BrokenSystem
from tests.support.local_cloud import Rbm, find_port_row, wait_until
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.identifiers import derive_message_id


def put_message(system: BrokenSystem, message_id: str = MESSAGE_ID) -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED")
    document = system.cloud.documents.document("agents", AGENT_ID, "messages", message_id)
    document.set({**life.record, "messageId": message_id})


def put_user_message(system: BrokenSystem) -> None:
    conversation = system.cloud.documents.document("agents", AGENT_ID, "conversations", PHONE_NUMBER)
    conversation.set({"agentId": AGENT_ID, "phoneNumber": PHONE_NUMBER, "lastInboundAtMs": 1})
    said = {
        "agentId": AGENT_ID,
        "phoneNumber": PHONE_NUMBER,
        "messageId": "Ux/7",
        "kind": "text",
        "text": "Yes",
    }
    conversation.collection("userMessages").document("Ux%2F7").set({**said, "repliesTo": MESSAGE_ID})


async def explain(system: BrokenSystem, *arguments: str, status: int = 0) -> Any:
    return await system.operator.read_json("explain", *arguments, status=status)


async def test_message_is_found_by_its_id_in_any_case_and_by_its_key(system: BrokenSystem) -> None:
    put_message(system)
    put_message(system, derive_message_id(AGENT_ID, "order-1"))
    by_id = await explain(system, MESSAGE_ID.upper())
    by_key = await explain(system, "order-1", "--agent", f"{AGENT_ID}@rbm.goog")
    assert [each["document"]["messageId"] for each in by_id["found"]] == [MESSAGE_ID]
    assert [each["state"] for each in by_key["found"]] == ["delivered"]
    assert by_id["elsewhere"] is None


async def test_users_message_is_found_and_told_beside_the_one_that_it_answers(system: BrokenSystem) -> None:
    put_message(system)
    put_user_message(system)
    [by_id] = (await explain(system, "Ux/7"))["found"]
    [named] = (await explain(system, "Ux/7", "--agent", AGENT_ID, "--number", PHONE_NUMBER))["found"]
    [message] = (await explain(system, MESSAGE_ID))["found"]
    assert by_id == named
    assert (by_id["kind"], by_id["document"]["text"]) == ("userMessage", "Yes")
    assert [step["note"] for step in message["story"] if step["kind"] == "userMessage"] == [
        "the user answered this message by a suggestion"
    ]


async def test_consent_of_agent_and_brand_is_told(system: BrokenSystem) -> None:
    put_message(system)
    out = {"phoneNumber": PHONE_NUMBER, "optedOutAtMs": 1}
    document = system.cloud.documents.document
    document("agents", AGENT_ID, "consents", PHONE_NUMBER).set({**out, "agentId": AGENT_ID})
    document("brands", "Tree Bank", "consents", PHONE_NUMBER).set({**out, "brand": "Tree Bank"})
    [message] = (await explain(system, MESSAGE_ID))["found"]
    assert sorted(each["of"] for each in message["consents"]) == [f"agent {AGENT_ID}", "brand Tree Bank"]


async def test_what_has_no_document_is_found_where_it_waits_to_be_mended(system: BrokenSystem) -> None:
    raw = event_bytes("user-event-delivered", messageId="lost-1")
    system.cloud.documents.document("quarantine", "q").set({"raw": raw, "reason": "who knows"})
    system.cloud.documents.document("spill", "s").set({"raw": raw, "drained": 0})
    await asyncio.to_thread(system.publish, request_bytes(idempotencyKey="lost-1"))
    found = await explain(system, "lost-1", "--agent", AGENT_ID)
    assert (found["found"], sorted(each["where"] for each in found["elsewhere"])) == (
        [],
        ["dead letters", "quarantine", "spill"],
    )
    mends = {each["where"]: each["mend"] for each in found["elsewhere"]}
    assert mends["spill"] == "rbm spill drain"
    assert system.count_dead() == 1  # it was given back


async def test_id_of_nothing_is_said_to_be_unknown_and_how_to_ask_else(system: BrokenSystem) -> None:
    said = await asyncio.to_thread(system.operator.run, "explain", "nothing")
    assert said.returncode == 1
    assert "There is no document of nothing (yet)." in said.stdout
    assert "--agent" in said.stdout
    assert "Nowhere else" in said.stdout


async def test_story_is_read_without_whole_numbers(system: BrokenSystem) -> None:
    put_message(system)
    put_user_message(system)
    run = system.operator.run
    told = (await asyncio.to_thread(run, "explain", MESSAGE_ID)).stdout
    assert told.startswith(f"delivered  agents/{AGENT_ID}/messages/{MESSAGE_ID}")
    for said in (
        "…0101",
        "state: – → delivered",
        "DELIVERED outranks ACCEPTED",
        "awaited: READ",
        "(see logs)",
    ):
        assert said in told
    users = (await asyncio.to_thread(run, "explain", "Ux/7")).stdout
    assert PHONE_NUMBER not in told + users
    assert PHONE_NUMBER in (await asyncio.to_thread(run, "explain", MESSAGE_ID, "--full-numbers")).stdout


async def test_escape_sequences_of_a_user_are_shown_and_not_obeyed(system: BrokenSystem) -> None:
    put_message(system)
    put_user_message(system)
    conversation = system.cloud.documents.document("agents", AGENT_ID, "conversations", PHONE_NUMBER)
    hostile = {"text": "[/x]\x1b]0;owned\x07\nyou can: rbm forget"}
    conversation.collection("userMessages").document("Ux%2F7").update(hostile)
    for message_id in ("Ux/7", MESSAGE_ID):
        told = await asyncio.to_thread(system.operator.run, "explain", message_id)
        assert (told.returncode, told.stderr) == (0, "")
        assert "\x1b" not in told.stdout
        assert "\x07" not in told.stdout
        assert not [line for line in told.stdout.splitlines() if line.startswith("you can")]
    assert "[/x]\\x1b]0;owned\\x07\\nyou can: rbm forget" in told.stdout


@pytest.fixture
def rbm(tmp_path_factory: pytest.TempPathFactory) -> Rbm:
    return Rbm(tmp_path_factory.mktemp("cloud"))


def test_local_cloud_tells_repeats_and_both_times_of_each_callback(rbm: Rbm) -> None:
    """…0106: each receipt three times, in reverse order."""
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        rbm.run("send", "+14155550106", "--text", "Hello", "--key", "once")
        find = ("find", "--number", "+14155550106", "--state", "read")
        wait_until(lambda: rbm.run(*find).returncode == 0, what="it is read")
        told = ""

        def has_all() -> bool:
            nonlocal told
            told = rbm.run("explain", "once", "--agent", "growing-tree-bank").stdout
            return told.count("a repeat") == 4

        wait_until(has_all, what="all callbacks have come")
    assert "READ outranks DELIVERED: the state stays read" in told
    assert "(see logs)" not in told
