"""What all three functions print in a run where everything happens that may go well or wrong."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from tests.functions.entrypoints.cloud import DEADLINE_SECONDS, open_cloud
from tests.functions.entrypoints.serving import ServedFunction, serve
from tests.functions.entrypoints.wire import push_body, sign, sign_headers, wrap_delivery
from tests.support.payloads import event_bytes, list_names, request_bytes

from rbm_ledger.logs import Severity, redact_phone_number
from rbm_ops.local.topology import EVENTS, UPDATES
from rbm_ops.ports import find_free_port
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

TOKENS = ("THESECRETCLIENTTOKEN", "THEOLDERCLIENTTOKEN")
USERS_NUMBER, USERS_TEXT, POSTBACK = "+4917612345678", "Meet me at the fountain", "postback-of-the-user"
MESSAGE_TEXT, REFERENCE, LABEL = "Your balance is 1,234.56", "account-of-a-customer", "label-of-a-customer"
HANDSHAKE_SECRET, WRONG_TOKEN = "secret-of-the-handshake", "TOKENOFANOTHERPARTNER"
# The simulator decides by the last four digits: accepted, 404, 403, 429, 500 though accepted.
CUSTOMERS = tuple(f"+49176987{ending}" for ending in ("0101", "0104", "0111", "0112", "0113"))
MALFORMED_NUMBER = "0049176555666777"

EVENT_NAMES = {
    "webhook": {
        *("webhook_started", "webhook_handshake_answered"),
        *("webhook_event_published", "webhook_call_not_done"),
    },
    "correlate": {
        *("correlate_started", "correlate_event_recorded", "correlate_event_not_done"),
        "correlate_event_conflicts",  # Google's samples share an id
    },
    "send": {"send_started", "send_request_done", "send_request_refused", "send_request_not_done"},
}


@dataclass(frozen=True, slots=True)
class Run:
    functions: dict[str, ServedFunction]
    secrets: frozenset[str]


@pytest.fixture(scope="module")
def run(embedded_emulators: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    platform_port = find_free_port()
    with open_cloud(
        embedded_emulators.pubsub_host, embedded_emulators.firestore_host, "logs-of-a-run"
    ) as cloud:
        settings = {
            "webhook": {"RBM_EVENTS_TOPIC": EVENTS, "RBM_CLIENT_TOKENS": json.dumps({"": TOKENS})},
            "correlate": {"RBM_UPDATES_TOPIC": UPDATES},
            "send": {"RBM_UPDATES_TOPIC": UPDATES, "RBM_API_ENDPOINT": f"http://127.0.0.1:{platform_port}"},
        }
        settings = {name: {**cloud.settings, **own} for name, own in settings.items()}
        with serve(settings, tmp_path_factory.mktemp("logs")) as functions:
            signatures = asyncio.run(_use_all(functions, platform_port))
            given = (
                *TOKENS,
                USERS_NUMBER,
                USERS_TEXT,
                POSTBACK,
                MESSAGE_TEXT,
                REFERENCE,
                LABEL,
                HANDSHAKE_SECRET,
            )
            yield Run(functions, frozenset((*given, WRONG_TOKEN, *CUSTOMERS, MALFORMED_NUMBER, *signatures)))


async def _use_all(functions: dict[str, ServedFunction], platform_port: int) -> list[str]:
    """Returns the signatures that were used."""
    async with _posting(functions) as post:
        for payload in _payloads():
            await post("webhook", wrap_delivery(payload), sign_headers(payload, TOKENS[0]))
            await post("webhook", wrap_delivery(payload), sign_headers(payload, WRONG_TOKEN))
            await post("correlate", push_body(payload))
            await post("send", payload)
            await post("send", push_body(payload))
        for number in range(75):  # of one id, each kept: more than a document has room for
            payload = event_bytes(
                "user-message-text", text=f"{number}{USERS_TEXT * 680}", senderPhoneNumber=USERS_NUMBER
            )
            await post("correlate", push_body(payload))
        for token in (TOKENS[1], WRONG_TOKEN):
            handshake = {"clientToken": token, "secret": HANDSHAKE_SECRET}
            await post("webhook", json.dumps(handshake).encode())
        await _send_all(post)  # the platform is not there yet
        async with running_simulator(SimulatorSettings("http://127.0.0.1:9/", TOKENS[0], port=platform_port)):
            await _send_all(post)
            await _send_all(post)  # as Pub/Sub repeats what was not acknowledged
    return [sign(payload, token) for payload in _payloads() for token in (TOKENS[0], WRONG_TOKEN)]


@asynccontextmanager
async def _posting(functions: dict[str, ServedFunction]) -> AsyncIterator[Callable[..., Any]]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_SECONDS)) as session:

        async def post(name: str, body: bytes, headers: dict[str, str] | None = None) -> None:
            async with session.post(functions[name].url, data=io.BytesIO(body), headers=headers) as response:
                await response.read()

        yield post


def _payloads() -> list[bytes]:
    """Every event, about one user; then what is unknown, unreadable, or too large for a document."""
    users = {"senderPhoneNumber": USERS_NUMBER, "phoneNumber": USERS_NUMBER}
    tapped = {"suggestionResponse": {"postbackData": POSTBACK, "text": USERS_TEXT}}
    known = [event_bytes(name.removesuffix(".json"), **users) for name in list_names("decoded-events")]
    return [
        *known,
        event_bytes("user-message-text", text=USERS_TEXT, **users),
        event_bytes("user-message-suggestion-reply", **tapped, **users),
        event_bytes("user-event-delivered", without=("messageId",), **users),
        event_bytes("user-event-delivered", eventType="REACTION_ADDED", **users),
        json.dumps({USERS_NUMBER: USERS_TEXT}).encode(),
        f"{USERS_NUMBER} {USERS_TEXT}".encode(),
        event_bytes("user-message-text", text=USERS_TEXT * 30_000, **users),
    ]


async def _send_all(post: Callable[..., Any]) -> None:
    named = {
        "contentMessage": {"text": MESSAGE_TEXT},
        "clientReference": REFERENCE,
        "labels": {"campaign": LABEL},
    }
    for phone_number in (*CUSTOMERS, MALFORMED_NUMBER):
        request = request_bytes(phoneNumber=phone_number, **named)
        await post("send", request)
        await post("send", push_body(request, message_id=phone_number))


def test_every_line_of_a_run_is_an_entry_with_a_constant_name(run: Run) -> None:
    for name, function in run.functions.items():
        entries = function.read_log()
        assert {entry["event"] for entry in entries} == EVENT_NAMES[name]
        assert {entry["severity"] for entry in entries} <= set(Severity)
        assert all(entry["message"] == entry["event"] for entry in entries)


def test_nothing_but_entries_is_printed_in_a_run(run: Run) -> None:
    assert {name: function.stderr.read_text() for name, function in run.functions.items()} == dict.fromkeys(
        run.functions, ""
    )


def test_no_number_text_token_signature_or_secret_is_printed_in_a_run(run: Run) -> None:
    assert len(run.secrets) > 50
    printed = "".join(function.stdout.read_text() for function in run.functions.values())
    assert [secret for secret in run.secrets if _is_shown(secret, printed)] == []


def _is_shown(secret: str, printed: str) -> bool:
    """As it is, or as JSON, or a number without its plus."""
    return any(form in printed for form in (secret, json.dumps(secret)[1:-1], secret.removeprefix("+")))


def test_run_shows_who_was_sent_to_by_two_digits(run: Run) -> None:
    shown = {entry["phone_number"] for entry in run.functions["send"].read_log() if "phone_number" in entry}
    assert shown == {redact_phone_number(number) for number in CUSTOMERS}


def test_run_shows_how_old_events_were_and_which_came_before_their_request(run: Run) -> None:
    published = [
        entry for entry in run.functions["webhook"].read_log() if entry["event"].endswith("published")
    ]
    ages = [entry["event_age_seconds"] for entry in published if "event_age_seconds" in entry]
    recorded = [
        entry for entry in run.functions["correlate"].read_log() if entry["event"].endswith("recorded")
    ]
    assert len(ages) > 10
    assert min(ages) > 24 * 3600
    assert all(entry["lag_seconds"] >= 0 for entry in recorded)
    assert {entry.get("orphan") for entry in recorded} >= {True, None}


def test_document_that_firestore_refuses_is_named_without_its_number(run: Run) -> None:
    reasons = [
        entry["reason"] for entry in run.functions["correlate"].read_log() if entry["severity"] == "ERROR"
    ]
    assert reasons
    assert all(re.fullmatch(r"INVALID_ARGUMENT: userMessages [0-9a-f]{8}", reason) for reason in reasons)
