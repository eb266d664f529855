"""What a method notes on its request, for the log of calls."""

from typing import Any

import pytest
from aiohttp import test_utils, web

from rbm_ops.simulator.errors import ApiError
from rbm_ops.simulator.resources import AgentResource
from rbm_ops.simulator.rest.api import RestApi
from rbm_ops.simulator.rest.notes import AGENT_ID, BODY, PHONE_NUMBER, RESOURCE, RPC

PHONE_NUMBER_OF_US = "+14155550101"
PHONE = f"/v1/phones/{PHONE_NUMBER_OF_US}"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
AGENT = {"agentId": "agent@rbm.goog"}
ADDRESSED = {"agent_id": "agent", "phone_number": PHONE_NUMBER_OF_US}
TEXT = {"contentMessage": {"text": "a"}}
FILE = {"fileUrl": "https://example.com/a.png"}
NOTES: dict[str, Any] = {
    "rpc": RPC,
    "agent_id": AGENT_ID,
    "phone_number": PHONE_NUMBER,
    "resource": RESOURCE,
    "body": BODY,
}
TYPING = {"eventType": "IS_TYPING"}


def resource(collection: Any) -> dict[str, Any]:
    return {"resource": AgentResource("agent", PHONE_NUMBER_OF_US, collection, MESSAGE_ID), **ADDRESSED}


@pytest.fixture
async def notes_of(simulator):
    """Calls a method and returns what it noted."""
    noted: dict[str, Any] = {}

    @web.middleware
    async def record(request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as error:
            return web.Response(status=error.http_status)
        finally:
            noted.update({name: request[key] for name, key in NOTES.items() if key in request})

    application = web.Application(middlewares=[record])
    application.add_routes(RestApi(simulator.simulation).routes())
    async with test_utils.TestClient(test_utils.TestServer(application)) as client:

        async def call(method: str, path: str, **options: Any) -> dict[str, Any]:
            options.setdefault("headers", {"Authorization": "Bearer t"})
            async with client.request(method, path, **options) as response:
                await response.read()
            return noted

        yield call


CALLS: dict[str, tuple[str, str, dict, Any, dict]] = {
    "phones.agentMessages.create": (
        *("POST", f"{PHONE}/agentMessages", {"messageId": MESSAGE_ID}, TEXT),
        resource("agentMessages"),
    ),
    "phones.agentMessages.delete": (
        *("DELETE", f"{PHONE}/agentMessages/{MESSAGE_ID}", {}, None),
        resource("agentMessages"),
    ),
    "phones.agentEvents.create": (
        *("POST", f"{PHONE}/agentEvents", {"eventId": MESSAGE_ID}, TYPING),
        resource("agentEvents"),
    ),
    "phones.getCapabilities": ("GET", f"{PHONE}/capabilities", {}, None, ADDRESSED),
    "users.batchGet": ("POST", "/v1/users:batchGet", {}, {"users": []}, {"agent_id": "agent"}),
    "files.create": ("POST", "/v1/files", {}, FILE, {"agent_id": "agent"}),
    "phones.testers.create": ("POST", f"{PHONE}/testers", {}, None, ADDRESSED),
    "phones.dialogflowMessages.create": ("POST", f"{PHONE}/dialogflowMessages", {}, None, ADDRESSED),
}


@pytest.mark.parametrize("rpc", CALLS)
async def test_method_notes_what_it_was_asked(notes_of, rpc: str) -> None:
    method, path, parameters, body, noted = CALLS[rpc]
    notes = await notes_of(method, path, params=AGENT | parameters, json=body)
    assert notes == {"rpc": rpc, **noted, **({} if body is None else {"body": body})}


async def test_upload_notes_no_body(notes_of) -> None:
    headers = {"Authorization": "Bearer t", "Content-Type": "image/png"}
    notes = await notes_of("POST", "/upload/v1/files", params=AGENT, data=b"a", headers=headers)
    assert notes == {"rpc": "files.create", "agent_id": "agent"}


async def test_refused_call_notes_what_was_known_by_then(notes_of) -> None:
    rpc, path = "phones.agentMessages.create", f"{PHONE}/agentMessages"
    assert await notes_of("POST", path, headers={}) == {"rpc": rpc}
    assert await notes_of("POST", path, params=AGENT, json=TEXT) == {"rpc": rpc, **ADDRESSED}
