"""A message that waits for its turn: what changes meanwhile counts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.functions.usecases.sending import AGENT, CREATED, MESSAGE, PHONE, REQUESTED, Sending, refusal
from tests.support.payloads import request_bytes

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, merge_consent
from rbm_ledger.domain.ledger import State, message_path, state_of
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.times import to_millis
from rbm_ledger.usecases.send import ConflictingRequest

SLOW = {AGENT: AgentPolicy(rate_per_second=0.1)}
SECOND = message_path(AGENT, f"{MESSAGE[:-1]}2")


@dataclass
class Meanwhile(Sending):
    """Something happens as soon as a call waits."""

    happens: Callable[["Meanwhile"], Awaitable[object]] | None = None

    async def _sleep(self, seconds: float) -> None:
        await super()._sleep(seconds)
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens(self)


def request(number: int, **changes: Any) -> bytes:
    return request_bytes(messageId=f"{MESSAGE[:-1]}{number}", **changes)


async def opt_out(sending: Sending) -> None:
    evidence = Evidence(Decision.OPTED_OUT, EvidenceKind.KEYWORD, AGENT, PHONE, "e1", to_millis(REQUESTED))
    await sending.recorder.write(merge_consent(evidence, ""))


async def revoke(sending: Sending) -> None:
    content = {"contentMessage": None, "messageTrafficType": None}
    await sending.take(request_bytes(**content, revoke={"messageId": f"{MESSAGE[:-1]}2"}))


def take_elsewhere(data: bytes) -> Callable[[Sending], Awaitable[object]]:
    """Another instance is asked for this, and need not wait."""

    async def take(waiting: Sending) -> None:
        elsewhere = Sending(ledger=waiting.ledger, updates=waiting.updates, now=REQUESTED)
        await elsewhere.take(data)

    return take


@pytest.mark.parametrize(("happens", "reason"), [(opt_out, "opted_out"), (revoke, "revoked_before")])
async def test_message_that_must_not_go_out_any_more_when_its_turn_comes_is_not_sent(
    happens: Callable[[Sending], Awaitable[None]], reason: str
) -> None:
    sending = Meanwhile([CREATED, refusal("404-not-found")], policies=SLOW)
    await sending.take(request(1))
    sending.happens = happens
    sent = await sending.take(request(2, messageTrafficType="PROMOTION"))
    assert (sent.state, sent.record["suppressedReason"]) == (State.SUPPRESSED, reason)
    assert len(sending.calls) == 1


async def test_message_that_waits_for_nothing_is_looked_at_once() -> None:
    sending = Sending(policies=SLOW)
    await sending.take(request(1, messageTrafficType="PROMOTION"))
    assert len([path for path in sending.ledger.reads if path[-2] == "consents"]) == 1


async def test_ttl_counts_from_the_request_though_the_call_comes_late() -> None:
    sending = Sending([CREATED, CREATED], policies=SLOW)
    await sending.take(request(1))
    sent = await sending.take(request(2, ttl="60.5s"))
    left_seconds = (sent.request.expire_time - sending.now).total_seconds()  # type: ignore[operator]
    assert sending.api.calls[-1].body["ttl"] == f"{left_seconds:.3f}s"
    assert left_seconds < 50


async def test_ttl_of_a_prompt_call_is_as_it_was_asked_for() -> None:
    sending = Sending(now=REQUESTED)
    await sending.take(request(1, ttl="60s"))
    assert sending.api.calls[-1].body["ttl"] == "60s"


async def test_id_that_was_taken_for_something_else_meanwhile_is_refused_and_not_sent() -> None:
    sending = Meanwhile(policies=SLOW)
    await sending.take(request(1))
    sending.happens = take_elsewhere(request(2, contentMessage={"text": "First"}))
    with pytest.raises(ConflictingRequest):
        await sending.take(request(2, contentMessage={"text": "Other"}))
    assert len(sending.calls) == 1
    assert sending.ledger.documents[SECOND]["content"] == {"text": "First"}
    assert [update["kind"] for update in sending.told] == ["message", "message", "conflict"]


@pytest.mark.parametrize("ttl", [None, "5s"], ids=["no ttl", "ttl is over by then"])
async def test_message_that_was_accepted_meanwhile_is_not_called_again_and_stays_accepted(
    ttl: str | None,
) -> None:
    sending = Meanwhile(policies=SLOW, now=REQUESTED)
    await sending.take(request(1))
    sending.happens = take_elsewhere(request(2, ttl=ttl))
    sent = await sending.take(request(2, ttl=ttl))
    assert (sent.state, sent.answer, len(sending.calls)) == (State.ACCEPTED, None, 1)
    assert state_of(sending.ledger.documents[SECOND]) is State.ACCEPTED
