"""How requests are addressed, and what is refused before anybody looks at their content."""

import gzip
import io

import pytest

from rbm_ops.simulator.changes import AgentChange

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
PHONE = f"/v1/phones/{PHONE_NUMBER}"
PATH = f"{PHONE}/agentMessages"
PARAMETERS = {"messageId": MESSAGE_ID, "agentId": "growing-tree-bank"}
TEXT = {"contentMessage": {"text": "Hello, world!"}}
AUTHORIZED = {"Authorization": "Bearer ya29.token"}

METHODS = [
    ("POST", PATH),
    ("DELETE", f"{PATH}/{MESSAGE_ID}"),
    ("POST", f"{PHONE}/agentEvents"),
    ("GET", f"{PHONE}/capabilities"),
    ("POST", "/v1/users:batchGet"),
    ("POST", "/v1/files"),
    ("POST", "/upload/v1/files"),
    ("POST", f"{PHONE}/testers"),
    ("POST", f"{PHONE}/dialogflowMessages"),
]


@pytest.mark.parametrize(("method", "path"), METHODS)
@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic dXNlcg=="])
async def test_no_bearer_token_answers_unauthenticated(business, method, path, authorization) -> None:
    headers = {"Authorization": authorization}
    status, answer = await business.call(method, path, params=PARAMETERS, json=TEXT, headers=headers)
    assert (status, answer["error"]["code"], answer["error"]["status"]) == (401, 401, "UNAUTHENTICATED")


@pytest.mark.parametrize(("method", "path"), METHODS)
async def test_no_agent_is_named_as_missing(business, method: str, path: str) -> None:
    status, answer = await business.call(method, path, params={"messageId": MESSAGE_ID}, json={})
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer["error"]["message"] == "The parameter agentId is required."


@pytest.mark.parametrize(("method", "path"), METHODS)
async def test_agent_of_another_account_answers_permission_denied(simulate, method: str, path: str) -> None:
    async with simulate(agents={"other": AgentChange()}) as (_, business):
        status, answer = await business.call(method, path, params=PARAMETERS, json={})
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert "looking up the RBM agent (ID: null)" in answer["error"]["message"]


@pytest.mark.parametrize("agent_id", ["growing-tree-bank", "growing-tree-bank@rbm.goog", "other"])
async def test_agent_of_this_account_is_found_by_either_spelling(simulate, agent_id: str) -> None:
    agents = {"growing-tree-bank@rbm.goog": AgentChange(), "other": AgentChange()}
    async with simulate(agents=agents) as (_, business):
        assert (await business.create(PHONE_NUMBER, agent_id=agent_id))[0] == 200


@pytest.mark.parametrize("agent_id", ["a/b", "a b", "@rbm.goog", "a@b", "x" * 201, "ä"])
async def test_impossible_agent_id_is_refused(business, agent_id: str) -> None:
    status, answer = await business.create(PHONE_NUMBER, agent_id=agent_id)
    assert status == 400
    assert "agentId" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("path", "parameters", "named"),
    [
        (PATH, {"agentId": "a"}, "messageId"),
        (PATH, {"messageId": "1234566622a1", "agentId": "a"}, "messageId"),
        (PATH, {"messageId": f"{{{MESSAGE_ID}}}", "agentId": "a"}, "messageId"),
        (f"{PHONE}/agentEvents", {"agentId": "a"}, "eventId"),
        (f"{PHONE}/agentEvents", {"eventId": "x", "agentId": "a"}, "eventId"),
        ("/v1/phones/4155550101/agentMessages", PARAMETERS, "phone number"),
        ("/v1/phones/+0155550101/agentMessages", PARAMETERS, "phone number"),
        ("/v1/phones/+141555501011234567/agentMessages", PARAMETERS, "phone number"),
    ],
)
async def test_faulty_address_is_named(business, path: str, parameters: dict, named: str) -> None:
    status, answer = await business.call("POST", path, params=parameters, json=TEXT)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert named in answer["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH),
        ("PUT", PATH),
        ("POST", "/v2/phones"),
        ("GET", "/v1"),
        ("POST", f"/africa{PATH}"),
        ("POST", f"{PHONE}/agentMessagesSigned"),
        ("POST", f"{PHONE}/capability:requestCapabilityCallback"),
    ],
)
async def test_unknown_route_answers_not_found(business, method: str, path: str) -> None:
    status, answer = await business.call(method, path)
    assert (status, answer["error"]["code"], answer["error"]["status"]) == (404, 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b"[]",
        b'"text"',
    ],
    ids=lambda data: repr(data[:12]),
)
@pytest.mark.parametrize("path", [PATH, "/v1/files", "/us/v1/users:batchGet"])
async def test_body_that_is_no_object_answers_invalid_argument(business, path: str, data: bytes) -> None:
    status, answer = await business.call("POST", path, params=PARAMETERS, data=data, headers=AUTHORIZED)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer["error"]["message"].startswith("Invalid JSON payload received")


async def test_deepest_json_is_taken(business) -> None:
    data = b'{"contentMessage": {"text": "a"}, "a": ' + b"[" * 99 + b"]" * 99 + b"}"
    status, _ = await business.call("POST", PATH, params=PARAMETERS, data=data, headers=AUTHORIZED)
    assert status == 200


async def test_body_beyond_every_limit_is_refused(business) -> None:
    status, answer = await business.call("POST", PATH, params=PARAMETERS, data=io.BytesIO(b" " * 1_100_000))
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "bytes" in answer["error"]["message"]


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b" " * 20_000_000)], ids=["broken", "bomb"])
async def test_odd_compression_answers_invalid_argument(business, data: bytes) -> None:
    headers = AUTHORIZED | {"Content-Encoding": "gzip"}
    status, answer = await business.call("POST", PATH, params=PARAMETERS, data=data, headers=headers)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
