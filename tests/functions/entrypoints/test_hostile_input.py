"""Whatever comes in: the status that DESIGN names, a clear text, nothing of our insides, and on it goes."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from ..domain.payloads import event_bytes, load_bytes
from .asgi import Answer, call_function, load_function
from .cloud import DEADLINE_SECONDS, Cloud, Subscription
from .conftest import Post
from .serving import FUNCTIONS, ServedFunction
from .wire import PARTNER_TOKENS, push_body, sign_headers, wrap_delivery

DEEP = 100_000
LARGE_BYTES = 20_000_000
MANY_DIGITS = b"9" * 5000
HUGE_NUMBER = b"1e999"

LOADED = {"RBM_EVENTS_TOPIC": "rbm-events", "RBM_CLIENT_TOKENS": json.dumps({"": [PARTNER_TOKENS[0]]})}
INSIDES = ("Traceback", ".py", "/functions", "/site-packages", "rbm_ledger", "Error(", "0x", "line ")


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
    "header that is not ASCII": Hostile(400, b"{}", headers={"X-Goog-Signature": "\u20ac", "traceparent": "\xff"}),
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


# Authentic, and hostile all the same: taken, kept, never refused

HOSTILE_PAYLOADS = {
    "nothing": b"",
    "text": b"Hello, world!",
    "JSON null": b"null",
    "JSON list": b"[]",
    "empty object": b"{}",
    "cut JSON": b'{"agentId": "',
    "binary noise": bytes(range(256)) * 8,
    "NaN": event_bytes("user-event-delivered").replace(b'"DELIVERED"', b"NaN"),
    "integer of 5,000 digits": event_bytes("user-event-delivered").replace(b'"DELIVERED"', MANY_DIGITS),
    "number beyond a double": event_bytes("user-event-delivered").replace(b'"DELIVERED"', HUGE_NUMBER),
    "100,000 nested lists": b"[" * DEEP + b"]" * DEEP,
    "nested as deep as JSON may": b'{"agentId": "a", "text": ' + b"[" * 90 + b"]" * 90 + b', "senderPhoneNumber": "+1"}',
    "no agentId": event_bytes("user-event-delivered", without=("agentId",)),
    "no phone number": event_bytes("user-event-delivered", without=("senderPhoneNumber",)),
    "no messageId": event_bytes("user-event-delivered", without=("messageId",)),
    "agentId is a number": event_bytes("user-event-delivered", agentId=7),
    "agentId is the domain alone": event_bytes("user-event-delivered", agentId="@rbm.goog"),
    "agentId climbs": event_bytes("user-event-delivered", agentId="../../quarantine"),
    "agentId is reserved": event_bytes("user-event-delivered", agentId="__all__"),
    "agentId has a lone surrogate": event_bytes("user-event-delivered", agentId="\ud800"),
    "eventType is an object": event_bytes("user-event-delivered", eventType={}),
    "eventId has a lone surrogate": event_bytes("user-event-delivered", eventId="\udfff"),
    "messageId is long": event_bytes("user-event-delivered", messageId="m" * 5000),
    "messageId has slashes": event_bytes("user-event-delivered", messageId="a/b//c"),
    "sendTime is no time": event_bytes("user-event-delivered", sendTime="soon"),
    "sendTime is beyond all years": event_bytes("user-event-delivered", sendTime="9999-12-31T23:59:59-23:59"),
    "text with a lone surrogate": event_bytes("user-message-text", text="\ud800"),
    "text of 500 KB": event_bytes("user-message-text", text="a" * 500_000),
    "member with a reserved name": event_bytes("user-message-text", **{"__name__": 1}),
    "member without a name": event_bytes("user-message-text", **{"": 1}),
    "integer beyond 64 bits": event_bytes("user-message-text", text=1 << 64),
    "launch state is a list": event_bytes("agent-launch-event", newLaunchState=[]),
}


@pytest.mark.parametrize("payload", HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS)
async def test_hostile_but_authentic_payload_is_published_and_acknowledged(
    request_function: Post, events: Subscription, payload: bytes
) -> None:
    answer = await request_function("webhook", wrap_delivery(payload), headers=sign_headers(payload))
    assert answer.status == 200
    assert answer.body == b""
    [message] = events.pull(1)
    assert message.data == payload
    correlated = await request_function("correlate", push_body(payload, attributes=dict(message.attributes)))
    assert (correlated.status, correlated.body) == (204, b"")


@pytest.mark.parametrize("payload", HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS)
async def test_hostile_payload_that_was_published_as_a_request_is_acknowledged(
    request_function: Post, payload: bytes
) -> None:
    answer = await request_function("send", push_body(payload))
    assert (answer.status, answer.body) == (204, b"")


WRONG_WEBHOOKS = {"another agent's": "growing-tree-bank", "nobody's": "nobodys-agent", "long": "a" * 8000}


@pytest.mark.parametrize("path", WRONG_WEBHOOKS.values(), ids=WRONG_WEBHOOKS)
async def test_delivery_to_the_wrong_webhook_is_401(request_function: Post, path: str) -> None:
    payload = load_bytes("decoded-events/user-event-delivered.json")
    answer = await request_function("webhook", wrap_delivery(payload), path=path, headers=sign_headers(payload))
    assert answer.status == 401
    assert_nothing_inside_shows(answer)


# Clients that leave

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
async def test_body_that_ends_early_is_400(cloud: Cloud, name: str) -> None:
    function = load_function(name, {**cloud.settings, **LOADED})
    answer = await call_function(function, [b'{"message": '], leaves_early=True)
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["message"] == "The body ended early."


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_defect_of_our_own_is_500_with_a_fixed_text(
    cloud: Cloud, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The border itself: a body that breaks the protocol below us stands for any defect."""
    function = load_function(name, {**cloud.settings, **LOADED})
    answer = await call_function(function, ["a text where ASGI has bytes: +14155550101"])  # type: ignore[list-item]
    assert answer.status == 500
    assert json.loads(answer.body)["error"]["message"] == "Something went wrong here; call again."
    assert_nothing_inside_shows(answer)
    [entry] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (entry["severity"], entry["error_type"]) == ("ERROR", "TypeError")
    assert "+14155550101" not in json.dumps(entry)


@pytest.fixture(autouse=True)
def never_crashes(functions: dict[str, ServedFunction]) -> Iterator[None]:
    """No request of this file may reach the border for defects, or leave a stack trace anywhere."""
    yield
    for function in functions.values():
        assert b"_crashed" not in function.stdout.read_bytes()
        assert b"Traceback" not in function.stderr.read_bytes()


def assert_nothing_inside_shows(answer: Answer) -> None:
    text = answer.body.decode()
    assert [inside for inside in INSIDES if inside in text] == []


async def assert_still_works(request_function: Post, name: str) -> None:
    """Each does the whole of its work once: an answer, a document, a quarantined request."""
    bodies = {
        "webhook": (load_bytes("webhook-bodies/handshake.json"), 200),
        "correlate": (push_body(load_bytes("decoded-events/user-event-is-typing.json")), 204),
        "send": (push_body(b"{}"), 204),
    }
    body, status = bodies[name]
    assert (await request_function(name, body)).status == status
