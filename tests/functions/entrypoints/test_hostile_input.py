"""Whatever comes in: the status that DESIGN names, a clear text, nothing of our insides, and on it goes."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.hostility import (
    DEEP,
    HUGE_NUMBER,
    MANY_DIGITS,
    assert_nothing_inside_shows,
    assert_still_works,
)
from tests.functions.entrypoints.serving import FUNCTIONS, Settings
from tests.functions.entrypoints.wire import sign_headers, wrap_delivery
from tests.support.payloads import load_bytes

LARGE_BYTES = 20_000_000

pytestmark = pytest.mark.usefixtures("never_crashes")


def in_json(text: bytes) -> bytes:
    """An object with this value in all the places that the functions look at."""
    names = (b"message", b"data", b"clientToken", b"secret", b"agentId", b"specversion")
    return b"{" + b",".join(b'"%s":%s' % (name, text) for name in names) + b"}"


async def in_chunks(body: bytes, chunk_bytes: int = 65_536) -> AsyncIterator[bytes]:
    """A body without a length."""
    for start in range(0, len(body), chunk_bytes):
        yield body[start : start + chunk_bytes]


@dataclass(frozen=True)
class Hostile:
    """A request and the answer it gets from every function."""

    status: int
    body: bytes = b""
    method: str = "POST"
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False


HOSTILE = {
    "empty body": Hostile(400),
    "blanks": Hostile(400, b" \r\n\t"),
    "text": Hostile(400, b"Hello, world!"),
    "form": Hostile(400, b"message=1&data=2", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    "markup": Hostile(400, b"<message><data/></message>", headers={"Content-Type": "application/xml"}),
    "cut JSON": Hostile(400, b'{"message": {"data": "'),
    "two JSON values": Hostile(400, b"{}{}"),
    "JSON null": Hostile(400, b"null"),
    "JSON true": Hostile(400, b"true"),
    "JSON number": Hostile(400, b"7"),
    "JSON text": Hostile(400, b'"message"'),
    "JSON list": Hostile(400, b'[{"message": {}}]'),
    "JSON empty object": Hostile(400, b"{}"),
    "null members": Hostile(400, in_json(b"null")),
    "number members": Hostile(400, in_json(b"7")),
    "list members": Hostile(400, in_json(b"[[]]")),
    "object members": Hostile(400, in_json(b'{"data": {"message": {}}}')),
    "message without data": Hostile(400, b'{"message": {"data": null}}'),
    "data that is no base64": Hostile(400, b'{"message": {"data": "&&&&"}}'),
    "data with a lone surrogate": Hostile(400, b'{"message": {"data": "\\ud800"}}'),
    "lone surrogates": Hostile(400, in_json(b'"\\ud800"')),
    "names with lone surrogates": Hostile(400, b'{"\\ud800": "\\udfff"}'),
    "NUL characters": Hostile(400, in_json(b'"\\u0000"')),
    "NaN": Hostile(400, in_json(b"NaN")),
    "Infinity": Hostile(400, in_json(b"-Infinity")),
    "number beyond a double": Hostile(400, in_json(HUGE_NUMBER)),
    "integer of 5,000 digits": Hostile(400, in_json(MANY_DIGITS)),
    "integer of 64 bits and one": Hostile(400, in_json(b"18446744073709551616")),
    "100,000 open brackets": Hostile(400, b"[" * DEEP),
    "100,000 nested lists": Hostile(400, b"[" * DEEP + b"]" * DEEP),
    "100,000 nested objects": Hostile(400, b'{"m":' * DEEP + b"{}" + b"}" * DEEP),
    "5,000 nested lists in a member": Hostile(400, in_json(b"[" * 5000 + b"]" * 5000)),
    "binary noise": Hostile(400, bytes(range(256)) * 64),
    "UTF-16": Hostile(400, '{"message": {}}'.encode("utf-16")),
    "byte order mark": Hostile(400, b"\xef\xbb\xbf{}"),
    "UTF-8 that is cut": Hostile(400, b'{"message": "\xe2\x82"}'),
    "UTF-8 that is overlong": Hostile(400, b'{"message": "\xc0\xaf"}'),
    "gzip that nobody asked for": Hostile(400, b"\x1f\x8b\x08\x00" * 8, headers={"Content-Encoding": "gzip"}),
    "chunked text without a length": Hostile(400, b"Hello, world!", chunked=True),
    "20 MB": Hostile(413, b"{" + b" " * LARGE_BYTES + b"}"),
    "20 MB of noise, chunked": Hostile(413, b"\xff" * LARGE_BYTES, chunked=True),
    "long header": Hostile(400, b"{}", headers={"X-Long": "a" * 60_000}),
    "many headers": Hostile(400, b"{}", headers={f"X-{number}": "a" for number in range(500)}),
    "header that is not ASCII": Hostile(
        400, b"{}", headers={"X-Goog-Signature": "\u20ac", "traceparent": "\xff"}
    ),
    "long path": Hostile(400, b"{}", path="a" * 30_000),
    "path beyond every limit": Hostile(400, b"{}", path="a" * 100_000),
    "path that climbs": Hostile(400, b"{}", path="../../etc/passwd"),
    "path that is not UTF-8": Hostile(400, b"{}", path="%ff%fe"),
    "path of a file of the framework": Hostile(400, b"{}", path="robots.txt"),
    "GET": Hostile(405, method="GET"),
    "HEAD": Hostile(405, method="HEAD"),
    "PUT": Hostile(405, b"{}", method="PUT"),
    "DELETE": Hostile(405, method="DELETE"),
    "PATCH": Hostile(405, b"{}", method="PATCH"),
    "OPTIONS": Hostile(405, method="OPTIONS"),
    "TRACE": Hostile(405, method="TRACE"),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", FUNCTIONS)
async def test_hostile_request_is_refused_with_a_clear_text(
    request_function: Post, name: str, hostile: Hostile
) -> None:
    answer = await request_function(
        name,
        in_chunks(hostile.body) if hostile.chunked else hostile.body,
        method=hostile.method,
        path=hostile.path,
        headers=hostile.headers,
    )
    assert answer.status == hostile.status
    assert hostile.method == "HEAD" or len(answer.body) > 10
    assert_nothing_inside_shows(answer)
    await assert_still_works(request_function, name)


async def test_other_method_is_told_which_one_is_answered(request_function: Post) -> None:
    for name in FUNCTIONS:
        assert (await request_function(name, method="PUT")).headers["allow"] == "POST"


@pytest.mark.parametrize(("name", "limit_bytes"), [("webhook", 1_048_576), ("correlate", 14_000_000)])
async def test_body_of_the_limit_is_taken_and_one_byte_more_is_413(
    request_function: Post, name: str, limit_bytes: int
) -> None:
    fits, too_large = [b"{" + b" " * (size - 2) + b"}" for size in (limit_bytes, limit_bytes + 1)]
    assert (await request_function(name, fits)).status == 400
    answer = await request_function(name, too_large)
    assert answer.status == 413
    assert str(limit_bytes) in json.loads(answer.body)["error"]["message"]


async def test_delivery_in_chunks_without_a_length_is_taken(request_function: Post) -> None:
    payload = load_bytes("decoded-events/user-event-delivered.json")
    body = in_chunks(wrap_delivery(payload), chunk_bytes=7)
    assert (await request_function("webhook", body, headers=sign_headers(payload))).status == 200


WRONG_WEBHOOKS = {"another agent's": "growing-tree-bank", "nobody's": "nobodys-agent", "long": "a" * 8000}


@pytest.mark.parametrize("path", WRONG_WEBHOOKS.values(), ids=WRONG_WEBHOOKS)
async def test_delivery_to_the_wrong_webhook_is_401(request_function: Post, path: str) -> None:
    payload = load_bytes("decoded-events/user-event-delivered.json")
    answer = await request_function(
        "webhook", wrap_delivery(payload), path=path, headers=sign_headers(payload)
    )
    assert answer.status == 401
    assert_nothing_inside_shows(answer)


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_defect_of_our_own_is_500_with_a_fixed_text(
    settings: dict[str, Settings], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The border itself: a body that breaks the protocol below us stands for any defect."""
    function = load_function(name, settings[name])
    answer = await call_function(function, ["a text where ASGI has bytes: +14155550101"])  # type: ignore[list-item]
    assert answer.status == 500
    assert json.loads(answer.body)["error"]["message"] == "Something went wrong here; call again."
    assert_nothing_inside_shows(answer)
    [_started, entry] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (entry["severity"], entry["error_type"]) == ("ERROR", "TypeError")
    assert "+14155550101" not in json.dumps(entry)
