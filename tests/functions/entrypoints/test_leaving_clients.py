"""Clients that go before they have said all, or before they have heard the answer."""

import asyncio
import json

import pytest
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.cloud import DEADLINE_SECONDS, Cloud
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.hostility import assert_still_works
from tests.functions.entrypoints.serving import FUNCTIONS, ServedFunction, Settings
from tests.functions.entrypoints.wire import push_body
from tests.support.payloads import event_bytes

pytestmark = pytest.mark.usefixtures("never_crashes")

GONE = {
    "within the request line": b"POST / HT",
    "within the headers": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le",
    "before the body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
    "within the body": b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"message": {"da',
    "within a chunk": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFF\r\n{",
    "between chunks": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "without having spoken HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("said", GONE.values(), ids=GONE)
@pytest.mark.parametrize("name", FUNCTIONS)
async def test_client_that_leaves_halfway_leaves_the_function_working(
    functions: dict[str, ServedFunction], request_function: Post, name: str, said: bytes
) -> None:
    for _ in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", functions[name].port)
        writer.write(said)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    await assert_still_works(request_function, name)


async def test_client_that_leaves_before_the_answer_leaves_its_event_written(
    functions: dict[str, ServedFunction], request_function: Post, cloud: Cloud, message_id: str
) -> None:
    body = push_body(event_bytes("user-event-delivered", messageId=message_id))
    _, writer = await asyncio.open_connection("127.0.0.1", functions["correlate"].port)
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with asyncio.timeout(DEADLINE_SECONDS):
        while cloud.read("agents", "growing-tree-bank", "messages", message_id) is None:
            await assert_still_works(request_function, "correlate")


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_body_that_ends_early_is_400(settings: dict[str, Settings], name: str) -> None:
    function = load_function(name, settings[name])
    answer = await call_function(function, [b'{"message": '], leaves_early=True)
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["message"] == "The body ended early."
