"""What is fuzzed: each border of functions/, with a run that raises only where a promise is broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fuzz import seeds
from tests.fuzz.mutations import Shape
from tests.fuzz.promises import events, requests, signatures


@dataclass(frozen=True, slots=True)
class Target:
    """`weight`: its part of the inputs, beside those of the others; the slow ones have less."""

    run: Callable[[bytes], None]
    shape: Shape
    seeds: seeds.Seeds
    weight: int


TARGETS: Mapping[str, Target] = {
    "signature": Target(signatures.keep_signature, Shape.CALL, seeds.CALLS, 50),
    "receive": Target(signatures.keep_receive, Shape.CALL, seeds.CALLS, 25),
    "authentic": Target(signatures.keep_authentic, Shape.JSON, (*seeds.EVENTS, *seeds.HOSTILE), 10),
    "client_tokens": Target(signatures.keep_client_tokens, Shape.JSON, seeds.CLIENT_TOKENS, 15),
    "event": Target(events.keep_event, Shape.JSON, (*seeds.EVENTS, *seeds.HOSTILE), 10),
    "postback": Target(events.keep_postback, Shape.TEXT, seeds.POSTBACKS, 2),
    "correlate": Target(events.keep_correlate, Shape.ENVELOPE, seeds.EVENT_PUSHES, 2),
    "push": Target(events.keep_push, Shape.ENVELOPE, (*seeds.EVENT_PUSHES, *seeds.REQUEST_PUSHES), 20),
    "request": Target(requests.keep_request, Shape.JSON, (*seeds.REQUESTS, *seeds.HOSTILE), 10),
    "bulk": Target(requests.keep_request, Shape.JSON, seeds.BULKS, 3),
    "take": Target(requests.keep_take, Shape.JSON, seeds.REQUESTS, 2),
}
