"""The way of an event, gone once: what `rbm smoke` does, as findings."""

import time
import uuid
from collections.abc import AsyncIterator
from functools import partial

import aiohttp

from rbm_ops.doctor.findings import Finding, Verdict
from rbm_ops.doctor.observed import Unseen
from rbm_ops.smoke.steps import StepFailed, await_document, deliver_event, shake_hands
from rbm_ops.smoke.target import Target

STEPS = ("handshake", "signed event", "document")


async def walk(target: Target, *, answer_seconds: float, document_seconds: float) -> AsyncIterator[Finding]:
    """Nothing is walked behind a step that fails."""
    message_id = str(uuid.uuid4())
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=answer_seconds)) as session:
        steps = (
            partial(shake_hands, session, target),
            partial(deliver_event, session, target, message_id),
            partial(await_document, target, message_id, patience_seconds=document_seconds),
        )
        for number, (name, step) in enumerate(zip(STEPS, steps, strict=True)):
            started_at = time.monotonic()
            try:
                await step()
            except StepFailed as problem:
                seen, _, mend = str(problem).partition(": ")
                yield Finding(name, Verdict.FAULT, seen, mend)
                for finding in leave_out(Unseen(f"{name} failed", is_natural=True), STEPS[number + 1 :]):
                    yield finding
                return
            yield Finding(name, Verdict.WELL, f"{time.monotonic() - started_at:.1f} s")


def leave_out(unseen: Unseen, steps: tuple[str, ...] = STEPS) -> list[Finding]:
    return [Finding(step, Verdict.NOT_CHECKED, unseen.reason, is_natural=unseen.is_natural) for step in steps]
