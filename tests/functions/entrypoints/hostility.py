"""What hostile requests are made of, and what every answer to one is held to."""

from tests.functions.entrypoints.asgi import Answer
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.wire import push_body
from tests.support.payloads import load_bytes

DEEP = 100_000
MANY_DIGITS = b"9" * 5000
HUGE_NUMBER = b"1e999"

INSIDES = ("Traceback", ".py", "/functions", "/site-packages", "rbm_ledger", "Error(", "0x", "line ")


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
