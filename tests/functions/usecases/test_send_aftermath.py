"""What follows an answer: the last attempt, the fallback, and why a 404 may have come."""

from datetime import timedelta
from typing import Any

import pytest
from tests.functions.usecases.sending import (
    AGENT,
    CREATED,
    DOCUMENT,
    MESSAGE,
    NOW,
    ORIGIN,
    REQUESTED,
    SILENCE,
    Sending,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State, agent_path
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ledger.domain.requests import Origin
from rbm_ledger.usecases.send import CallAgain

FALLBACK = {"on": ["unreachable"], "payload": {"sms": "Hi"}}
LAST = Origin(ORIGIN.fallback_key, REQUESTED, is_first=False, is_last=True)


def request(**changes: Any) -> bytes:
    return request_bytes(messageId=MESSAGE, **changes)


# The last attempt


@pytest.mark.parametrize("answer", [Answer(NO_ANSWER, "NO_ANSWER"), Answer(503), Answer(429)])
async def test_last_attempt_that_stays_open_is_said_to_be_the_last(answer: Answer) -> None:
    sending = Sending([answer, answer])
    with pytest.raises(CallAgain):
        await sending.take()
    assert "gaveUpTime" not in sending.record
    with pytest.raises(CallAgain):
        await sending.take(origin=LAST)
    assert sending.record["gaveUpTime"] == NOW + timedelta(seconds=sending.elapsed_seconds)
    assert sending.record["stateRank"] == State.PENDING


@pytest.mark.parametrize("answer", [CREATED, refusal("404-not-found"), refusal("400-invalid-argument")])
async def test_last_attempt_that_settles_it_gave_nothing_up(answer: Answer) -> None:
    sending = Sending([answer])
    await sending.take(origin=LAST)
    assert "gaveUpTime" not in sending.record


# Fallback and launch states


async def test_404_asks_for_the_fallback_at_once_and_a_repeat_does_not_ask_again() -> None:
    sending = Sending([refusal("404-not-found")])
    for _ in range(2):
        await sending.take(request(fallback=FALLBACK))
    requested = [update for update in sending.told if update["kind"] == "fallback"]
    assert [update["state"] for update in requested] == ["requested"]
    assert requested[0].items() >= {"reason": "unreachable", "certainty": "confirmed"}.items()
    assert requested[0]["payload"] == {"sms": "Hi"}
    assert len(sending.record["fallbackDecisions"]) == 1
    assert sending.calls == [MESSAGE]


async def test_404_after_a_call_without_an_answer_is_not_certain_and_is_asked_for_once() -> None:
    """The first call may have been taken."""
    sending = Sending([SILENCE, refusal("404-not-found")])
    with pytest.raises(CallAgain):
        await sending.take(request(fallback=FALLBACK))
    for _ in range(2):
        await sending.take(request(fallback=FALLBACK))
    [requested] = [update for update in sending.told if update["kind"] == "fallback"]
    assert (requested["reason"], requested["certainty"]) == ("unreachable", "inconclusive")


async def test_uncertain_fallback_that_was_not_told_is_told_by_the_repeat() -> None:
    sending = Sending([SILENCE, refusal("404-not-found")])
    with pytest.raises(CallAgain):
        await sending.take(request(fallback=FALLBACK))
    await sending.take(request(fallback=FALLBACK))
    del sending.ledger.documents[DOCUMENT]["sweep"]["fallbackToldAtMs"]  # as if it had died before
    await sending.take(request(fallback=FALLBACK))
    assert [update["kind"] for update in sending.told].count("fallback") == 2


async def test_pending_message_whose_fallback_was_asked_for_is_not_sent_any_more() -> None:
    sending = Sending([Answer(503)])
    with pytest.raises(CallAgain):
        await sending.take(request(fallback=FALLBACK))
    decision = {"reason": "undelivered", "certainty": "inconclusive", "decidedTime": NOW}
    sending.ledger.documents[DOCUMENT]["fallbackDecisions"] = [decision]
    sent = await sending.take(request(fallback=FALLBACK))
    assert (sent.state, sent.record["suppressedReason"]) == (State.UNRESOLVED, "fallback_requested")
    assert sending.calls == [MESSAGE]


async def test_404_where_the_agent_is_not_launched_says_so() -> None:
    sending = Sending([refusal("404-not-found")])
    launches = {"de-rcs": {"PENDING": 1, "REJECTED": 2}, "vodafone-germany": {"LAUNCHED": 1}}
    sending.ledger.documents[agent_path(AGENT)] = {"agentId": AGENT, "launchStateAtMs": launches}
    sent = await sending.take(request(phoneNumber="+4915112345678"))
    assert sent.record["attempts"][0]["launchStates"] == [{"region": "de-rcs", "state": "REJECTED"}]
    [update] = sending.told
    assert "de-rcs" in update["explanation"]


# A call without an answer that must not be made again


async def test_call_without_an_answer_is_not_said_to_be_unsent_once_it_has_expired() -> None:
    sending = Sending([Answer(NO_ANSWER, "NO_ANSWER")])
    with pytest.raises(CallAgain):
        await sending.take(request(ttl="60s"))
    sending.now += timedelta(seconds=60)
    sent = await sending.take(request(ttl="60s"))
    assert (sent.state, sending.calls) == (State.UNRESOLVED, [MESSAGE])
    assert (sending.record["unresolvedTime"], sending.record["suppressedReason"]) == (sending.now, "expired")
    assert "is not called again (expired)" in sending.told[-1]["explanation"]


async def test_message_that_was_abandoned_is_not_called_by_any_later_repeat() -> None:
    sending = Sending([Answer(503)])
    with pytest.raises(CallAgain):
        await sending.take(request(ttl="60s"))
    sending.now += timedelta(seconds=60)
    for _ in range(2):
        assert (await sending.take(request(ttl="60s"))).state is State.UNRESOLVED
    assert sending.calls == [MESSAGE]
