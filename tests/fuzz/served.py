"""The three functions as targets, in this process over ASGI: adapters real, the services healthy."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tests.functions.adapters.scripted_platform import Reply, running_platform
from tests.functions.entrypoints.asgi import Answer, call_function, load_function
from tests.functions.entrypoints.cloud import open_cloud
from tests.functions.entrypoints.wire import TOKENS
from tests.fuzz import seeds
from tests.fuzz.mutations import Shape, split_call
from tests.fuzz.promises.events import run
from tests.fuzz.promises.signatures import is_acceptable, is_signed
from tests.fuzz.targets import Target
from tests.support.payloads import load_bytes

from rbm_ops.local.topology import EVENTS, SEND_REQUESTS, UPDATES
from rbm_ops.ports import find_free_port, wait_until_listening

SERVED = ("served_webhook", "served_correlate", "served_send")
_REFUSALS = frozenset({400, 401, 403, 413})


@contextlib.contextmanager
def serving(pubsub_host: str, firestore_host: str) -> Iterator[Mapping[str, Target]]:
    """The targets, for as long as the emulators are there."""
    with open_cloud(pubsub_host, firestore_host, "fuzzed") as cloud, _platform() as platform_url:
        own = {
            "webhook": {"RBM_EVENTS_TOPIC": EVENTS, "RBM_CLIENT_TOKENS": json.dumps(TOKENS)},
            "correlate": {"RBM_UPDATES_TOPIC": UPDATES},
            "send": {
                "RBM_UPDATES_TOPIC": UPDATES,
                "RBM_SEND_REQUESTS_TOPIC": SEND_REQUESTS,
                "RBM_API_ENDPOINT": platform_url,
            },
        }
        webhook, correlate, send = (
            load_function(name, {**cloud.settings, **settings}) for name, settings in own.items()
        )
        requests = (*seeds.REQUESTS, *seeds.REQUEST_PUSHES, *seeds.HOSTILE)
        yield dict(
            zip(
                SERVED,
                (
                    Target(lambda data: _keep_webhook(webhook, data), Shape.CALL, seeds.CALLS, 2),
                    Target(lambda data: _keep(correlate, data), Shape.ENVELOPE, seeds.EVENT_PUSHES, 2),
                    Target(lambda data: _keep(send, data), Shape.ENVELOPE, requests, 2),
                ),
                strict=True,
            )
        )


@contextlib.contextmanager
def emulating() -> Iterator[tuple[str, str]]:
    """Hosts of a Pub/Sub and a Firestore emulator of our own, in a process of theirs."""
    ports = (find_free_port(), find_free_port())
    command = [sys.executable, "-m", "rbm_ops.emulators"]
    command += ["--pubsub-port", str(ports[0]), "--firestore-port", str(ports[1])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert all(wait_until_listening(port, timeout_seconds=60) for port in ports)
        yield f"127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def _platform() -> Iterator[str]:
    """The address of an RBM platform that takes every message."""
    opening = running_platform()
    platform = run(opening.__aenter__())
    platform.replies = [Reply(200, load_bytes("responses/agent-message-created.json"))]
    try:
        yield platform.url
    finally:
        run(opening.__aexit__(None, None, None))


def _keep_webhook(webhook: Any, data: bytes) -> None:
    """Acknowledged only if it is authentic; if it is signed, always, whatever it says."""
    signature, name, body = split_call(data)
    headers = {"X-Goog-Signature": signature, "traceparent": signature}
    answer = run(call_function(webhook, _chunks(body), path=f"/{name}", headers=headers))
    assert answer.status == 200 or answer.status in _REFUSALS, _show(answer)
    name = name.strip("/")
    assert answer.status != 200 or is_acceptable(signature, name, body), "believed without a true signature"
    assert answer.status == 200 or not is_signed(signature, name, body), _show(answer)


def _keep(function: Any, body: bytes) -> None:
    answer = run(call_function(function, _chunks(body)))
    assert answer.status < 500, _show(answer)


def _chunks(body: bytes) -> tuple[bytes, ...]:
    half = len(body) // 2
    return (body[:half], body[half:])


def _show(answer: Answer) -> str:
    return f"{answer.status} {answer.body[:200]!r}"
