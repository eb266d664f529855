"""What users and services say of consent, in every order of the deliveries: the same documents in the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from tests.functions.domain.builders import CONSENT_DOCUMENT, normalise
from tests.functions.usecases.consenting import Consenting, consent_request
from tests.functions.usecases.correlating import RECEIVED, Correlation
from tests.support.payloads import event_bytes

from rbm_ledger.domain.consent import Decision, decide
from rbm_ledger.domain.times import format_rfc3339

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
EVENTS = {OUT: "user-event-unsubscribe", IN: "user-event-subscribe"}


def at(second: int) -> datetime:
    return RECEIVED + timedelta(seconds=second)


@dataclass(frozen=True)
class Delivery:
    """An event's bytes, or the state that a service asks for, and the second when it came."""

    said: bytes | str
    second: int


def timed(decision: Decision, event_id: str, second: int) -> Delivery:
    payload = event_bytes(EVENTS[decision], eventId=event_id, sendTime=format_rfc3339(at(second)))
    return Delivery(payload, 60 + second)


def untimed(decision: Decision, event_id: str, second: int) -> Delivery:
    return Delivery(event_bytes(EVENTS[decision], eventId=event_id), second)


def nameless(decision: Decision, second: int) -> Delivery:
    return Delivery(event_bytes(EVENTS[decision], without=("eventId",)), second)


def typed(text: str, message_id: str, second: int) -> Delivery:
    signed = {"text": text, "messageId": message_id, "sendTime": format_rfc3339(at(second))}
    return Delivery(event_bytes("user-message-text", **signed), 60 + second)


# deliveries; what must be in force once all were worked off
CASES: dict[str, tuple[tuple[Delivery, ...], Decision]] = {
    "one id at two times of its own": (
        (timed(OUT, "x", 0), timed(IN, "y", 10), timed(OUT, "x", 20)),
        OUT,
    ),
    "an opt-in under one id at two times of its own": (
        (timed(IN, "x", 0), timed(OUT, "y", 10), timed(IN, "x", 20)),
        IN,
    ),
    "one keyword under one id at two times of its own": (
        (typed("STOP", "m", 0), typed("START", "n", 10), typed("STOP", "m", 20)),
        OUT,
    ),
    "an untimed opt-in again": (
        (untimed(IN, "x", 0), typed("STOP", "m", 10), untimed(IN, "x", 20)),
        OUT,
    ),
    "an untimed opt-out again": (
        (untimed(OUT, "x", 0), typed("START", "m", 10), untimed(OUT, "x", 20)),
        IN,
    ),
    "an opt-out with neither id nor time again": (
        (nameless(OUT, 0), untimed(IN, "y", 10), nameless(OUT, 20)),
        OUT,
    ),
    "an opt-in with neither id nor time again": (
        (nameless(IN, 0), untimed(OUT, "y", 10), nameless(IN, 20)),
        OUT,
    ),
    "a service's opt-in again": (
        (Delivery("optedIn", 0), typed("STOP", "m", 10), Delivery("optedIn", 20)),
        OUT,
    ),
    "all of it, opted out last": (
        (untimed(IN, "x", 0), nameless(OUT, 5), timed(IN, "y", 10), nameless(OUT, 15), untimed(IN, "x", 20)),
        OUT,
    ),
    "all of it, opted in last": (
        (untimed(OUT, "x", 0), nameless(IN, 5), timed(OUT, "y", 7), Delivery("optedIn", 9), nameless(IN, 20)),
        IN,
    ),
}


async def take_all(deliveries: tuple[Delivery, ...]) -> dict[Any, dict[str, Any]]:
    """The documents of consent, its evidence too."""
    correlation = Correlation()
    service = Consenting(ledger=correlation.ledger)
    for delivery in deliveries:
        if isinstance(delivery.said, bytes):
            await correlation.take(delivery.said, received_at=at(delivery.second))
        else:
            await service.record(consent_request(delivery.said), at(delivery.second))
    return {
        path: normalise(document)
        for path, document in correlation.ledger.documents.items()
        if path[: len(CONSENT_DOCUMENT)] == CONSENT_DOCUMENT
    }


@pytest.mark.parametrize(("deliveries", "in_force"), CASES.values(), ids=CASES)
async def test_deliveries_in_any_order_end_the_same_and_lose_no_opt_out(
    deliveries: tuple[Delivery, ...], in_force: Decision
) -> None:
    expected = await take_all(deliveries)
    assert decide(expected[CONSENT_DOCUMENT]) is in_force
    for order in permutations(deliveries):
        assert await take_all(order) == expected


@pytest.mark.parametrize("name", CASES)
async def test_repeat_of_every_delivery_changes_nothing(name: str) -> None:
    deliveries, _ = CASES[name]
    assert await take_all(deliveries + deliveries) == await take_all(deliveries)


async def test_words_with_a_time_of_their_own_leave_the_document_small() -> None:
    said = tuple(typed("START" if second % 2 else "STOP", f"m{second}", second) for second in range(200))
    documents = await take_all(said)
    assert len(documents) == 201
    assert len(repr(documents[CONSENT_DOCUMENT])) < 300
