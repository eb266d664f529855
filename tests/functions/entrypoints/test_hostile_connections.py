"""HTTP itself bent: requests that two servers would read differently, slow ones, many at once, or none."""

import asyncio
import contextlib

import pytest
from tests.functions.entrypoints.cloud import DEADLINE_SECONDS
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.hostility import assert_still_works
from tests.functions.entrypoints.raw_http import (
    CHUNKED,
    CLOSE,
    HANDSHAKE,
    HIDDEN,
    IN_CHUNKS,
    LENGTH,
    SECRET,
    exchange,
    list_statuses,
    make_request,
)
from tests.functions.entrypoints.serving import FUNCTIONS, ServedFunction
from tests.functions.entrypoints.wire import sign, wrap_delivery
from tests.support.payloads import load_bytes

pytestmark = pytest.mark.usefixtures("never_crashes")
Functions = dict[str, ServedFunction]

# What a server in front might take for one request, and this one for two.
AMBIGUOUS = {
    "length and chunks": make_request([LENGTH, CHUNKED], b"0\r\n\r\n" + HIDDEN),
    "chunks and length": make_request([CHUNKED, b"Content-Length: 4"], IN_CHUNKS + HIDDEN),
    "two lengths": make_request([LENGTH, b"Content-Length: 3"], HANDSHAKE + HIDDEN),
    "the same length twice": make_request([LENGTH, LENGTH], HANDSHAKE + HIDDEN),
    "a list of lengths": make_request([LENGTH + b", 3"], HANDSHAKE + HIDDEN),
    "length with a sign": make_request([b"Content-Length: +30"], HANDSHAKE + HIDDEN),
    "length below zero": make_request([b"Content-Length: -1"], HANDSHAKE + HIDDEN),
    "length beyond 64 bits": make_request([b"Content-Length: " + b"9" * 30], HANDSHAKE + HIDDEN),
    "length in hexadecimal": make_request([b"Content-Length: 0x10"], HANDSHAKE + HIDDEN),
    "coding of another name": make_request([b"Transfer-Encoding: xchunked"], HANDSHAKE + HIDDEN),
    "chunks that are not last": make_request([CHUNKED + b", identity"], b"0\r\n\r\n" + HIDDEN),
    "chunks twice": make_request([CHUNKED, CHUNKED], b"0\r\n\r\n" + HIDDEN),
    "blank before the colon": make_request([b"Transfer-Encoding : chunked", LENGTH], HANDSHAKE + HIDDEN),
    "tab before the coding": make_request([b"Transfer-Encoding:\tchunked", LENGTH], b"0\r\n\r\n" + HIDDEN),
    "vertical tab": make_request([b"Transfer-Encoding: \x0bchunked", LENGTH], HANDSHAKE + HIDDEN),
    "folded header": make_request([b"Transfer-Encoding:\r\n chunked", LENGTH], b"0\r\n\r\n" + HIDDEN),
    "header within a header": make_request([b"X-A: a\rContent-Length: 3", LENGTH], HANDSHAKE + HIDDEN),
    "NUL in a header": make_request([b"X-A: a\0b", LENGTH], HANDSHAKE + HIDDEN),
    "header without a name": make_request([b": a", LENGTH], HANDSHAKE + HIDDEN),
    "lines that end without CR": HIDDEN.replace(b"\r\n", b"\n"),
    "chunk of no length": make_request([CHUNKED], b"zz\r\n" + HANDSHAKE + b"\r\n0\r\n\r\n" + HIDDEN),
    "chunk beyond 64 bits": make_request([CHUNKED], b"f" * 17 + b"\r\n" + HANDSHAKE + HIDDEN),
    "chunk below zero": make_request([CHUNKED], b"-1\r\n" + HANDSHAKE + HIDDEN),
    "chunk longer than it says": make_request([CHUNKED], b"2\r\n" + HANDSHAKE + b"\r\n0\r\n\r\n" + HIDDEN),
    "blank in the path": make_request([LENGTH], HANDSHAKE + HIDDEN, b"POST /a b HTTP/1.1"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
    "HTTP/9.9": make_request([LENGTH], HANDSHAKE + HIDDEN, b"POST / HTTP/9.9"),
    "a tunnel": make_request([CLOSE], HIDDEN, b"CONNECT example.com:443 HTTP/1.1"),
    "an endless method": b"A" * 100_000 + b" / HTTP/1.1\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("said", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_request_of_two_readings_is_refused_and_nothing_after_it_is_heard(
    functions: Functions, request_function: Post, said: bytes
) -> None:
    answered = await exchange(functions["webhook"].port, said)
    assert list_statuses(answered) == [400]
    assert SECRET not in answered
    await assert_still_works(request_function, "webhook")


UNUSUAL = {
    "HTTP/1.0": b"POST / HTTP/1.0\r\n" + LENGTH + b"\r\n\r\n" + HANDSHAKE,
    "an address with its host": make_request(
        [LENGTH, CLOSE], HANDSHAKE, b"POST http://example.com/ HTTP/1.1"
    ),
    "chunks with extensions": make_request([CHUNKED, CLOSE], IN_CHUNKS.replace(b"\r\n", b";a=b\r\n", 1)),
    "headers after the chunks": make_request(
        [CHUNKED, CLOSE], IN_CHUNKS[:-2] + b"Host: example.com\r\nX-Goog-Signature: a\r\n\r\n"
    ),
    "an expectation that nobody knows": make_request([LENGTH, CLOSE, b"Expect: 200-ok"], HANDSHAKE),
    "10,000 headers": make_request([*(b"X-%d: a" % n for n in range(10_000)), LENGTH, CLOSE], HANDSHAKE),
    "a header of 5 MB": make_request([b"X-A: " + b"a" * 5_000_000, LENGTH, CLOSE], HANDSHAKE),
}


@pytest.mark.parametrize("said", UNUSUAL.values(), ids=UNUSUAL)
async def test_unusual_request_is_answered_once(
    functions: Functions, request_function: Post, said: bytes
) -> None:
    answered = await exchange(functions["webhook"].port, said)
    assert list_statuses(answered) == [200]
    assert answered.endswith(SECRET)
    await assert_still_works(request_function, "webhook")


async def test_requests_in_one_breath_are_answered_each(functions: Functions) -> None:
    answered = await exchange(functions["webhook"].port, make_request([LENGTH], HANDSHAKE) * 50 + HIDDEN)
    assert list_statuses(answered) == [200] * 51


@pytest.mark.parametrize("upgrade", [b"websocket", b"h2c"])
async def test_upgrade_is_not_followed(functions: Functions, request_function: Post, upgrade: bytes) -> None:
    headers = [b"Connection: Upgrade, close", b"Upgrade: " + upgrade, b"Sec-WebSocket-Version: 13"]
    headers += [b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    for name in FUNCTIONS:
        line = b"GET / HTTP/1.1"
        statuses = list_statuses(await exchange(functions[name].port, make_request(headers, line=line)))
        assert statuses == [405]
        await assert_still_works(request_function, name)


@pytest.mark.parametrize(("order", "status"), [((True, False), 401), ((False, True), 200)])
async def test_of_two_signatures_one_decides(
    functions: Functions, order: tuple[bool, bool], status: int
) -> None:
    payload = load_bytes("decoded-events/user-event-is-typing.json")
    body = wrap_delivery(payload)
    signatures = [sign(payload) if is_true else sign(b"") for is_true in order]
    headers = [f"X-Goog-Signature: {signature}".encode() for signature in signatures]
    said = make_request([*headers, b"Content-Length: %d" % len(body), CLOSE], body)
    assert list_statuses(await exchange(functions["webhook"].port, said)) == [status]


@pytest.mark.parametrize("signed", [b"", b"{}", b"another event"])
async def test_signature_after_the_body_is_not_believed_where_it_is_false(
    functions: Functions, signed: bytes
) -> None:
    """A server may take what follows the chunks for a header: it has to be true all the same."""
    body = wrap_delivery(load_bytes("decoded-events/user-event-is-typing.json"))
    trailer = f"X-Goog-Signature: {sign(signed)}".encode()
    chunks = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(body), body, trailer)
    said = make_request([CHUNKED, CLOSE, b"Trailer: X-Goog-Signature"], chunks)
    assert list_statuses(await exchange(functions["webhook"].port, said)) == [401]


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_connections_that_say_nothing_or_not_enough_keep_nobody_waiting(
    functions: Functions, request_function: Post, name: str
) -> None:
    """200 idle ones, and as many amid their headers or their bodies."""
    begun = (b"", b"POST / HTTP/1.1\r\nHost: local", make_request([b"Content-Length: 1000"], b'{"message":'))
    async with contextlib.AsyncExitStack() as open_ones:
        for said in begun * 200:
            _, writer = await asyncio.open_connection("127.0.0.1", functions[name].port)
            open_ones.callback(writer.close)
            writer.write(said)
        await assert_still_works(request_function, name)
    await assert_still_works(request_function, name)


async def test_body_that_comes_byte_by_byte_is_answered_and_others_meanwhile(
    functions: Functions, request_function: Post
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", functions["webhook"].port)
    writer.write(make_request([LENGTH, CLOSE]))
    for byte in HANDSHAKE:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    await assert_still_works(request_function, "webhook")
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert (await reader.read()).endswith(SECRET)
    writer.close()


async def test_header_that_never_ends_keeps_nobody_waiting(
    functions: Functions, request_function: Post
) -> None:
    """What bounds it is Google's front end; here the function only has to go on."""
    _, writer = await asyncio.open_connection("127.0.0.1", functions["webhook"].port)
    writer.write(b"POST / HTTP/1.1\r\nX-A: " + b"a" * 5_000_000)
    await writer.drain()
    await assert_still_works(request_function, "webhook")
    writer.close()
    await assert_still_works(request_function, "webhook")
