"""The independent client itself: it sends what Google's model can say, and takes what the model knows."""

import ast
import json
from pathlib import Path

import pytest
from tests.infra.simulator.conformance import google_client, google_model
from tests.infra.simulator.conformance.google_client import (
    METHODS,
    GoogleError,
    NotInModelError,
    RcsBusinessMessaging,
    decode_answer,
    encode_request,
)
from tests.infra.simulator.conformance.google_model import AgentContentMessage, AgentEvent, AgentMessage

CREATE = METHODS["phones.agentMessages.create"]
PARENT = "phones/+14155550101"


def decode(answer: object, http_status: int = 200) -> object:
    return decode_answer(CREATE, http_status, json.dumps(answer).encode())


@pytest.mark.parametrize("module", [google_client, google_model], ids=lambda module: module.__name__)
def test_client_imports_nothing_of_this_project(module) -> None:
    tree = ast.parse(Path(module.__file__).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert not [name for name in names if name.startswith(("rbm_ledger", "rbm_ops"))]


def test_member_that_the_model_lacks_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="persistent"):
        AgentContentMessage(text="a", persistent_suggestions=[])


@pytest.mark.parametrize(
    "message",
    [
        AgentMessage(content_message="text"),
        AgentMessage(content_message=AgentContentMessage(text=1)),
        AgentMessage(content_message=AgentContentMessage(suggestions="reply")),
        AgentEvent(event_type="READ"),
    ],
    ids=["object", "string", "list", "another resource"],
)
def test_request_of_another_type_is_not_sent(message) -> None:
    with pytest.raises(NotInModelError):
        encode_request(CREATE, message)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("phones.agentMessages.list", {}),
        ("phones.agentMessages.create", {"parent": PARENT, "requestId": "1"}),
        ("phones.agentMessages.create", {"parent": "+14155550101"}),
        ("phones.agentMessages.create", {"name": PARENT}),
        ("phones.agentMessages.delete", {"name": PARENT}),
        ("users.batchGet", {"agentId": "a"}),
    ],
)
async def test_call_that_the_model_lacks_is_not_made(session, method: str, parameters: dict) -> None:
    nowhere = RcsBusinessMessaging(session, "http://127.0.0.1:1")
    with pytest.raises(NotInModelError):
        await nowhere.call(method, **parameters)


@pytest.mark.parametrize(
    "answer",
    [
        {"messageId": "1"},
        {"contentMessage": {"text": "a", "novelty": 1}},
        {"totalPayloadSizeBytes": 0},
        {"sendTime": 0},
        [],
    ],
    ids=["member", "inner member", "int64 as number", "time as number", "no object"],
)
def test_answer_that_the_model_does_not_know_is_a_failure(answer) -> None:
    with pytest.raises(NotInModelError):
        decode(answer)


@pytest.mark.parametrize(
    ("http_status", "answer"),
    [
        (404, {"error": {"code": 403, "message": "", "status": "PERMISSION_DENIED"}}),
        (404, {"error": {"code": 404, "message": ""}}),
        (404, {"error": {"code": 404, "message": "", "status": "NOT_FOUND", "novelty": 1}}),
        (404, {}),
        (204, {}),
    ],
    ids=["other code", "no status", "unknown member", "no error", "other success"],
)
def test_refusal_in_another_shape_than_googles_is_a_failure(http_status: int, answer: dict) -> None:
    with pytest.raises(NotInModelError):
        decode(answer, http_status)


def test_refusal_in_googles_shape_is_raised() -> None:
    with pytest.raises(GoogleError, match="404 NOT_FOUND: gone"):
        decode({"error": {"code": 404, "message": "gone", "status": "NOT_FOUND"}}, 404)
