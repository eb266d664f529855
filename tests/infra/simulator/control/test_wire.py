"""The wire log: every call, callback and handshake, and waiting for the next."""

import asyncio

import pytest

EVENT = {"agentId": "a@rbm.goog", "eventType": "REACTION_ADDED", "senderPhoneNumber": "+14155550101"}


async def test_records_of_every_kind_are_there_in_order(control, business, simulator, webhook) -> None:
    await control("PUT", "webhooks/partner", {"url": webhook.url, "clientToken": "T"})
    await business.create("+14155550102")
    await simulator.advance(60)
    _, wire = await control("GET", "wire")
    kinds = [record["kind"] for record in wire["records"]]
    assert kinds == ["handshake", "call", "callback"]
    assert [record["number"] for record in wire["records"]] == [1, 2, 3]
    assert wire["last"] == 3


async def test_refused_call_and_failed_callback_are_there_too(control, business, simulator, webhook) -> None:
    webhook.statuses = [500]
    await business.create("+14155550104")
    await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(0)
    _, wire = await control("GET", "wire")
    call, callback = wire["records"]
    assert (call["httpStatus"], call["status"]) == (404, "NOT_FOUND")
    assert (callback["outcome"], callback["httpStatus"], callback["attempt"]) == ("failed", 500, 1)
    assert callback["nextAttemptTime"] == "2026-11-22T10:00:00.250000Z"


async def test_part_of_the_log_is_read(control, simulator) -> None:
    for _ in range(4):
        await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(1)
    _, wire = await control("GET", "wire", after="1", limit="2")
    assert ([record["number"] for record in wire["records"]], wire["last"]) == ([2, 3], 4)


async def test_event_of_the_wrong_types_is_recorded_as_text(control, simulator) -> None:
    event = {"agentId": ["a"], "eventType": {}, "eventId": 5, "messageId": None, "phoneNumber": {}}
    await control("PUT", "disturbances", {"delaySeconds": 1})
    await control("POST", "callbacks", {"event": event})
    assert (await control("GET", "callbacks"))[0] == 200
    await simulator.advance(2)
    _, wire = await control("GET", "wire")
    assert wire["records"][0]["event"] == event


async def test_waiting_ends_with_the_next_record(control, business, simulator) -> None:
    await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(0)
    waiting = asyncio.create_task(control("GET", "wire", after="1", waitSeconds="60"))
    await asyncio.wait([waiting], timeout=0.05)
    assert not waiting.done()
    await control("PATCH", "phones/+14155550101", {"isOnline": False})
    await control("POST", "callbacks", {"event": EVENT})
    async with asyncio.timeout(10):
        _, wire = await waiting
    assert [record["number"] for record in wire["records"]] == [2]


async def test_waiting_ends_by_itself_and_leaves_no_listener(control, simulator) -> None:
    assert await control("GET", "wire", waitSeconds="0.01") == (200, {"records": [], "last": 0})
    assert not simulator.simulation.broadcast._listeners


async def test_what_is_there_already_is_not_waited_for(control, simulator) -> None:
    await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(0)
    async with asyncio.timeout(10):
        _, wire = await control("GET", "wire", waitSeconds="60")
    assert len(wire["records"]) == 1


@pytest.mark.parametrize(
    "part", [{"after": "-1"}, {"limit": "2001"}, {"waitSeconds": "3600"}, {"since": "1"}]
)
async def test_impossible_part_is_refused(refusal, part: dict) -> None:
    status, message = await refusal("GET", "wire", **part)
    assert (status, next(iter(part)) in message) == ("INVALID_ARGUMENT", True)
