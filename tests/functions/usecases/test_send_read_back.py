"""An accepted message is read back only where somebody else has written into its document meanwhile."""

import asyncio
from collections.abc import Callable

import pytest
from tests.functions.usecases.sending import (
    AGENT,
    CREATED,
    DOCUMENT,
    MESSAGE,
    PHONE,
    REQUESTED,
    SETTLED,
    Sending,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import Merge, State
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ledger.usecases.send import ConflictingRequest, Sent

OTHER = request_bytes(messageId=MESSAGE, contentMessage={"text": "Something else"})
RECEIPT = Merge(
    DOCUMENT,
    maxima={("stateRank",): State.READ},
    unions={("events",): ({"eventId": "1", "eventType": "READ", "sendTime": REQUESTED},)},
)


class MeddledApi:
    """While the platform is called, somebody else writes."""

    def __init__(self, sending: "Callable[[], Sending]", *meddling: Merge) -> None:
        self._sending = sending
        self._meddling = meddling
        self.calls: list[PlatformCall] = []

    async def call(self, call: PlatformCall) -> Answer:
        self.calls.append(call)
        for merge in self._meddling:
            await self._sending().ledger.merge(merge)
        return CREATED


class TwoAtOnce:
    """Answers once both have called."""

    def __init__(self) -> None:
        self.calls: list[PlatformCall] = []
        self._both = asyncio.Event()

    async def call(self, call: PlatformCall) -> Answer:
        self.calls.append(call)
        if len(self.calls) == 2:
            self._both.set()
        await self._both.wait()
        return CREATED


def reads_of_message(sending: Sending) -> int:
    return sending.ledger.reads.count(DOCUMENT)


async def test_accepted_message_is_read_once_before_the_call() -> None:
    sending = Sending()
    sent = await sending.take()
    assert reads_of_message(sending) == 1
    assert sent.record == sending.ledger.documents[DOCUMENT]
    assert [update["state"] for update in sending.told] == ["accepted"]


@pytest.mark.parametrize("name", sorted(SETTLED.keys() - {"200", "409"}))
async def test_message_that_was_not_taken_is_read_back(name: str) -> None:
    sending = Sending(answers=[SETTLED[name][0]])
    await sending.take()
    assert reads_of_message(sending) == 2


async def test_receipt_during_the_call_is_seen() -> None:
    sending = Sending(api=MeddledApi(lambda: sending, RECEIPT))
    sent = await sending.take()
    assert reads_of_message(sending) == 2
    assert sent.record == sending.ledger.documents[DOCUMENT]
    assert [update["state"] for update in sending.told] == ["read"]


async def test_expiry_during_the_call_asks_for_the_fallback() -> None:
    expired = Merge(DOCUMENT, maxima={("stateRank",): State.EXPIRED})
    sending = Sending(api=MeddledApi(lambda: sending, expired))
    fallback = {"on": ["expired"], "payload": {"sms": "Your order has shipped"}}
    await sending.take(request_bytes(messageId=MESSAGE, ttl="600s", fallback=fallback))
    assert [(update["kind"], update["state"]) for update in sending.told] == [
        ("message", "expired"),
        ("fallback", "requested"),
    ]


async def test_message_that_was_taken_back_during_the_call_after_its_expiry_has_no_fallback() -> None:
    """Its first record was lost and its expiry came; a revoke that is refused raises no maximum."""
    taken_back = Merge(
        DOCUMENT,
        unions={
            ("attempts",): (
                {"method": "delete", "at": REQUESTED, "httpStatus": 404, "status": "", "message": ""},
            )
        },
    )
    sending = Sending(api=MeddledApi(lambda: sending, taken_back))
    await sending.ledger.merge(
        Merge(
            DOCUMENT,
            values={("agentId",): AGENT, ("messageId",): MESSAGE, ("phoneNumber",): PHONE},
            maxima={("stateRank",): State.EXPIRED},
        )
    )
    fallback = {"on": ["expired"], "payload": {"sms": "Your order has shipped"}}
    await sending.take(request_bytes(messageId=MESSAGE, ttl="600s", fallback=fallback))
    assert [(update["kind"], update["state"]) for update in sending.told] == [("message", "expired")]


async def test_of_two_contents_at_once_one_is_accepted_and_one_refused() -> None:
    """Whoever wrote first could not know, and whoever wrote second finds a claim beside its own."""
    sending = Sending(api=TwoAtOnce())
    outcomes: list[Sent | BaseException] = await asyncio.gather(
        sending.take(), sending.take(OTHER), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {Sent, ConflictingRequest}
    assert {update["kind"] for update in sending.told} == {"message", "conflict"}


async def test_same_request_twice_at_once_is_accepted_twice() -> None:
    sending = Sending(api=TwoAtOnce())
    first, second = await asyncio.gather(sending.take(), sending.take())
    assert first.state is second.state is State.ACCEPTED
