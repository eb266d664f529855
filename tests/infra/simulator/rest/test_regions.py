"""Every method is there at the global endpoint and at each of the regional ones."""

import pytest

PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
AGENT = {"agentId": "growing-tree-bank"}
PHONE = f"/v1/phones/{PHONE_NUMBER}"


@pytest.mark.parametrize("prefix", ["", "/us", "/europe", "/asia"])
async def test_methods_are_there_under_each_prefix(business, prefix: str) -> None:
    text = {"contentMessage": {"text": "a"}}
    for method, path, parameters, body, status in (
        ("POST", f"{PHONE}/agentMessages", {"messageId": MESSAGE_ID}, text, 200),
        ("DELETE", f"{PHONE}/agentMessages/{MESSAGE_ID}", {}, None, 200),
        ("POST", f"{PHONE}/agentEvents", {"eventId": MESSAGE_ID}, {"eventType": "IS_TYPING"}, 200),
        ("GET", f"{PHONE}/capabilities", {}, None, 200),
        ("POST", "/v1/files", {}, {"fileUrl": "https://example.com/a.png"}, 200),
        ("POST", f"{PHONE}/testers", {}, None, 200),
        ("POST", f"{PHONE}/dialogflowMessages", {}, {}, 403),
    ):
        answered, answer = await business.call(method, prefix + path, params=AGENT | parameters, json=body)
        assert answered == status, (path, answer)


@pytest.mark.parametrize("prefix", ["", "/us", "/europe", "/asia"])
async def test_upload_is_there_under_each_prefix(business, prefix: str) -> None:
    headers = {"Authorization": "Bearer t", "Content-Type": "image/png"}
    path = f"{prefix}/upload/v1/files"
    status, answer = await business.call("POST", path, params=AGENT, data=b"a", headers=headers)
    assert (status, list(answer)) == (200, ["name"])


@pytest.mark.parametrize("region", ["us-", "europe-", "asia-", ""])
async def test_every_region_sends_everywhere(business, region: str) -> None:
    headers = {"Authorization": "Bearer t", "Host": f"{region}rcsbusinessmessaging.googleapis.com"}
    path, parameters = f"{PHONE}/agentMessages", AGENT | {"messageId": MESSAGE_ID}
    body = {"contentMessage": {"text": "a"}}
    status, _ = await business.call("POST", path, params=parameters, json=body, headers=headers)
    assert status == 200
