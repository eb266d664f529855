"""Promises to whoever asks for a send: a request that may go out, or every fault; a record of either."""

import json
from datetime import UTC, datetime

from tests.functions.usecases.sending import CREATED, Sending
from tests.fuzz.promises.events import assert_storable, run

from rbm_ledger.answers import answer_post, describe_taken
from rbm_ledger.domain.bulk import BulkRequest
from rbm_ledger.domain.checks import MAX_FAULTS
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.platform_calls import PlatformCall, call_for, describe_call
from rbm_ledger.domain.records import merge_attempt, merge_rejection, quarantine_request
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest

REQUESTED = datetime(2026, 11, 22, 10, tzinfo=UTC)
ORIGIN = Origin("14150481888479752", REQUESTED)
# Those of the shape, and those between its members.
_MOST_FAULTS = 3 * MAX_FAULTS


class ReadyPlatform:
    """Takes every call."""

    async def call(self, call: PlatformCall) -> Answer:
        json.dumps(describe_call(call)).encode()
        return CREATED


def keep_request(data: bytes) -> None:
    try:
        request = parse_request(data, ORIGIN)
    except InvalidRequest as refusal:
        _keep_refusal(refusal, data)
        return
    singles = request.requests if isinstance(request, BulkRequest) else (request,)
    for single in singles:
        _keep_single(single)
    if isinstance(request, BulkRequest):  # each part is a request again, and the same one
        for single, part in zip(request.requests, request.parts, strict=True):
            again = parse_request(part, ORIGIN)
            assert isinstance(again, SendRequest)
            assert (again.message_id, again.fingerprint) == (single.message_id, single.fingerprint)


def keep_take(data: bytes) -> None:
    """The whole use case with its fakes, twice: the second time is a repeat, and no second message."""
    sending = Sending(api=ReadyPlatform())
    for _ in range(2):
        try:
            taken = run(sending.take_request(data, ORIGIN))
        except InvalidRequest as refusal:
            run(sending.take_request.record_refusal(refusal, data, ORIGIN))
            assert sending.ledger.documents
        else:
            assert answer_post(taken).status_code < 500
            json.dumps(describe_taken(taken))
    assert len({json.loads(update)["messageId"] for update in _updates_of_messages(sending)}) <= 1


def _updates_of_messages(sending: Sending) -> list[bytes]:
    return [
        message.data for message in sending.updates.messages if message.attributes.get("kind") == "message"
    ]


def _keep_refusal(refusal: InvalidRequest, data: bytes) -> None:
    assert 0 < len(refusal.faults) <= _MOST_FAULTS
    str(refusal).encode()
    for fault in refusal.faults:
        f"{fault.path}{fault.problem}".encode()
    claim = refusal.claim
    merge = merge_rejection(claim, refusal, REQUESTED) if claim else quarantine_request(data, str(refusal))
    assert_storable((merge,))


def _keep_single(single: SendRequest) -> None:
    if single.kind is not RequestKind.CONSENT:
        json.dumps(describe_call(call_for(single)), allow_nan=False).encode()
    attempt = Attempt(CREATED, REQUESTED)
    if single.kind is RequestKind.AGENT_MESSAGE:
        assert_storable((merge_attempt(single, attempt, REQUESTED, store_content=True),))
