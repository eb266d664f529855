"""The console answers its own pages only, and what strangers wrote never becomes a page."""

import io

import pytest
from tests.infra.console.page import ConsolePage

_HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8706", "127.0.0.1.evil.example", "[::2]", ""])
@pytest.mark.parametrize("path", ["/", "/api/cloud", "/api/stream", "/static/none.js", "/nowhere"])
async def test_foreign_host_is_refused_everywhere(console: ConsolePage, host: str, path: str) -> None:
    assert (await console.get(path, headers={"Host": host})).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_foreign_origin_is_refused(console: ConsolePage, origin: str) -> None:
    refused = await console.post("/api/check", {}, headers={"Origin": origin})
    assert refused.status == 403
    assert "pages of its own" in refused.body["error"]["message"]


async def test_own_origin_is_answered_by_each_name_of_loopback(console: ConsolePage) -> None:
    port = console.url.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert (await console.post("/api/check", {}, headers=headers)).status == 200


@pytest.mark.parametrize("path", ["/api/templates", "/static/none.js", "/nowhere", "/api/messages?limit=x"])
async def test_every_answer_forbids_foreign_content(console: ConsolePage, path: str) -> None:
    headers = (await console.get(path)).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not {"script-src", "style-src"} & policy.keys()
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_stream_carries_the_same_headers(console: ConsolePage) -> None:
    async with console.session.get(f"{console.url}/api/stream") as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("simulator")
async def test_html_of_the_simulator_is_not_passed_on(console: ConsolePage) -> None:
    refused = await console.get("/api/simulator/page")
    assert (refused.status, refused.headers["Content-Type"]) == (502, "application/json")


async def test_hostile_content_comes_back_as_json_only(console: ConsolePage) -> None:
    refused = await console.post("/api/check", {"agentId": _HOSTILE, _HOSTILE: 1})
    assert refused.headers["Content-Type"] == "application/json"
    assert any(_HOSTILE in fault["path"] for fault in refused.body["faults"])


async def test_errors_are_json_with_a_message(console: ConsolePage) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("PUT", "/api/check", 405)):
        answered = await console.call(method, path)
        assert (answered.status, bool(answered.body["error"]["message"])) == (status, True)
    too_large = await console.call("POST", "/api/check", data=io.BytesIO(b"x" * (1 << 20) + b"x"))
    assert (too_large.status, bool(too_large.body["error"]["message"])) == (413, True)
