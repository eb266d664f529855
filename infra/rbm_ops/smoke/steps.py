"""The three steps, each of which raises StepFailed with the likely cause."""

import asyncio
import time
import uuid
from datetime import UTC, datetime

import aiohttp
from google.api_core.exceptions import GoogleAPICallError, NotFound, PermissionDenied, RetryError
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore import AsyncClient

from rbm_ledger.domain.ledger import State, state_of
from rbm_ledger.domain.signature import sign
from rbm_ops.simulator.envelope import SIGNATURE_HEADER, encode_event, wrap_event
from rbm_ops.simulator.resources import format_time
from rbm_ops.smoke import causes
from rbm_ops.smoke.target import Target

# Made up: no document of a real agent is touched. The document is purged like any other.
AGENT_ID = "rbm-smoke"
_PHONE_NUMBER = "+14155550100"  # reserved for fiction

_LOOK_AGAIN_SECONDS = 0.5
_READ_SECONDS = 10.0


class StepFailed(Exception):
    """What was seen, and what it most likely means."""


async def shake_hands(session: aiohttp.ClientSession, target: Target) -> None:
    """As Google does when the webhook is entered in its console."""
    secret = uuid.uuid4().hex
    body = {"clientToken": target.client_token, "secret": secret}
    if await _post(session, target.webhook, encode_event(body), {}) != secret:
        raise StepFailed(f"HTTP 200, but {causes.NO_SECRET_BACK}")


async def deliver_event(session: aiohttp.ClientSession, target: Target, message_id: str) -> None:
    """A receipt for a message that nobody sent."""
    now = datetime.now(UTC)
    event = {
        "senderPhoneNumber": _PHONE_NUMBER,
        "eventType": "DELIVERED",
        "eventId": f"smoke-{message_id}",
        "messageId": message_id,
        "sendTime": format_time(now),
        "agentId": f"{AGENT_ID}@rbm.goog",
    }
    payload = encode_event(event)
    body = wrap_event(event, payload, publish_time=now)
    await _post(session, target.webhook, body, {SIGNATURE_HEADER: sign(payload, target.client_token)})


async def await_document(
    client: AsyncClient, target: Target, message_id: str, *, patience_seconds: float
) -> None:
    """Until correlate has written what the receipt says."""
    document = client.document(f"agents/{AGENT_ID}/messages/{message_id}")
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        try:
            found = await document.get(timeout=_READ_SECONDS)
        except NotFound:
            raise StepFailed(f"{target.database}: {causes.NO_DATABASE}") from None
        except PermissionDenied:
            raise StepFailed(f"Firestore refused: {causes.NO_READING}") from None
        except (GoogleAPICallError, GoogleAuthError, RetryError) as error:
            raise StepFailed(f"Firestore can't be read: {error}") from error
        if found.exists and state_of(found.to_dict() or {}) is State.DELIVERED:
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    raise StepFailed(f"no document after {patience_seconds:g} s: {causes.NO_DOCUMENT}")


async def _post(session: aiohttp.ClientSession, address: str, body: bytes, headers: dict[str, str]) -> str:
    """The text of an answer with status 200."""
    headers = {"Content-Type": "application/json", **headers}
    try:
        async with session.post(address, data=body, headers=headers, allow_redirects=False) as answer:
            text = await answer.text(errors="replace")
    except TimeoutError:
        raise StepFailed(f"no answer in time: {causes.NO_ANSWER}") from None
    except aiohttp.ClientSSLError as error:
        raise StepFailed(f"{error}: {causes.NO_CERTIFICATE}") from None
    except aiohttp.ClientError as error:
        raise StepFailed(f"{error}: {causes.NO_CONNECTION}") from None
    if answer.status != 200:
        raise StepFailed(_explain(answer.status, is_ours=answer.content_type == "application/json"))
    return text


def _explain(status: int, *, is_ours: bool) -> str:
    table = causes.OF_WEBHOOK if is_ours else causes.BEFORE_WEBHOOK
    return f"HTTP {status}: {table.get(status, 'this address does not answer as webhook does.')}"
