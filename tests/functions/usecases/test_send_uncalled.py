"""A message that expired before anybody called for it: it says so, and may be asked for again in time."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.functions.usecases.sending import (
    AGENT,
    CREATED,
    DOCUMENT,
    MESSAGE,
    NOW,
    REQUESTED,
    UNAVAILABLE,
    Sending,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.answers import answer_post
from rbm_ledger.domain.agents import merge_pause, merge_resume
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import State, state_of
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.requests import Origin
from rbm_ledger.usecases.agents import Paused
from rbm_ledger.usecases.send import CallAgain
from rbm_ledger.usecases.sweep import Sweep
from rbm_ledger.usecases.sweep_report import SweepReport

LATER = REQUESTED + timedelta(hours=2)
AGAIN = Origin("2", LATER)
LAST = Origin("1", REQUESTED, is_last=True)
LATE_FALLBACK = {"on": ["expired"], "payload": {"sms": "Hi"}}


def request(**changes: Any) -> bytes:
    return request_bytes(messageId=MESSAGE, **{"ttl": "600s", **changes})


async def sweep(sending: Sending, now: datetime) -> SweepReport:
    sending.now = now
    return await Sweep(sending.recorder, sending.api, lambda: 0.0, 40)()


async def wait_until_expired(*answers: Answer, **changes: Any) -> Sending:
    """A message given up while its agent was paused, until the sweep waits no more; it is resumed now."""
    sending = Sending(answers)
    await sending.recorder.write(merge_pause(AGENT, NOW))
    with pytest.raises(Paused):
        await sending.take(request(**changes), LAST)
    for minute in (21, 23):
        await sweep(sending, REQUESTED + timedelta(minutes=minute))
    await sending.recorder.write(merge_resume(AGENT, sending.now))
    sending.elapsed_seconds += 10
    sending.now = LATER
    return sending


def message(sending: Sending) -> dict[str, Any]:
    return sending.ledger.documents[DOCUMENT]


async def test_message_that_was_never_called_until_it_expired_is_not_sent_and_not_unresolved() -> None:
    sending = await wait_until_expired()
    assert (state_of(message(sending)), message(sending)["suppressedReason"]) == (State.SUPPRESSED, "expired")
    assert "unresolvedTime" not in message(sending)
    assert sending.told[-1]["state"] == "suppressed"
    assert "expired" in sending.told[-1]["explanation"]
    assert (await sweep(sending, LATER)).due == 0


async def test_sweep_that_died_before_it_told_tells_with_the_next() -> None:
    sending = Sending()
    await sending.recorder.write(merge_pause(AGENT, NOW))
    with pytest.raises(Paused):
        await sending.take(request(), LAST)
    sending.updates.failures = [NotConfirmed("Pub/Sub is down")]
    for minute in (21, 22, 23):
        await sweep(sending, REQUESTED + timedelta(minutes=minute))
    assert [update["state"] for update in sending.told] == ["pending", "suppressed"]


async def test_redelivery_of_it_is_still_too_late_and_a_post_is_told_so() -> None:
    sending = await wait_until_expired()
    sent = await sending.take(request())
    assert (sent.state, sending.calls, answer_post(sent).status_code) == (State.SUPPRESSED, [], 422)


async def test_message_without_an_expiry_that_was_never_called_is_unresolved() -> None:
    sending = Sending()
    await sending.recorder.write(merge_pause(AGENT, NOW))
    with pytest.raises(Paused):
        await sending.take(request(ttl=None))
    assert (await sweep(sending, REQUESTED + timedelta(days=30))).unresolved == 1
    assert state_of(message(sending)) is State.UNRESOLVED


async def test_message_that_somebody_may_have_called_and_died_is_unresolved() -> None:
    """Nobody has given it up: a delivery may have got through to the platform, and not to the ledger."""
    sending = Sending()
    await sending.recorder.write(merge_pause(AGENT, NOW))
    with pytest.raises(Paused):
        await sending.take(request())
    assert (await sweep(sending, REQUESTED + timedelta(minutes=21))).unresolved == 1
    assert state_of(message(sending)) is State.UNRESOLVED


@pytest.mark.parametrize(("answer", "taken"), [(UNAVAILABLE, CallAgain), (CREATED, None)])
async def test_message_that_is_asked_for_again_is_looked_after_in_the_end(
    answer: Answer, taken: type[Exception] | None
) -> None:
    sending = await wait_until_expired(answer)
    with pytest.raises(taken) if taken else nullcontext():
        await sending.take(request(), AGAIN)
    assert (await sweep(sending, REQUESTED + timedelta(days=31))).unresolved == 1
    assert state_of(message(sending)) is State.UNRESOLVED
    assert (await sweep(sending, REQUESTED + timedelta(days=90))).due == 0


async def test_message_that_nobody_asks_for_again_stays_as_it_is() -> None:
    sending = await wait_until_expired()
    for day in (31, 90):
        await sweep(sending, REQUESTED + timedelta(days=day))
    assert (await sweep(sending, REQUESTED + timedelta(days=91))).due == 0
    assert {update["state"] for update in sending.told[1:]} == {"suppressed"}


async def test_message_that_was_called_without_an_answer_is_unresolved() -> None:
    sending = Sending([UNAVAILABLE])
    with pytest.raises(CallAgain):
        await sending.take(request())
    assert (await sweep(sending, REQUESTED + timedelta(minutes=21))).unresolved == 1
    assert state_of(message(sending)) is State.UNRESOLVED


@pytest.mark.parametrize("by", ["sweep", "send"])
async def test_request_for_it_that_is_in_time_again_is_sent(by: str) -> None:
    sending = await wait_until_expired(CREATED) if by == "sweep" else Sending([CREATED], now=LATER)
    if by == "send":
        assert (await sending.take(request())).state is State.SUPPRESSED
    sent = await sending.take(request(), AGAIN)
    assert (sent.state, sending.calls) == (State.ACCEPTED, [MESSAGE])
    assert answer_post(sent).status_code == 200


async def test_call_for_it_without_an_answer_is_made_again() -> None:
    sending = await wait_until_expired(UNAVAILABLE, CREATED)
    with pytest.raises(CallAgain):
        await sending.take(request(), AGAIN)
    assert "is repeated with the same message id" in sending.told[-1]["explanation"]
    assert (await sending.take(request(), AGAIN)).state is State.ACCEPTED
    assert sending.calls == [MESSAGE, MESSAGE]


async def test_call_for_it_without_an_answer_is_unresolved_once_it_expires_again() -> None:
    sending = await wait_until_expired(UNAVAILABLE)
    with pytest.raises(CallAgain):
        await sending.take(request(), AGAIN)
    sending.now += timedelta(minutes=10)
    sent = await sending.take(request(), AGAIN)
    assert (sent.state, answer_post(sent).status_code) == (State.UNRESOLVED, 422)


async def test_refusal_of_it_is_final() -> None:
    sending = await wait_until_expired(refusal("404-not-found"))
    for _ in range(2):
        assert (await sending.take(request(), AGAIN)).state is State.UNREACHABLE
    assert sending.calls == [MESSAGE]


async def test_accepted_message_that_nothing_is_heard_of_was_taken_though_it_had_expired_before() -> None:
    sending = Sending([CREATED], now=LATER)
    await sending.take(request())
    await sending.take(request(), AGAIN)
    assert (await sweep(sending, LATER + timedelta(minutes=21))).unresolved == 1
    sent = await sending.take(request(), AGAIN)
    assert (sent.state, answer_post(sent).status_code) == (State.UNRESOLVED, 200)
    assert "not called again" not in sending.told[-1]["explanation"]


async def test_message_whose_fallback_was_requested_is_not_sent_in_any_time() -> None:
    by_sweep = await wait_until_expired(
        refusal("404-not-found"), refusal("404-not-found"), fallback=LATE_FALLBACK
    )
    by_send = Sending(now=LATER)
    await by_send.take(request(fallback=LATE_FALLBACK))
    for sending, certainty in ((by_sweep, "inconclusive"), (by_send, "confirmed")):
        sent = await sending.take(request(fallback=LATE_FALLBACK), AGAIN)
        assert (sent.state, sending.calls) == (State.SUPPRESSED, [])
        [told] = [update for update in sending.told if update["kind"] == "fallback"]
        assert (told["reason"], told["certainty"]) == ("expired", certainty)


async def test_fallback_that_died_before_its_decision_is_decided_by_a_repeat_in_time() -> None:
    sending = Sending(now=LATER)
    await sending.take(request(fallback=LATE_FALLBACK))
    del message(sending)["fallbackDecisions"], message(sending)["sweep"]["fallbackToldAtMs"]
    await sending.take(request(fallback=LATE_FALLBACK), AGAIN)
    assert (sending.calls, len(message(sending)["fallbackDecisions"])) == ([], 1)


async def test_message_that_was_revoked_meanwhile_is_not_sent() -> None:
    sending = await wait_until_expired(refusal("404-not-found"))
    content = {"contentMessage": None, "messageTrafficType": None}
    await sending.take(request_bytes(**content, revoke={"messageId": MESSAGE}))
    sent = await sending.take(request(), AGAIN)
    assert (sent.record["suppressedReason"], sending.calls) == ("revoked_before", [])
