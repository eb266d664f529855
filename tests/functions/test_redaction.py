"""Every use case, while all that can be asked says back what it was given: nothing of it is shown.

Neither on standard output, nor on standard error, nor in an answer that tells of an error.
"""

import asyncio
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import grpc
import pytest
from tests.functions.entrypoints.serving import ServedFunction, serve
from tests.functions.entrypoints.wire import push_body, sign, sign_headers, wrap_delivery
from tests.functions.hostile_services import HostileGoogle, HostilePlatform, running_google, running_platform
from tests.support.payloads import event_bytes, list_names, request_fields

from rbm_ops.local.topology import EVENTS, SEND_REQUESTS, UPDATES

TOKEN, HANDSHAKE_SECRET = "THE-CLIENT-TOKEN", "the-handshake-secret"
NUMBER, TEXT, POSTBACK = "+4917612345678", "Meet me at the fountain", "postback-of-the-user"
FILE_URL, LABEL, NAME = "https://files.example/of-a-customer", "label-of-a-customer", "name-of-a-customer"
SECRETS = (TOKEN, HANDSHAKE_SECRET, NUMBER[1:], NUMBER[2:], TEXT, POSTBACK, FILE_URL, LABEL, NAME)
WORDS = f'Invalid value: "{TEXT}" of {NUMBER}, {POSTBACK} {FILE_URL} {LABEL} {TOKEN}'

_USER = {"senderPhoneNumber": NUMBER, "phoneNumber": NUMBER}
_NO_CONTENT = {"contentMessage": None, "messageTrafficType": None, "ttl": None}
_REPLY = {"reply": {"text": TEXT[:25], "postbackData": POSTBACK}}
KINDS: dict[str, dict[str, Any]] = {
    "message": {
        "contentMessage": {"text": TEXT, "suggestions": [_REPLY]},
        "labels": {"campaign": LABEL},
        "clientReference": LABEL,
    },
    "message with a fallback": {
        "contentMessage": {"text": TEXT},
        "fallback": {"on": ["unreachable"], "payload": {"sms": TEXT}},
    },
    "rehearsal": {"contentMessage": {"text": TEXT}, "validateOnly": True},
    "many": {
        "phoneNumber": None,
        "contentMessage": {"text": "{{name}}"},
        "idempotencyKey": LABEL,
        "recipients": [{"phoneNumber": NUMBER, "values": {"name": NAME}}],
    },
    "revoke": {**_NO_CONTENT, "revoke": {"messageId": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}},
    "agent event": {**_NO_CONTENT, "agentEvent": {"eventType": "READ", "messageId": "m-1"}},
    "capability": {**_NO_CONTENT, "capability": {}},
    "consent": {**_NO_CONTENT, "consent": {"state": "optedOut", "note": TEXT}},
    "file": {**_NO_CONTENT, "phoneNumber": None, "fileUpload": {"fileUrl": FILE_URL}},
    "unknown member": {TEXT: NAME, NAME: {NUMBER: TEXT}},
    "wrong label": {"labels": {NAME: 7, TEXT: LABEL}},
    "wrong values": {
        "phoneNumber": None,
        "contentMessage": {"text": "{{name-of-a-customer}}"},
        "idempotencyKey": LABEL,
        "recipients": [{"phoneNumber": NUMBER, "values": {TEXT: []}, NAME: 1}],
    },
    "wrong everything": {"phoneNumber": TEXT, "contentMessage": TEXT, "ttl": TEXT, "source": [NAME]},
}
ANSWERS = [
    *((status, "error") for status in (400, 401, 403, 404, 409, 429, 500)),
    *((200, form) for form in ("error", "echo", "text", "text odd")),
]


@dataclass
class Run:
    google: HostileGoogle
    platform: HostilePlatform
    functions: dict[str, ServedFunction]
    errors: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    async def post(
        self, name: str, body: bytes, headers: dict[str, str] | None = None, *, path: str = ""
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=60)
        url = self.functions[name].url + path
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=io.BytesIO(body), headers=headers) as response,
        ):
            text = await response.text()
        self.statuses.add(response.status)
        is_own_input = name == "send" and response.status == 400  # tells who asked which name was wrong
        if response.status >= 400 and not is_own_input and '"error"' in text:
            self.errors.append(text)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running_google(WORDS) as google, running_platform() as platform:
        settings = {
            "GOOGLE_CLOUD_PROJECT": "hostile",
            "PUBSUB_EMULATOR_HOST": google.host,
            "FIRESTORE_EMULATOR_HOST": google.host,
            "RBM_UPDATES_TOPIC": UPDATES,
            "RBM_EVENTS_TOPIC": EVENTS,
            "RBM_SEND_REQUESTS_TOPIC": SEND_REQUESTS,
            "RBM_CLIENT_TOKENS": json.dumps({"": [TOKEN]}),
            "RBM_API_ENDPOINT": platform.url,
            "SPILL": "true",
        }
        names = ("webhook", "correlate", "send")
        with serve(dict.fromkeys(names, settings), tmp_path_factory.mktemp("redaction")) as functions:
            run = Run(google, platform, functions)
            asyncio.run(_use_all(run))
            yield run


