"""Calls as they reach the platform."""

from datetime import UTC, datetime
from typing import Any

from tests.support.payloads import request_bytes

from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.platform_calls import PlatformCall, call_for
from rbm_ledger.domain.requests import Origin, SendRequest

AGENT, PHONE = "growing-tree-bank", "+14155550101"
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
NO_CONTENT = {"contentMessage": None, "messageTrafficType": None}
_NAMING = {"agentId": AGENT, "phoneNumber": PHONE, "messageId": MESSAGE}
_ORIGIN = Origin("14150481888479752", datetime(2026, 11, 22, 10, tzinfo=UTC))


def create_call(name: str = "text", **changes: Any) -> PlatformCall:
    """Of the request in this file, and of any other kind by its changes."""
    request = parse_request(request_bytes(name, **{**_NAMING, **changes}), _ORIGIN)
    assert isinstance(request, SendRequest)
    return call_for(request)


def delete_call(**changes: Any) -> PlatformCall:
    return create_call(**{**NO_CONTENT, "messageId": None, "revoke": {"messageId": MESSAGE}, **changes})
