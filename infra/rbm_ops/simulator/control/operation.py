"""One operation of the control API. Its route and its entry in the OpenAPI document are both made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import web

from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.simulation import Simulation


class Group(StrEnum):
    """The chapters of the API's page, in their order."""

    PHONES = "Phones"
    CONVERSATIONS = "Conversations"
    AGENTS = "Agents"
    WEBHOOKS = "Webhooks"
    CALLBACKS = "Callbacks"
    DISTURBANCES = "Disturbances"
    MESSAGES = "Messages"
    CLOCK = "Clock"
    WIRE = "Wire"
    SIMULATOR = "Simulator"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters, or no body."""


Parameters = TypeVar("Parameters", bound=msgspec.Struct)
Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Call(Generic[Parameters, Body]):
    """What a handler is given. `parameters` come from the path and the query alike."""

    simulation: Simulation
    parameters: Parameters
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Parameters, Body]):
    """`{names}` in `path` are members of `parameters`; its other members are the query.

    `errors`: what it refuses with, beside INVALID_ARGUMENT for a request that its models don't allow.
    `example` is a body.
    """

    group: Group
    method: str
    path: str
    summary: str
    handle: Callable[[Call[Parameters, Body]], Awaitable[msgspec.Struct | JsonObject]]
    parameters: type[Parameters]
    body: Any
    answer: Any
    errors: tuple[Status, ...] = ()
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOperation:
    """One whose answer is not one JSON document. It takes neither parameters nor a body."""

    group: Group
    path: str
    summary: str
    media_type: str
    respond: Callable[[Simulation, web.Request], Awaitable[web.StreamResponse]]


AnyOperation = Operation[Any, Any] | RawOperation
