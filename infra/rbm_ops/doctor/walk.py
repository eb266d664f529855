"""The way of an event, gone once: what `rbm smoke` does, as findings."""

import time
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp

from rbm_ops.doctor.findings import Finding, Verdict
from rbm_ops.doctor.observed import Unseen
from rbm_ops.documents import connect_firestore
from rbm_ops.smoke.steps import StepFailed, await_document, deliver_event, shake_hands
from rbm_ops.smoke.target import Target

STEPS = ("handshake", "signed event", "document")
# Whose logs have the cause where all runs on this machine.
_LOGGED_BY = {
    "handshake": ("webhook",),
    "signed event": ("webhook", "emulators", "pubsub"),
    "document": ("correlate", "emulators", "pubsub", "firestore"),
}
_LOCAL_MEND = "Look at {logs}; or stop rbm up with Ctrl-C and start it again."


async def walk(
    target: Target, *, answer_seconds: float, document_seconds: float, local_logs: Path | None = None
) -> AsyncIterator[Finding]:
    """Nothing is walked behind a step that fails; `local_logs`: the folder, for what runs on this machine."""
    message_id = str(uuid.uuid4())
    client = connect_firestore(target.project, target.emulator_host, target.database)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=answer_seconds)) as session:
        steps = (
            partial(shake_hands, session, target),
            partial(deliver_event, session, target, message_id),
            partial(await_document, client, target, message_id, patience_seconds=document_seconds),
        )
        for number, (name, step) in enumerate(zip(STEPS, steps, strict=True)):
            started_at = time.monotonic()
            try:
                await step()
            except StepFailed as problem:
                seen, _, mend = str(problem).partition(": ")
                yield Finding(
                    name, Verdict.FAULT, seen, _mend_locally(name, local_logs) if local_logs else mend
                )
                for finding in leave_out(Unseen(f"{name} failed", is_natural=True), STEPS[number + 1 :]):
                    yield finding
                return
            yield Finding(name, Verdict.WELL, f"{time.monotonic() - started_at:.1f} s")


def _mend_locally(step: str, local_logs: Path) -> str:
    """What mends a deployed system, a gcloud command, does nothing here."""
    files = [local_logs / f"{name}.log" for name in _LOGGED_BY[step]]
    logs = [str(file) for file in files if file.exists()] or [str(local_logs)]
    return _LOCAL_MEND.format(logs=" and ".join(logs))


def leave_out(unseen: Unseen, steps: tuple[str, ...] = STEPS) -> list[Finding]:
    return [Finding(step, Verdict.NOT_CHECKED, unseen.reason, is_natural=unseen.is_natural) for step in steps]