async def _use_all(run: Run) -> None:
    for run.google.code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.PERMISSION_DENIED):
        await asyncio.gather(*_events(run), *_requests(run))
    run.google.code = None
    for run.platform.status, run.platform.form in ANSWERS:
        await asyncio.gather(*_requests(run))
    await asyncio.gather(*_events(run), *_strangers(run))
    run.google.makes_no_sense = True
    await asyncio.gather(*_events(run), *_requests(run))
    run.google.makes_no_sense, run.google.refuses_writes = False, True
    await asyncio.gather(*_events(run), *_requests(run))
    run.google.code = grpc.StatusCode.INTERNAL  # repeated until the time is up
    await asyncio.gather(*_events(run), *_requests(run))


def _events(run: Run) -> Iterator[Any]:
    yield run.post("send", b"", path="sweep")
    yield run.post("correlate", b"", path="drain")
    for payload in _payloads():
        yield run.post("webhook", wrap_delivery(payload), sign_headers(payload, TOKEN))
        yield run.post("correlate", push_body(payload))


def _payloads() -> Iterator[bytes]:
    tapped = {"suggestionResponse": {"postbackData": POSTBACK, "text": TEXT}}
    for name in list_names("decoded-events"):
        yield event_bytes(name.removesuffix(".json"), **_USER)
    yield event_bytes("user-message-text", text=TEXT, **_USER)
    yield event_bytes("user-message-suggestion-reply", **tapped, **_USER)
    yield json.dumps({NUMBER: TEXT}).encode()
    yield f"{NUMBER} {TEXT}".encode()


def _requests(run: Run) -> Iterator[Any]:
    for kind, changes in KINDS.items():
        body = json.dumps(request_fields(**{"phoneNumber": NUMBER, **changes})).encode()
        yield run.post("send", body)
        push = json.loads(push_body(body, message_id=kind))
        yield run.post("send", json.dumps({**push, "deliveryAttempt": 10}).encode())


def _strangers(run: Run) -> Iterator[Any]:
    """Whose calls are refused for what they are."""
    payload = event_bytes("user-message-text", text=TEXT, **_USER)
    yield run.post("webhook", json.dumps({"clientToken": TOKEN, "secret": HANDSHAKE_SECRET}).encode())
    yield run.post("webhook", json.dumps({"clientToken": f"NOT-{TOKEN}", "secret": TEXT}).encode())
    yield run.post("webhook", wrap_delivery(payload), sign_headers(payload, f"NOT-{TOKEN}"))
    for name in run.functions:
        for body in (payload, f"{NUMBER} {TEXT}".encode(), push_body(payload)[:-9], b"\xff" + TEXT.encode()):
            yield run.post(name, body, {"X-Goog-Signature": TEXT, "traceparent": TEXT})


def find_shown(text: str) -> list[str]:
    signatures = (sign(payload, TOKEN) for payload in _payloads())
    return [secret for secret in (*SECRETS, *signatures, "Bearer ") if secret in text]


def test_nothing_that_was_given_is_printed(run: Run) -> None:
    for function in run.functions.values():
        assert find_shown(function.stdout.read_text()) == []
        assert find_shown(function.stderr.read_text()) == []


def test_all_that_is_printed_are_entries(run: Run) -> None:
    for function in run.functions.values():
        assert function.stderr.read_text() == ""
        assert function.read_log()


def test_nothing_that_was_given_is_in_an_answer_that_tells_of_an_error(run: Run) -> None:
    assert len(run.errors) > 100
    assert find_shown("".join(run.errors)) == []


def test_everything_was_asked_and_every_kind_of_answer_came(run: Run) -> None:
    assert run.google.called == {"Publish", "BatchWrite", "BatchGetDocuments", "RunQuery"}
    assert run.statuses >= {200, 204, 400, 401, 403, 500, 503}
    logged = {entry["event"] for function in run.functions.values() for entry in function.read_log()}
    assert logged >= {
        *("webhook_call_not_done", "webhook_event_published", "webhook_handshake_answered"),
        *("correlate_event_not_done", "send_request_not_done", "send_request_gave_up"),
        *("send_request_refused", "send_credentials_refused", "library_reported"),
        *("send_request_crashed", "correlate_event_recorded"),
    }


def test_secret_that_is_shown_would_be_found() -> None:
    for shown in (WORDS, json.dumps({"phone": NUMBER}), sign(next(_payloads()), TOKEN)):
        assert find_shown(f"…{shown}…")
