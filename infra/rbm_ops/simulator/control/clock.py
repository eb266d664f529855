"""The clock, and the simulator as a whole."""

import msgspec

from rbm_ops.simulator.clock import SteppedClock
from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.resources import Seconds, format_time
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.simulation import Simulation
from rbm_ops.simulator.start_state import reset


class Advance(models.Model, frozen=True):
    seconds: Seconds


class Reset(models.Model, frozen=True):
    """`everything`: agents and webhooks too are as at the start; the clock never goes back."""

    everything: bool = False


async def _show_health(_call: Call[Nothing, Nothing]) -> models.Health:
    return models.Health(status="ok")


async def _show_clock(call: Call[Nothing, Nothing]) -> models.Clock:
    return _describe_clock(call.simulation)


async def _advance(call: Call[Nothing, Advance]) -> models.Clock:
    clock = call.simulation.clock
    if not isinstance(clock, SteppedClock):
        raise ApiError(Status.FAILED_PRECONDITION, "Only a stepped clock can be advanced (--clock stepped).")
    try:
        await clock.advance(call.body.seconds)
    except OverflowError:
        raise ApiError(Status.INVALID_ARGUMENT, "No clock goes on beyond the year 9999.") from None
    return _describe_clock(call.simulation)


async def _show_settings(call: Call[Nothing, Nothing]) -> SimulatorSettings:
    """Without the token: whoever needs it has it."""
    return msgspec.structs.replace(call.simulation.settings, client_token="")


async def _reset(call: Call[Reset, Nothing]) -> models.Clock:
    reset(call.simulation, everything=call.parameters.everything)
    return _describe_clock(call.simulation)


def _describe_clock(simulation: Simulation) -> models.Clock:
    clock = simulation.clock
    return models.Clock(
        mode=clock.mode,
        now=format_time(clock.now()),
        scale=clock.scale,
        timers=clock.count_timers() if isinstance(clock, SteppedClock) else None,
    )


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.CLOCK,
        method="GET",
        path="/control/clock",
        summary="What time it is",
        parameters=Nothing,
        body=Nothing,
        answer=models.Clock,
        handle=_show_clock,
    ),
    Operation(
        group=Group.CLOCK,
        method="POST",
        path="/control/clock/advance",
        summary="Let time pass on a stepped clock; answered when all that was due has happened",
        parameters=Nothing,
        body=Advance,
        example={"seconds": 604800},
        answer=models.Clock,
        errors=(Status.FAILED_PRECONDITION,),
        handle=_advance,
    ),
    Operation(
        group=Group.SIMULATOR,
        method="GET",
        path="/control/settings",
        summary="What the simulator was started with, but for the token",
        parameters=Nothing,
        body=Nothing,
        answer=SimulatorSettings,
        handle=_show_settings,
    ),
    Operation(
        group=Group.SIMULATOR,
        method="POST",
        path="/control/reset",
        summary="Forget messages, conversations, phones, callbacks, disturbances and the wire log",
        parameters=Reset,
        body=Nothing,
        answer=models.Clock,
        handle=_reset,
    ),
    Operation(
        group=Group.SIMULATOR,
        method="GET",
        path="/healthz",
        summary="Whether it runs",
        parameters=Nothing,
        body=Nothing,
        answer=models.Health,
        handle=_show_health,
    ),
)
