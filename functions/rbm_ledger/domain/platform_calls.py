"""What a request is to the RBM platform: one call of its REST API.

Source: developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1
(phones.agentMessages, phones.agentEvents, phones.getCapabilities, files), read 2026-04.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from rbm_ledger.domain.json_bytes import JsonObject
from rbm_ledger.domain.postbacks import wrap_postbacks
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import SendRequest


@dataclass(frozen=True, slots=True)
class PlatformCall:
    """`path` below the endpoint of the agent; `body` None: none."""

    method: str
    path: str
    agent_id: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None


def call_for(request: SendRequest) -> PlatformCall:
    """The call that does what the request asks; KeyError for one that is no call (a consent)."""
    return _CALLS[request.kind](request)


def revoke_call(agent_id: str, phone_number: str, message_id: str) -> PlatformCall:
    path = f"{_phone_path(phone_number)}/agentMessages/{message_id}"
    return PlatformCall("DELETE", path, agent_id, {"agentId": agent_id})


def describe_call(call: PlatformCall) -> dict[str, Any]:
    """As JSON, for people."""
    body = {} if call.body is None else {"body": call.body}
    return {"method": call.method, "path": call.path, "query": dict(call.query), **body}


def _create(request: SendRequest) -> PlatformCall:
    body = dict(request.agent_message)
    if request.tracks_taps:
        body["contentMessage"] = wrap_postbacks(body["contentMessage"], request.message_id)
    query = {"messageId": request.message_id, "agentId": request.agent_id}
    path = f"{_phone_path(request.phone_number)}/agentMessages"
    return PlatformCall("POST", path, request.agent_id, query, body)


def _revoke(request: SendRequest) -> PlatformCall:
    return revoke_call(request.agent_id, request.phone_number, request.message_id)


def _create_event(request: SendRequest) -> PlatformCall:
    query = {"eventId": request.message_id, "agentId": request.agent_id}
    path = f"{_phone_path(request.phone_number)}/agentEvents"
    return PlatformCall("POST", path, request.agent_id, query, request.details)


def _get_capabilities(request: SendRequest) -> PlatformCall:
    query = {"requestId": request.message_id, "agentId": request.agent_id}
    return PlatformCall("GET", f"{_phone_path(request.phone_number)}/capabilities", request.agent_id, query)


def _create_file(request: SendRequest) -> PlatformCall:
    body = {**request.details, "agentId": request.agent_id}
    return PlatformCall("POST", "/v1/files", request.agent_id, body=body)


def _phone_path(phone_number: str) -> str:
    return f"/v1/phones/{quote(phone_number, safe='+')}"


_CALLS: dict[RequestKind, Callable[[SendRequest], PlatformCall]] = {
    RequestKind.AGENT_MESSAGE: _create,
    RequestKind.REVOKE: _revoke,
    RequestKind.AGENT_EVENT: _create_event,
    RequestKind.CAPABILITY: _get_capabilities,
    RequestKind.FILE_UPLOAD: _create_file,
}
