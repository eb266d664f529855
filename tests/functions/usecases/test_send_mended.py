"""A request that was not valid, mended and sent again under the same id: the second one decides."""

from typing import Any

import pytest
from tests.functions.usecases.sending import (
    AGENT,
    CREATED,
    MESSAGE,
    NOW,
    ORIGIN,
    SILENCE,
    UNAVAILABLE,
    Sending,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State, agent_path, state_of
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.requests import InvalidRequest, Origin
from rbm_ledger.domain.times import to_millis
from rbm_ledger.usecases.agents import Paused
from rbm_ledger.usecases.send import CallAgain

FALLBACK = {"on": ["undelivered"], "afterSeconds": 600, "payload": {"sms": "Hello"}}


def request(**changes: Any) -> bytes:
    return request_bytes(messageId=MESSAGE, **{"fallback": FALLBACK, **changes})


async def refuse(sending: Sending) -> None:
    data = request(ttl="soon")
    with pytest.raises(InvalidRequest) as raised:
        await sending.take(data)
    await sending.take_request.record_refusal(raised.value, data, ORIGIN)


@pytest.mark.parametrize("answer", [UNAVAILABLE, SILENCE, Answer(429)], ids=["503", "none", "429"])
async def test_mended_request_without_an_answer_is_called_again(answer: Answer) -> None:
    sending = Sending([answer, CREATED])
    await refuse(sending)
    with pytest.raises(CallAgain):
        await sending.take(request())
    assert "is repeated with the same message id" in sending.told[-1]["explanation"]
    assert (await sending.take(request())).state is State.ACCEPTED
    assert len(sending.calls) == 2
    assert {update["kind"] for update in sending.told} == {"message"}  # no fallback of what is under way


async def test_mended_request_that_waited_for_its_agent_is_sent_at_last() -> None:
    sending = Sending()
    await refuse(sending)
    sending.ledger.documents[agent_path(AGENT)] = {"pausedAtMs": to_millis(NOW)}
    with pytest.raises(Paused):
        await sending.take(request())
    assert "goes out by itself" in sending.told[-1]["explanation"]
    sending.ledger.documents[agent_path(AGENT)]["resumedAtMs"] = to_millis(NOW) + 1
    sending.elapsed_seconds += 10
    assert (await sending.take(request())).state is State.ACCEPTED


async def test_mended_request_that_the_platform_refuses_says_so_and_is_not_called_again() -> None:
    sending = Sending([refusal("403-permission-denied")])
    await refuse(sending)
    for _ in range(2):
        assert state_of((await sending.take(request())).record) is State.REJECTED
    assert len(sending.calls) == 1
    assert "does not let this agent write" in sending.told[-1]["explanation"]
    assert "fallback" in {update["kind"] for update in sending.told}


async def test_mended_request_that_a_guard_stops_says_so_and_is_settled() -> None:
    sending = Sending(policies={AGENT: AgentPolicy(prefixes=("+49",))})
    await refuse(sending)
    for _ in range(2):
        assert (await sending.take(request())).record["suppressedReason"] == "prefix_not_allowed"
    assert sending.calls == []
    assert "none of the prefixes" in sending.told[-1]["explanation"]
    assert {update["kind"] for update in sending.told} == {"message"}  # a guard's no asks for no fallback


async def test_mended_request_that_came_too_late_is_called_once_in_time_and_a_refusal_is_final() -> None:
    sending = Sending([UNAVAILABLE, refusal("403-permission-denied")])
    fallback = {"on": ["unreachable"], "payload": {}}
    await refuse(sending)
    await sending.take(request(ttl="1s", fallback=fallback))
    again = Origin("2", NOW)
    with pytest.raises(CallAgain):
        await sending.take(request(ttl="1s", fallback=fallback), again)
    for _ in range(2):
        sent = await sending.take(request(ttl="1s", fallback=fallback), again)
        assert (state_of(sent.record), len(sending.calls)) == (State.REJECTED, 2)
    assert "does not let this agent write" in sending.told[-1]["explanation"]


async def test_mended_request_that_came_too_late_asks_for_its_fallback() -> None:
    sending = Sending()
    await refuse(sending)
    await sending.take(request(ttl="1s", fallback={"on": ["expired"], "payload": {"sms": "Hello"}}))
    [told] = [update for update in sending.told if update["kind"] == "fallback"]
    assert (told["state"], told["reason"], sending.calls) == ("requested", "expired", [])
