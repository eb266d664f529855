"""Callbacks: how many there are, any that somebody makes up, and ways to disturb them."""

import msgspec
from msgspec import UNSET, UnsetType

from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.disturbances import Disturbances
from rbm_ops.simulator.resources import JsonObject

_MOST_LISTED = 100

# The same members, of which those that are absent stay as they are.
DisturbancesChange = msgspec.defstruct(
    "DisturbancesChange",
    [(field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(Disturbances)],
    rename="camel",
    forbid_unknown_fields=True,
    namespace={"__doc__": Disturbances.__doc__},
)


class NewCallback(models.Model, frozen=True):
    """`event` may be anything: what Google will send one day, too."""

    event: JsonObject


async def _show_callbacks(call: Call[Nothing, Nothing]) -> JsonObject:
    callbacks = call.simulation.callbacks
    return {**callbacks.count(), "waiting": callbacks.list_waiting(_MOST_LISTED)}


async def _post_callback(call: Call[Nothing, NewCallback]) -> JsonObject:
    call.simulation.callbacks.post(call.body.event)
    return dict(call.simulation.callbacks.count())


async def _show_disturbances(call: Call[Nothing, Nothing]) -> Disturbances:
    return call.simulation.disturbances


async def _disturb(call: Call[Nothing, msgspec.Struct]) -> Disturbances:
    for name, value in msgspec.structs.asdict(call.body).items():
        if value is not UNSET:
            setattr(call.simulation.disturbances, name, value)
    return call.simulation.disturbances


async def _mend(call: Call[Nothing, Nothing]) -> Disturbances:
    call.simulation.disturbances.change(Disturbances())
    return call.simulation.disturbances


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.CALLBACKS,
        method="GET",
        path="/control/callbacks",
        summary="How many callbacks wait, were acknowledged, failed, were dropped",
        parameters=Nothing,
        body=Nothing,
        answer=models.Callbacks,
        handle=_show_callbacks,
    ),
    Operation(
        group=Group.CALLBACKS,
        method="POST",
        path="/control/callbacks",
        summary="Sign and send any event",
        parameters=Nothing,
        body=NewCallback,
        example={"event": {"agentId": "growing-tree-bank@rbm.goog", "eventType": "REACTION_ADDED"}},
        answer=models.CallbackCounts,
        handle=_post_callback,
    ),
    Operation(
        group=Group.DISTURBANCES,
        method="GET",
        path="/control/disturbances",
        summary="What is broken on purpose",
        parameters=Nothing,
        body=Nothing,
        answer=Disturbances,
        handle=_show_disturbances,
    ),
    Operation(
        group=Group.DISTURBANCES,
        method="PUT",
        path="/control/disturbances",
        summary="Break something; what is absent stays as it is",
        parameters=Nothing,
        body=DisturbancesChange,
        example={"copies": 2, "isReversed": True},
        answer=Disturbances,
        handle=_disturb,
    ),
    Operation(
        group=Group.DISTURBANCES,
        method="DELETE",
        path="/control/disturbances",
        summary="Break nothing any more",
        parameters=Nothing,
        body=Nothing,
        answer=Disturbances,
        handle=_mend,
    ),
)
