"""`rbm smoke`: step by step, with how long each took; the first that fails says why."""

import argparse
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp

from rbm_ops.documents import connect_firestore
from rbm_ops.failures import reporting_failures
from rbm_ops.smoke.steps import StepFailed, await_document, deliver_event, shake_hands
from rbm_ops.smoke.target import choose_target
from rbm_ops.tables import print_line


async def run_smoke(arguments: argparse.Namespace) -> int:
    """Raises NoAnswer and NoTarget."""
    target = choose_target(arguments)
    # First: where documents can't be read, no event is delivered.
    with reporting_failures("Firestore"):
        client = connect_firestore(target.project, target.emulator_host, target.database)
    message_id = str(uuid.uuid4())
    timeout = aiohttp.ClientTimeout(total=arguments.answer_seconds)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        steps = {
            "handshake": partial(shake_hands, session, target),
            "signed event": partial(deliver_event, session, target, message_id),
            "document": partial(
                await_document, client, target, message_id, patience_seconds=arguments.document_seconds
            ),
        }
        for name, step in steps.items():
            if not await _passes(name, step):
                return 1
    print_line(f"{target.webhook} works.")
    return 0


async def _passes(name: str, step: Callable[[], Awaitable[None]]) -> bool:
    started_at = time.monotonic()
    try:
        await step()
    except StepFailed as problem:
        print_line(f"{name}: FAILED after {time.monotonic() - started_at:.1f} s: {problem}")
        return False
    print_line(f"{name}: {time.monotonic() - started_at:.1f} s")
    return True
