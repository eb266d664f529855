"""Each kind of request as the one call that does it."""

from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, MESSAGE, PHONE, send_request

from rbm_ledger.domain.platform_calls import PlatformCall, call_for, describe_call
from rbm_ledger.domain.postbacks import unwrap_postback
from rbm_ledger.domain.request_members import RequestKind

NO_CONTENT = {"contentMessage": None, "messageTrafficType": None}
REVOKE = {**NO_CONTENT, "messageId": None, "revoke": {"messageId": MESSAGE}}
EVENT = {"eventType": "READ", "messageId": "MxIgT-4pWCQu2tH9hMkSTljQ"}
FILE = {"fileUrl": "https://example.com/a.png", "contentDescription": "a tree"}
MESSAGES = f"/v1/phones/{PHONE}/agentMessages"

CALLS: dict[str, tuple[dict[str, Any], PlatformCall]] = {
    "contentMessage": (
        {"ttl": "60s"},
        PlatformCall(
            "POST",
            MESSAGES,
            AGENT,
            {"messageId": MESSAGE, "agentId": AGENT},
            {
                "contentMessage": {"text": "Hello, world!"},
                "messageTrafficType": "PROMOTION",
                "ttl": "60s",
            },
        ),
    ),
    "revoke": (REVOKE, PlatformCall("DELETE", f"{MESSAGES}/{MESSAGE}", AGENT, {"agentId": AGENT})),
    "agentEvent": (
        {**NO_CONTENT, "agentEvent": EVENT},
        PlatformCall(
            "POST", f"/v1/phones/{PHONE}/agentEvents", AGENT, {"eventId": MESSAGE, "agentId": AGENT}, EVENT
        ),
    ),
    "capability": (
        {**NO_CONTENT, "capability": {"maxAgeSeconds": 5}},
        PlatformCall(
            "GET", f"/v1/phones/{PHONE}/capabilities", AGENT, {"requestId": MESSAGE, "agentId": AGENT}
        ),
    ),
    "fileUpload": (
        {**NO_CONTENT, "phoneNumber": None, "fileUpload": FILE},
        PlatformCall("POST", "/v1/files", AGENT, body={**FILE, "agentId": AGENT}),
    ),
}


@pytest.mark.parametrize(("changes", "call"), CALLS.values(), ids=CALLS)
def test_request_is_one_call_of_the_platform(changes: dict[str, Any], call: PlatformCall) -> None:
    assert call_for(send_request(**changes)) == call


def test_every_kind_but_consent_is_a_call() -> None:
    assert {RequestKind(kind) for kind in CALLS} == set(RequestKind) - {RequestKind.CONSENT}


def test_tracked_taps_carry_the_message_id_to_the_platform_only() -> None:
    suggestion = {"reply": {"text": "Yes", "postbackData": "yes"}}
    content = {"text": "Well?", "suggestions": [suggestion]}
    request = send_request(contentMessage=content, trackTaps=True)
    body = call_for(request).body
    assert body is not None
    sent = body["contentMessage"]["suggestions"][0]["reply"]["postbackData"]
    assert unwrap_postback(sent) == (MESSAGE, "yes")
    assert request.agent_message["contentMessage"] == content


def test_call_is_described_for_people() -> None:
    assert describe_call(PlatformCall("DELETE", "/v1/x", AGENT, {"agentId": AGENT})) == {
        "method": "DELETE",
        "path": "/v1/x",
        "query": {"agentId": AGENT},
    }
    assert describe_call(PlatformCall("POST", "/v1/x", AGENT, body={}))["body"] == {}
