"""HTTP byte by byte, as no client library would write it."""

import asyncio
import re
from collections.abc import Sequence

from tests.functions.entrypoints.cloud import DEADLINE_SECONDS
from tests.support.payloads import load_bytes, load_json

HANDSHAKE = load_bytes("webhook-bodies/handshake.json")
SECRET = load_json("webhook-bodies/handshake.json")["secret"].encode()
LENGTH = b"Content-Length: %d" % len(HANDSHAKE)
CHUNKED = b"Transfer-Encoding: chunked"
CLOSE = b"Connection: close"
IN_CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HANDSHAKE), HANDSHAKE)


def make_request(headers: Sequence[bytes], body: bytes = b"", line: bytes = b"POST / HTTP/1.1") -> bytes:
    return b"\r\n".join((line, b"Host: localhost", *headers, b"", body))


# A request that the webhook answers with the secret: hidden behind another, it shows that it was believed.
HIDDEN = make_request([LENGTH, CLOSE], HANDSHAKE)


async def exchange(port: int, said: bytes) -> bytes:
    """All that is answered until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await reader.read()
    finally:
        writer.close()


def list_statuses(answered: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answered)]
