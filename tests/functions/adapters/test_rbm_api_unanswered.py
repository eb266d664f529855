"""Calls whose outcome nobody knows: whatever happens, it is an answer, and the call is made only once."""

import asyncio
import contextlib
import gzip
import socket
import struct

import pytest
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import create_call
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform
from tests.support.payloads import load_bytes, load_json

from rbm_ledger.adapters.rbm_api import MAX_ANSWER_BYTES
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ops.ports import find_free_port


async def test_call_without_an_answer_in_time_is_no_answer(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    platform.release.clear()
    answer = await make_api(platform.url, timeout_seconds=0.2).call(create_call())
    assert answer == Answer(NO_ANSWER, "NO_ANSWER", "ReadTimeoutError")
    assert len(platform.requests) == 1


async def test_answer_that_trickles_in_is_not_waited_for(make_api: MakeApi) -> None:
    """Each wait for the next byte is short; all of them together are not."""
    is_enough, is_over = asyncio.Event(), asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not is_enough.is_set():
            writer.write(b" ")
            await asyncio.sleep(0.01)
        writer.close()
        await writer.wait_closed()
        is_over.set()

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            async with asyncio.timeout(5):
                answer = await make_api(f"http://127.0.0.1:{port}", timeout_seconds=0.2).call(create_call())
        finally:
            is_enough.set()
            await is_over.wait()
    assert answer == Answer(NO_ANSWER, "NO_ANSWER", "TimeoutError")


async def test_refused_connection_is_no_answer(make_api: MakeApi) -> None:
    answer = await make_api(f"http://127.0.0.1:{find_free_port()}").call(create_call())
    assert answer == Answer(NO_ANSWER, "NO_ANSWER", "NewConnectionError")


async def test_unknown_host_is_no_answer(make_api: MakeApi) -> None:
    answer = await make_api("http://platform.invalid").call(create_call())
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_ANSWER")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "half an answer", "not HTTP", "broken chunks"],
)
@pytest.mark.parametrize("reset", [False, True])
async def test_connection_that_breaks_is_no_answer(make_api: MakeApi, sent: bytes, reset: bool) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        await writer.drain()
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()

    async with await asyncio.start_server(break_off, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        answer = await make_api(f"http://127.0.0.1:{port}").call(create_call())
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_ANSWER")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"a":', b"\xff"], ids=repr)
async def test_success_that_nobody_can_read_says_nothing(
    platform: ScriptedPlatform, make_api: MakeApi, body: bytes
) -> None:
    platform.replies = [Reply(200, body)]
    answer = await make_api(platform.url).call(create_call())
    assert answer == Answer(NO_ANSWER, "UNREADABLE_ANSWER")


async def test_success_with_a_broken_encoding_is_no_answer(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    platform.replies = [Reply(200, b"{}", {"Content-Encoding": "gzip"})]
    answer = await make_api(platform.url).call(create_call())
    assert answer.http_status == NO_ANSWER


async def test_compressed_answer_is_read(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    body = gzip.compress(load_bytes("responses/agent-message-created.json"))
    platform.replies = [Reply(200, body, {"Content-Encoding": "gzip"})]
    answer = await make_api(platform.url).call(create_call())
    assert answer == Answer(200, body=load_json("responses/agent-message-created.json"))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirect_is_not_followed(platform: ScriptedPlatform, make_api: MakeApi, status: int) -> None:
    platform.replies = [Reply(status, b"", {"Location": f"{platform.url}/elsewhere"}), Reply()]
    answer = await make_api(platform.url).call(create_call())
    assert (answer.http_status, answer.status) == (status, "UNREADABLE_ANSWER")
    assert len(platform.requests) == 1


@pytest.mark.parametrize("excess_bytes", [0, 1])
async def test_answer_is_read_up_to_its_limit_and_no_further(
    platform: ScriptedPlatform, make_api: MakeApi, excess_bytes: int
) -> None:
    body = b'{"name": "m"' + b" " * (MAX_ANSWER_BYTES - 13 + excess_bytes) + b"}"
    platform.replies = [Reply(200, body)]
    answer = await make_api(platform.url).call(create_call())
    expected = Answer(NO_ANSWER, "UNREADABLE_ANSWER") if excess_bytes else Answer(200, body={"name": "m"})
    assert answer == expected


async def test_answer_without_an_end_is_cut_off_at_its_limit(make_api: MakeApi) -> None:
    """Whoever sends without end is not listened to without end: the connection is closed."""
    is_closed = asyncio.Event()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
                await writer.drain()
        writer.close()
        is_closed.set()

    async with await asyncio.start_server(pour, "127.0.0.1", 0) as server, asyncio.timeout(20):
        port = server.sockets[0].getsockname()[1]
        answer = await make_api(f"http://127.0.0.1:{port}").call(create_call())
        await is_closed.wait()
    assert answer == Answer(NO_ANSWER, "UNREADABLE_ANSWER")


async def test_answer_that_unpacks_to_more_than_the_limit_is_not_unpacked(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    platform.replies = [Reply(200, gzip.compress(b" " * 20 * MAX_ANSWER_BYTES), {"Content-Encoding": "gzip"})]
    answer = await make_api(platform.url).call(create_call())
    assert answer == Answer(NO_ANSWER, "UNREADABLE_ANSWER")
