"""Phones: what state they are in, and what a person does with one."""

import itertools
from typing import Annotated

import msgspec

from rbm_ops.simulator import phones
from rbm_ops.simulator.actions import Action
from rbm_ops.simulator.changes import PhoneChange, PhoneNumber
from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.fates import SCRIPTS


class PhonePath(models.Model, frozen=True):
    phone: PhoneNumber


class PhoneLimit(models.Model, frozen=True):
    """`limit`: the first so many."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 1000


def describe_phone(phone: phones.Phone) -> models.Phone:
    """Its script by its name, if it has one."""
    name = next((name for name, script in SCRIPTS.items() if script is phone.script), None)
    return models.Phone(
        phone_number=phone.phone_number,
        script=name or phone.script,
        has_rcs=phone.has_rcs,
        is_online=phone.is_online,
        sends_read_receipts=phone.sends_read_receipts,
        missing_features=sorted(phone.missing_features),
        carrier=phone.carrier,
    )


async def _list_phones(call: Call[PhoneLimit, Nothing]) -> models.Phones:
    listed = itertools.islice(call.simulation.phones.list(), call.parameters.limit)
    return models.Phones(phones=[describe_phone(phone) for phone in listed])


async def _show_phone(call: Call[PhonePath, Nothing]) -> models.Phone:
    return describe_phone(call.simulation.phones.look_up(call.parameters.phone))


async def _change_phone(call: Call[PhonePath, PhoneChange]) -> models.Phone:
    simulation, phone = call.simulation, call.simulation.phones.find(call.parameters.phone)
    call.body.apply_to(phone)
    phone.note_connection(simulation.clock.now())
    simulation.phones.keep(phone)
    if phone.is_reachable:
        simulation.deliveries.bring_online(phone)
    simulation.broadcast.publish("phone", {"phoneNumber": phone.phone_number})
    return describe_phone(phone)


async def _perform_action(call: Call[PhonePath, Action]) -> models.Events:
    simulation = call.simulation
    simulation.agents.find(call.body.agent_id)
    phone = simulation.phones.find(call.parameters.phone)
    return models.Events(events=simulation.actions.perform(phone, call.body))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.PHONES,
        method="GET",
        path="/control/phones",
        summary="The phones that were spoken to or changed",
        parameters=PhoneLimit,
        body=Nothing,
        answer=models.Phones,
        handle=_list_phones,
    ),
    Operation(
        group=Group.PHONES,
        method="GET",
        path="/control/phones/{phone}",
        summary="One phone; every number is one",
        parameters=PhonePath,
        body=Nothing,
        answer=models.Phone,
        handle=_show_phone,
    ),
    Operation(
        group=Group.PHONES,
        method="PATCH",
        path="/control/phones/{phone}",
        summary="Change a phone; one that comes online gets what waited for it",
        parameters=PhonePath,
        body=PhoneChange,
        example={"isOnline": False},
        answer=models.Phone,
        handle=_change_phone,
    ),
    Operation(
        group=Group.PHONES,
        method="POST",
        path="/control/phones/{phone}/actions",
        summary="Do what a user does: open, type, send, tap, leave and come back",
        parameters=PhonePath,
        body=Action,
        example={"kind": "text", "agentId": "growing-tree-bank", "text": "Hello!"},
        answer=models.Events,
        errors=(Status.FAILED_PRECONDITION, Status.PERMISSION_DENIED, Status.NOT_FOUND),
        handle=_perform_action,
    ),
)
