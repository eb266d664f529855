"""The wire log, to read and to wait for."""

import asyncio
from typing import Annotated

import msgspec

from rbm_ops.simulator.control import records
from rbm_ops.simulator.control.models import Model
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation, RawOperation
from rbm_ops.simulator.control.stream import stream
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.simulation import Simulation


class WirePart(Model, frozen=True):
    """Records after the number `after`; where there are none the answer waits `waitSeconds` for one."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 500
    wait_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.0


async def _list_wire(call: Call[WirePart, Nothing]) -> JsonObject:
    wire, part = call.simulation.wire, call.parameters
    await _wait_for_record(call.simulation, part)
    return {"records": wire.list_after(part.after, part.limit), "last": wire.last_number}


async def _wait_for_record(simulation: Simulation, part: WirePart) -> None:
    listener = simulation.broadcast.listen()
    try:
        async with asyncio.timeout(part.wait_seconds):
            while not simulation.wire.list_after(part.after, 1):
                await listener.get()
    except TimeoutError:
        return
    finally:
        simulation.broadcast.leave(listener)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.WIRE,
        method="GET",
        path="/control/wire",
        summary="Calls, callbacks and handshakes as they passed: the latest 2000",
        parameters=WirePart,
        body=Nothing,
        answer=records.Wire,
        handle=_list_wire,
    ),
    RawOperation(
        group=Group.WIRE,
        path="/control/stream",
        summary="What happens, live: the events wire, conversation, phone and callbacks",
        media_type="text/event-stream",
        respond=stream,
    ),
)
