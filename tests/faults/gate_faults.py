"""Faults of what passes the gates, by name: calls to Google, requests and callbacks, pushes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from random import Random
from typing import Any, Protocol

import aiohttp
import grpc
from tests.faults import grpc_gate, http_gate
from tests.faults.cloud import FaultCloud
from tests.faults.layout import AGENT_ID, HTTP_GATES
from tests.faults.load import draw_request
from tests.faults.points import SPILL_POINTS, Point
from tests.faults.process_faults import Fault, kill_at_point

from rbm_ops.simulator.envelope import SIGNATURE_HEADER, encode_event, sign, wrap_event
from rbm_ops.simulator.resources import JsonObject

_CODES = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
)
# Longer than any call of the functions may take (10 s).
_BEYOND_EVERY_LIMIT_SECONDS = 12.0
# So that `webhook` gives up on the queue.
_QUEUE_AWAY_SECONDS = 5.0
_FORGED, _FORGED_AMONG = 20, 1000


class _Gate(Protocol):
    disturbance: Any
    disturbed: int


def list_gate_faults() -> Mapping[str, Fault]:
    return {
        **_list_call_faults(),
        **_list_platform_faults(),
        **_list_delivery_faults(),
        "callbacks reversed": partial(_disturb_callbacks, {"is_reversed": True}),
        "callbacks wrongly signed": partial(_disturb_callbacks, {"is_wrongly_signed": True}),
        "callbacks forged": _forge_callbacks,
        "queue away": _lose_queue,
        "queue and second place away": _lose_both_places,
        **{f"killed: {point}": partial(_kill_while_spilling, point) for point in SPILL_POINTS},
    }


def _list_call_faults() -> Mapping[str, Fault]:
    harms: dict[str, grpc_gate.Disturbance] = {}
    for call in ("publish", "write", "read"):
        calls = frozenset({call})
        for code in _CODES:
            for harm, told in ((grpc_gate.Harm.REFUSE, "refused"), (grpc_gate.Harm.LOSE, "done, answered")):
                harms[f"{call} {told} {code.name}"] = grpc_gate.Disturbance(harm, calls, 0.5, code)
        harms[f"{call} late"] = grpc_gate.Disturbance(
            grpc_gate.Harm.HOLD, calls, 0.3, hold_seconds=_BEYOND_EVERY_LIMIT_SECONDS
        )
    for code in _CODES[:1] + _CODES[2:]:
        harms[f"batch partly {code.name}"] = grpc_gate.Disturbance(
            grpc_gate.Harm.HALVE, frozenset({"write"}), 0.7, code
        )
    return {name: partial(_disturb_calls, harm) for name, harm in harms.items()}


def _list_platform_faults() -> Mapping[str, Fault]:
    kinds = http_gate.Harm
    harms = {
        "answers 500": http_gate.Disturbance(kinds.REFUSE, status=500),
        "answers 503": http_gate.Disturbance(kinds.REFUSE, status=503),
        "answers 429": http_gate.Disturbance(kinds.REFUSE, status=429),
        "answers 500, though done": http_gate.Disturbance(kinds.FAIL, status=500),
        "slow": http_gate.Disturbance(kinds.HOLD, hold_seconds=1.0),
        "slower than its limit": http_gate.Disturbance(kinds.HOLD, hold_seconds=3.0),
        "resets": http_gate.Disturbance(kinds.RESET),
        "resets, though done": http_gate.Disturbance(kinds.LOSE),
        "cuts its answer short": http_gate.Disturbance(kinds.CUT),
    }
    return {f"platform {name}": partial(_disturb_requests, "create", harm) for name, harm in harms.items()}


def _list_delivery_faults() -> Mapping[str, Fault]:
    """Of callbacks, and of pushes to both functions that hear of Pub/Sub."""
    kinds = http_gate.Harm
    faults: dict[str, Fault] = {}
    for gate in (name for name in HTTP_GATES if not name.startswith("create")):
        harms = {
            "dropped": http_gate.Disturbance(kinds.RESET),
            "refused": http_gate.Disturbance(kinds.REFUSE),
            "answer lost": http_gate.Disturbance(kinds.LOSE),
            "repeated": http_gate.Disturbance(kinds.REPEAT, times=5),
            "delayed": http_gate.Disturbance(kinds.HOLD, hold_seconds=4.0),
            "to both at once": http_gate.Disturbance(kinds.DOUBLE, ratio=1.0),
        }
        faults |= {f"{gate} {name}": partial(_disturb_requests, gate, harm) for name, harm in harms.items()}
    return faults


async def _kill_while_spilling(point: Point, cloud: FaultCloud, dice: Random, seconds: float) -> int:
    with _publishing_refused(cloud):
        return await kill_at_point(point, cloud, dice, seconds)


async def _disturb_calls(harm: grpc_gate.Disturbance, cloud: FaultCloud, dice: Random, seconds: float) -> int:
    return await _disturb(list(cloud.grpc_gates.values()), harm, seconds)


async def _disturb_requests(
    gates: str, harm: http_gate.Disturbance, cloud: FaultCloud, dice: Random, seconds: float
) -> int:
    chosen = [gate for name, gate in cloud.http_gates.items() if name.startswith(gates)]
    return await _disturb(chosen, harm, seconds)


async def _disturb(gates: Sequence[_Gate], harm: object, seconds: float) -> int:
    async with _disturbed(gates, harm) as count:
        await asyncio.sleep(seconds)
        return count()


async def _disturb_callbacks(
    disturbances: Mapping[str, Any], cloud: FaultCloud, dice: Random, seconds: float
) -> int:
    await cloud.tell_platform(lambda platform: platform.disturb(**disturbances))
    await asyncio.sleep(seconds)
    await cloud.tell_platform(lambda platform: platform.mend())
    return 1


async def _forge_callbacks(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """Receipts that Google never sent, for messages that there are: how many of them were refused."""
    refused = 0
    async with aiohttp.ClientSession() as session:
        for _ in range(_FORGED):
            request = draw_request(dice.randrange(_FORGED_AMONG), dice)
            event = {
                "agentId": f"{AGENT_ID}@rbm.goog",
                "senderPhoneNumber": request.phone_number,
                "eventType": "READ",
                "eventId": f"forged-{dice.randrange(10**9)}",
                "messageId": request.message_id,
                "sendTime": "2026-11-01T00:00:00Z",
            }
            refused += await _post_forged(session, f"http://{cloud.layout.hosts['webhook-1']}/", event, dice)
    return refused


async def _post_forged(session: aiohttp.ClientSession, url: str, event: JsonObject, dice: Random) -> bool:
    payload = encode_event(event)
    signature = dice.choice(["", "bm90IGl0", sign("", payload), sign("NOTATOKEN", payload)])
    body = wrap_event(event, payload, publish_time=datetime.now(UTC))
    with contextlib.suppress(aiohttp.ClientError):  # killed just then
        async with session.post(url, data=body, headers={SIGNATURE_HEADER: signature}) as response:
            return response.status == HTTPStatus.UNAUTHORIZED
    return False


async def _lose_queue(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """Long enough for `webhook` to give up on it."""
    with _publishing_refused(cloud):
        await asyncio.sleep(max(seconds, _QUEUE_AWAY_SECONDS))
    return 1


async def _lose_both_places(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    harm = grpc_gate.Disturbance(grpc_gate.Harm.REFUSE, frozenset({"publish", "write"}))
    webhooks = [gate for name, gate in cloud.grpc_gates.items() if name.startswith("webhook")]
    return await _disturb(webhooks, harm, max(seconds, _QUEUE_AWAY_SECONDS))


@contextlib.asynccontextmanager
async def _disturbed(gates: Sequence[_Gate], harm: object) -> AsyncIterator[Callable[[], int]]:
    before = sum(gate.disturbed for gate in gates)
    for gate in gates:
        gate.disturbance = harm
    try:
        yield lambda: sum(gate.disturbed for gate in gates) - before
    finally:
        for gate in gates:
            gate.disturbance = None


@contextlib.contextmanager
def _publishing_refused(cloud: FaultCloud) -> Iterator[None]:
    webhooks = [gate for name, gate in cloud.grpc_gates.items() if name.startswith("webhook")]
    for gate in webhooks:
        gate.disturbance = grpc_gate.Disturbance(grpc_gate.Harm.REFUSE, frozenset({"publish"}))
    try:
        yield
    finally:
        for gate in webhooks:
            gate.disturbance = None
