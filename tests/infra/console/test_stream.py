"""One stream per page, merged out of the simulator's and Pub/Sub's; a slow page costs nobody anything."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from tests.infra.console.fake_simulator import FakeSimulator, serve
from tests.infra.console.page import ConsolePage, until
from tests.infra.console.publishing import publish

from rbm_ops.console.relay import BadStream, read_events
from rbm_ops.console.stream import OpenPages, Page, PageEvent
from rbm_ops.local.addresses import Addresses

# Out of the simulator


async def test_events_of_the_simulator_reach_every_page(
    simulator: FakeSimulator, console: ConsolePage
) -> None:
    async with console.listening() as one, console.listening() as other:
        await until(lambda: simulator.listeners, what="the relay is connected")
        for name in ("wire", "conversation", "phone", "callbacks", "unheard-of"):
            simulator.tell(name, json.dumps({"is": name}))
        for heard in (one, other):
            await until(lambda heard=heard: heard.named("callbacks"), what="it came")
            assert [name for name, _ in heard.events if name not in ("simulator", "functions")] == [
                "wire",
                "conversation",
                "phone",
                "callbacks",
            ]
            assert heard.named("wire") == [{"is": "wire"}]


async def test_simulator_that_goes_and_comes_back_is_heard_again(
    simulator: FakeSimulator, console: ConsolePage
) -> None:
    async with console.listening() as heard:
        await until(lambda: simulator.listeners, what="the relay is connected")
        simulator.end_streams()
        await until(lambda: simulator.connections == 2 and simulator.listeners, what="it is connected again")
        simulator.tell("wire", "{}")
        await until(lambda: heard.named("wire"), what="it came")
        assert heard.named("simulator") == [
            {"isConnected": True},
            {"isConnected": False},
            {"isConnected": True},
        ]


async def test_simulator_that_comes_late_is_found(console: ConsolePage, addresses: Addresses) -> None:
    late = FakeSimulator()
    async with console.listening() as heard:
        await until(lambda: {"isConnected": False} in heard.named("simulator"), what="it is missed")
        server = await serve(late, addresses.port("simulator"))
        await until(lambda: {"isConnected": True} in heard.named("simulator"), what="it is found")
    await server.close()


async def test_simulator_is_left_alone_while_no_page_is_open(
    simulator: FakeSimulator, console: ConsolePage
) -> None:
    async with console.listening():
        await until(lambda: simulator.listeners, what="the relay is connected")
    await console.get("/api/cloud")
    await until(lambda: _ping(simulator) and not simulator.listeners, what="the relay has left")
    assert simulator.connections == 1


def _ping(simulator: FakeSimulator) -> bool:
    """The relay looks up when something comes."""
    simulator.tell("heartbeat", "{}")
    return True


# Out of Pub/Sub


async def test_update_reaches_the_page_as_it_was_published(
    console: ConsolePage, addresses: Addresses
) -> None:
    async with console.listening() as heard:
        await publish(addresses, "rbm-updates", b'{"kind":"message","state":"read"}')
        await until(lambda: heard.named("update"), what="the update came")
        assert heard.named("update") == [{"kind": "message", "state": "read"}]


async def test_update_that_is_no_text_does_not_end_the_updates(
    console: ConsolePage, addresses: Addresses
) -> None:
    async with console.listening() as heard:
        await publish(addresses, "rbm-updates", b'"\xff"')
        await publish(addresses, "rbm-updates", b"2")
        await until(lambda: 2 in heard.named("update"), what="both updates came")
        assert sorted(heard.named("update"), key=str) == [2, "\ufffd"]


# Bounded


async def test_slow_page_loses_the_oldest_and_is_told_how_many() -> None:
    page = Page()
    for number in range(510):
        page.put(PageEvent("wire", str(number)))
    assert await page.next_event() == PageEvent("missed", '{"count": 10}')
    assert await page.next_event() == PageEvent("wire", "10")
    page.put(PageEvent("wire", "last"))
    rest = [await page.next_event() for _ in range(500)]
    assert rest[-1].data == "last"
    assert all(event.name == "wire" for event in rest)


async def test_slow_page_is_bounded_by_size_too_but_keeps_the_latest() -> None:
    page = Page()
    for number in range(5):
        page.put(PageEvent("wire", str(number) * 3_000_000))
    assert await page.next_event() == PageEvent("missed", '{"count": 4}')
    assert (await page.next_event()).data[0] == "4"
    page.put(PageEvent("wire", "small"))
    assert (await page.next_event()).data == "small"


async def test_page_that_keeps_up_loses_nothing_however_much_passes() -> None:
    page = Page()
    for number in range(5):
        for half in "ab":
            page.put(PageEvent("wire", half * 1_900_000))
        read = [await page.next_event(), await page.next_event()]
        assert [event.data[0] for event in read] == ["a", "b"], number


async def test_page_without_news_waits() -> None:
    page = Page()
    waiting = asyncio.create_task(page.next_event())
    await asyncio.sleep(0)
    assert not waiting.done()
    page.put(PageEvent("wire", "1"))
    assert (await waiting).data == "1"


async def test_closed_page_gets_nothing_more(console: ConsolePage, addresses: Addresses) -> None:
    pages = OpenPages()
    with pages._opened() as page:
        assert pages.is_watched
    pages.tell("wire", "{}")
    page.put(PageEvent("wire", "own"))
    assert not pages.is_watched
    assert (await page.next_event()).data == "own"


# Reading


@pytest.mark.parametrize("cut", range(1, 60))
async def test_events_are_read_wherever_their_bytes_are_cut(cut: int) -> None:
    text = "event: wire\r\ndata: ä\r\ndata:b\r\n\r\n: ping\n\nevent: phone\ndata: {}\nid: 3\n\n".encode()
    chunks = [text[start : start + cut] for start in range(0, len(text), cut)]
    events = [event async for event in read_events(_stream(chunks)) if event.name]
    assert events == [PageEvent("wire", "ä\nb"), PageEvent("phone", "{}")]


async def test_endless_event_is_refused() -> None:
    with pytest.raises(BadStream):
        async for _ in read_events(_stream([b"data: " + b"x" * 100_000] * 100)):
            pass


async def _stream(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
