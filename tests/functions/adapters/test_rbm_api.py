"""The platform as it is documented, called over HTTP."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import MESSAGE, NO_CONTENT, create_call, delete_call
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform
from tests.support.payloads import list_names, load_bytes, load_json

from rbm_ledger.adapters.rbm_api import read_answer
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall


class CountedTokens:
    """A new token whenever one is said to have expired."""

    def __init__(self) -> None:
        self.number = 1
        self.expired: list[str] = []

    def current(self, expired: str = "") -> str:
        if expired:
            self.expired.append(expired)
            self.number += 1
        return f"token-{self.number}"


async def test_create_names_message_and_agent_in_the_query(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    await make_api(platform.url).call(create_call())
    [received] = platform.requests
    assert received.method == "POST"
    assert (
        received.target
        == f"/v1/phones/+14155550101/agentMessages?messageId={MESSAGE}&agentId=growing-tree-bank"
    )
    assert received.headers["Content-Type"] == "application/json"


async def test_delete_names_the_message_in_its_path_and_has_no_body(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    await make_api(platform.url).call(delete_call())
    [received] = platform.requests
    assert received.method == "DELETE"
    assert received.target == f"/v1/phones/+14155550101/agentMessages/{MESSAGE}?agentId=growing-tree-bank"
    assert received.body == b""


async def test_question_has_no_body_and_says_of_no_content(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    await make_api(platform.url).call(create_call(**NO_CONTENT, capability={}))
    [received] = platform.requests
    assert (received.method, received.body) == ("GET", b"")
    assert received.target.startswith("/v1/phones/+14155550101/capabilities?requestId=")
    assert "Content-Type" not in received.headers


async def test_call_without_a_query_is_its_path_alone(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    file = {"fileUrl": "https://example.com/a.png"}
    await make_api(platform.url).call(create_call(**NO_CONTENT, phoneNumber=None, fileUpload=file))
    [received] = platform.requests
    assert (received.method, received.target) == ("POST", "/v1/files")
    assert json.loads(received.body) == {**file, "agentId": "growing-tree-bank"}


async def test_odd_names_cannot_leave_their_place_in_the_query(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    agent = "a&messageId=other#?/ü"
    await make_api(platform.url).call(PlatformCall("POST", "/v1/x", agent, {"agentId": agent, "n": "1"}))
    target = urlsplit(platform.requests[0].target)
    assert target.path == "/v1/x"
    assert parse_qs(target.query) == {"agentId": [agent], "n": ["1"]}


async def test_agent_with_an_endpoint_of_its_own_is_called_there_and_all_others_where_all_are(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    endpoints = {"european-agent": f"{platform.url}/europe"}
    api = make_api(f"{platform.url}/default", endpoint_of=lambda agent_id: endpoints.get(agent_id, ""))
    await api.call(create_call(agentId="european-agent"))
    await api.call(delete_call())
    assert [received.target.split("/v1/")[0] for received in platform.requests] == ["/europe", "/default"]


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("agent_messages")])
async def test_agent_message_goes_out_unchanged(
    platform: ScriptedPlatform, make_api: MakeApi, name: str
) -> None:
    await make_api(platform.url).call(create_call(name))
    assert json.loads(platform.requests[0].body) == load_json(f"agent_messages/{name}.json")


async def test_text_in_any_language_goes_out_unchanged(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    content = {"text": "Grüße, 漢字, 😀\n\u0000"}
    await make_api(platform.url).call(create_call(contentMessage=content))
    assert json.loads(platform.requests[0].body)["contentMessage"] == content


async def test_every_call_bears_the_token(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    api = make_api(platform.url, tokens=CountedTokens())
    await api.call(create_call())
    await api.call(delete_call())
    assert [received.headers["Authorization"] for received in platform.requests] == ["Bearer token-1"] * 2


@pytest.mark.parametrize("name", [name for name in list_names("responses") if "agent-message" in name])
async def test_success_holds_the_body(platform: ScriptedPlatform, make_api: MakeApi, name: str) -> None:
    platform.replies = [Reply(200, load_bytes(f"responses/{name}"))]
    answer = await make_api(platform.url).call(create_call())
    assert answer == Answer(200, body=load_json(f"responses/{name}"))


@pytest.mark.parametrize("name", list_names("error-bodies"))
async def test_error_says_its_status_and_reason(
    platform: ScriptedPlatform, make_api: MakeApi, name: str
) -> None:
    error = load_json(f"error-bodies/{name}")["error"]
    platform.replies = [Reply(error["code"], load_bytes(f"error-bodies/{name}"))]
    answer = await make_api(platform.url).call(create_call())
    assert answer == Answer(error["code"], error["status"], error["message"])


async def test_refused_token_is_fetched_anew(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    tokens = CountedTokens()
    platform.replies = [Reply(401, load_bytes("error-bodies/401-unauthenticated.json")), Reply()]
    answer = await make_api(platform.url, tokens=tokens).call(create_call())
    assert answer == Answer(200)
    assert tokens.expired == ["token-1"]
    sent = [
        (received.target, received.headers["Authorization"], received.body) for received in platform.requests
    ]
    assert sent[1] == (sent[0][0], "Bearer token-2", sent[0][2])


async def test_token_that_is_refused_again_is_fetched_only_once(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    tokens = CountedTokens()
    platform.replies = [Reply(401, load_bytes("error-bodies/401-unauthenticated.json"))]
    answer = await make_api(platform.url, tokens=tokens).call(create_call())
    assert (answer.http_status, answer.status) == (401, "UNAUTHENTICATED")
    assert tokens.expired == ["token-1"]
    assert len(platform.requests) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_no_other_error_is_repeated_here(
    platform: ScriptedPlatform, make_api: MakeApi, status: int
) -> None:
    platform.replies = [Reply(status, headers={"Retry-After": "7"})]
    answer = await make_api(platform.url).call(create_call())
    assert (answer.http_status, answer.retry_after_seconds) == (status, 7.0)
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"<html>Bad gateway</html>", Answer(502, "UNREADABLE_ANSWER")),
        (b'{"error": "text"}', Answer(502, body={"error": "text"})),
        (b'{"error": {}}', Answer(502)),
        (b'{"error": {"status": 5, "message": null}}', Answer(502, "", "None")),
    ],
)
def test_error_in_another_shape_keeps_its_http_status(body: bytes, answer: Answer) -> None:
    assert read_answer(502, body) == answer


async def test_many_calls_are_under_way_at_once(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    platform.release.clear()
    api = make_api(platform.url)
    calls = [asyncio.create_task(api.call(create_call())) for _ in range(40)]
    await platform.wait_for_requests(40)
    platform.release.set()
    assert await asyncio.gather(*calls) == [Answer(200)] * 40


def test_reason_that_no_document_can_hold_is_kept_escaped() -> None:
    body = rb'{"error": {"status": "INTERNAL", "message": "odd \ud800 text"}}'
    answer = read_answer(500, body)
    assert (answer.http_status, answer.status, answer.message) == (500, "INTERNAL", r"odd \ud800 text")


@pytest.mark.parametrize(
    "said", ["Your balance is 1,234.56", "+4917612345678", "A" * 65, "NO\n", 7, None, ["X"]]
)
def test_status_that_is_no_code_of_googles_is_not_taken_over(said: object) -> None:
    body = json.dumps({"error": {"code": 400, "status": said, "message": "why"}}).encode()
    assert read_answer(400, body) == Answer(400, "", "why")
