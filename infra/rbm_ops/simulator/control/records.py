"""The wire log as the control API answers it. Members that do not apply are absent."""

from msgspec import UNSET, UnsetType

from rbm_ops.simulator.control.models import Model, Time
from rbm_ops.simulator.resources import JsonObject


class CallRecord(Model, frozen=True, tag_field="kind", tag="call"):
    """A call to the REST API. `http_status` 0: the caller went away before the answer."""

    number: int
    time: Time
    rpc: str
    method: str
    path: str
    http_status: int
    status: str
    latency_ms: float
    request: JsonObject | None
    answer: JsonObject
    agent_id: str | UnsetType = UNSET
    phone_number: str | UnsetType = UNSET
    message_id: str | UnsetType = UNSET


class CallbackRecord(Model, frozen=True, tag_field="kind", tag="callback"):
    """One attempt to tell an event. `callback` is the same at each; `http_status` 0: no answer."""

    number: int
    time: Time
    callback: int
    attempt: int
    url: str
    webhook_type: str
    agent_id: str
    event_type: str
    http_status: int
    outcome: str
    latency_ms: float
    is_wrongly_signed: bool
    event: JsonObject
    phone_number: str | UnsetType = UNSET
    message_id: str | UnsetType = UNSET
    event_id: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    next_attempt_time: Time | UnsetType = UNSET


class HandshakeRecord(Model, frozen=True, tag_field="kind", tag="handshake"):
    """A webhook was asked to prove itself."""

    number: int
    time: Time
    url: str
    http_status: int
    outcome: str
    answer: str


class Wire(Model, frozen=True):
    """`last` is the number of the latest record that there is, 0 if there is none."""

    records: list[CallRecord | CallbackRecord | HandshakeRecord]
    last: int
