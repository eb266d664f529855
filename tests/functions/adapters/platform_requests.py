"""Requests as they reach the platform."""

from datetime import UTC, datetime
from typing import Any

from tests.support.payloads import request_bytes

from rbm_ledger.domain.requests import Origin, SendRequest, parse_request

MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
_NAMING = {"agentId": "growing-tree-bank", "phoneNumber": "+14155550101", "messageId": MESSAGE}
_ORIGIN = Origin("14150481888479752", datetime(2026, 11, 22, 10, tzinfo=UTC))


def make_request(name: str = "text", **changes: Any) -> SendRequest:
    return parse_request(request_bytes(name, **{**_NAMING, **changes}), _ORIGIN)


def revoke_request() -> SendRequest:
    return make_request(
        contentMessage=None, messageTrafficType=None, messageId=None, revoke={"messageId": MESSAGE}
    )
