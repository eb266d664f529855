"""What happens, live."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from rbm_ops.simulator.control.stream import CallbackCounts, merge
from rbm_ops.simulator.wire import Broadcast

NUMBER = "+4915155501234"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
EVENT = {"agentId": "a@rbm.goog", "eventType": "REACTION_ADDED"}


class Reader:
    """Reads events of a stream as a browser does."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def read_event(self) -> tuple[str, dict]:
        fields = {}
        async with asyncio.timeout(10):
            while line := (await self._response.content.readline()).decode().rstrip():
                name, _, value = line.partition(": ")
                fields[name] = value
        return fields["event"], json.loads(fields["data"])

    async def read_until(self, name: str, condition) -> dict:
        while True:
            event, data = await self.read_event()
            if event == name and condition(data):
                return data


@pytest.fixture
def read_stream(business):
    @contextlib.asynccontextmanager
    async def connect() -> AsyncIterator[Reader]:
        async with business.session.get(f"{business.url}/control/stream") as response:
            assert response.content_type == "text/event-stream"
            yield Reader(response)

    return connect


async def test_counts_come_first_and_when_they_have_changed(control, simulator, read_stream) -> None:
    async with read_stream() as reader:
        calm = {"pending": 0, "acknowledged": 0, "failedAttempts": 0, "dropped": 0}
        assert await reader.read_event() == ("callbacks", calm)
        await control("POST", "callbacks", {"event": EVENT})
        await simulator.advance(1)
        counts = await reader.read_until("callbacks", lambda counts: counts["acknowledged"])
        assert counts == calm | {"acknowledged": 1}


async def test_wire_conversation_and_phone_are_told(control, business, simulator, read_stream) -> None:
    async with read_stream() as reader:
        await reader.read_event()
        await control("PATCH", f"phones/{NUMBER}", {"isOnline": True})
        assert await reader.read_until("phone", bool) == {"phoneNumber": NUMBER}
        await business.create(NUMBER)
        expected = {"agentId": "growing-tree-bank", "phoneNumber": NUMBER}
        assert await reader.read_until("conversation", bool) == expected
        record = await reader.read_until("wire", bool)
        assert record == (await business.read_control("wire"))["records"][0]


async def test_revoke_is_told_as_a_change_of_the_conversation(control, business, read_stream) -> None:
    await control("PATCH", f"phones/{NUMBER}", {"isOnline": False})
    await business.create(NUMBER, message_id=MESSAGE_ID)
    async with read_stream() as reader:
        await reader.read_event()
        await business.revoke(NUMBER, MESSAGE_ID)
        expected = {"agentId": "growing-tree-bank", "phoneNumber": NUMBER}
        assert await reader.read_until("conversation", bool) == expected


async def test_reader_who_leaves_is_forgotten(control, simulator, read_stream) -> None:
    async with read_stream() as reader:
        await reader.read_event()
        assert len(simulator.simulation.broadcast._listeners) == 1
    async with asyncio.timeout(10):
        while simulator.simulation.broadcast._listeners:
            await control("PATCH", f"phones/{NUMBER}", {})


async def test_counts_are_told_when_they_have_changed_and_not_too_often(control, simulator) -> None:
    counts = CallbackCounts(simulator.simulation)
    assert len(counts.list_news(0)) == 1
    assert counts.list_news(10) == []
    await control("POST", "callbacks", {"event": EVENT})
    assert [data["pending"] for _, data in counts.list_news(10)] == [1]
    await control("POST", "callbacks", {"event": EVENT})
    assert counts.list_news(10.4) == []
    assert [data["pending"] for _, data in counts.list_news(10.5)] == [2]


def test_repeats_are_told_once_where_they_were_told_last() -> None:
    first, second, other = (
        ("conversation", {"agentId": "a", "phoneNumber": number}) for number in ("+1", "+1", "+2")
    )
    records = [("wire", {"number": number}) for number in (1, 2)]
    phones = [("phone", {"phoneNumber": "+1"})] * 2
    merged = merge([first, records[0], other, second, records[1], *phones])
    assert merged == [records[0], other, second, records[1], phones[0]]


def test_slow_listener_loses_the_oldest_and_the_quick_one_nothing() -> None:
    broadcast = Broadcast()
    slow, quick = broadcast.listen(), broadcast.listen()
    told = []
    for number in range(1001):
        broadcast.publish("wire", {"number": number})
        told.append(quick.get_nowait()[1]["number"])
    assert told == list(range(1001))
    assert [slow.get_nowait()[1]["number"] for _ in range(1000)] == list(range(1, 1001))
    assert slow.empty()
