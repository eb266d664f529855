"""What is looked at before the call: number, expiry, pause, rate, fallback; and what the record says then."""

from typing import Any

import pytest
from tests.functions.usecases.sending import (
    AGENT,
    CREATED,
    MESSAGE,
    NOW,
    ORIGIN,
    REQUESTED,
    Sending,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, merge_consent
from rbm_ledger.domain.ledger import State, agent_path
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.requests import Origin
from rbm_ledger.domain.times import to_millis
from rbm_ledger.usecases.agents import Paused
from rbm_ledger.usecases.pacing import MAX_WAIT_SECONDS, RateReached
from rbm_ledger.usecases.send import Throttled

LAST = Origin(ORIGIN.fallback_key, REQUESTED, is_first=False, is_last=True)
BETWEEN = Origin(ORIGIN.fallback_key, REQUESTED, is_first=False)


def request(number: int = 0, **changes: Any) -> bytes:
    """A message of its own for each number."""
    message_id = f"{MESSAGE[:-4]}{number:04x}" if number else MESSAGE
    return request_bytes(messageId=message_id, **changes)


def pause(sending: Sending) -> None:
    sending.ledger.documents[agent_path(AGENT)] = {"agentId": AGENT, "pausedAtMs": to_millis(NOW)}


# Destination


@pytest.mark.parametrize(("prefix", "state"), [("+1415", State.ACCEPTED), ("+49", State.SUPPRESSED)])
async def test_number_outside_the_allowed_prefixes_is_suppressed_without_a_call(
    prefix: str, state: State
) -> None:
    sending = Sending(policies={AGENT: AgentPolicy(prefixes=("+44", prefix))})
    sent = await sending.take()
    assert sent.state is state
    assert sending.record.get("suppressedReason") == (
        None if state is State.ACCEPTED else "prefix_not_allowed"
    )
    assert bool(sending.calls) is (state is State.ACCEPTED)


# Consent


async def opt_out(sending: Sending, brand: str = "") -> None:
    evidence = Evidence(
        Decision.OPTED_OUT, EvidenceKind.EVENT, AGENT, "+14155550101", "e1", to_millis(REQUESTED)
    )
    await sending.recorder.write(merge_consent(evidence, brand))


@pytest.mark.parametrize(
    ("traffic_type", "state"),
    [
        ("PROMOTION", State.SUPPRESSED),
        (None, State.SUPPRESSED),
        ("AUTHENTICATION", State.ACCEPTED),
        ("TRANSACTION", State.ACCEPTED),
        ("SERVICEREQUEST", State.ACCEPTED),
        ("ACKNOWLEDGEMENT", State.ACCEPTED),
    ],
)
@pytest.mark.parametrize("brand", ["", "growing-tree"])
async def test_opted_out_user_gets_what_the_policy_allows(
    traffic_type: str | None, state: State, brand: str
) -> None:
    sending = Sending(policies={AGENT: AgentPolicy(brand=brand)})
    await opt_out(sending, brand)
    sent = await sending.take(request(messageTrafficType=traffic_type))
    assert sent.state is state
    assert sending.record.get("suppressedReason") == (None if sending.calls else "opted_out")


async def test_one_acknowledgement_is_sent_and_its_repeat_is_the_same_message() -> None:
    sending = Sending([CREATED])
    await opt_out(sending)
    first = await sending.take(request(1, messageTrafficType="ACKNOWLEDGEMENT"))
    again = await sending.take(request(1, messageTrafficType="ACKNOWLEDGEMENT"))
    second = await sending.take(request(2, messageTrafficType="ACKNOWLEDGEMENT"))
    assert (first.state, again.state, second.state) == (State.ACCEPTED, State.ACCEPTED, State.SUPPRESSED)
    assert second.record["suppressedReason"] == "acknowledged_before"


# Pause


async def test_paused_agent_is_not_called_and_the_request_waits_as_pending() -> None:
    sending = Sending()
    pause(sending)
    with pytest.raises(Paused):
        await sending.take()
    assert sending.calls == []
    assert (sending.record["stateRank"], sending.record["content"]) == (
        State.PENDING,
        {"text": "Hello, world!"},
    )
    assert [update["state"] for update in sending.told] == ["pending"]


async def test_repeats_while_paused_write_nothing_until_the_last_says_that_it_gave_up() -> None:
    sending = Sending()
    pause(sending)
    for origin in (ORIGIN, BETWEEN, BETWEEN, LAST):
        with pytest.raises(Paused):
            await sending.take(origin=origin)
    assert [update["state"] for update in sending.told] == ["pending", "pending"]
    assert sending.record["gaveUpTime"] == NOW


async def test_resumed_agent_is_called() -> None:
    sending = Sending()
    pause(sending)
    with pytest.raises(Paused):
        await sending.take()
    sending.ledger.documents[agent_path(AGENT)]["resumedAtMs"] = to_millis(NOW) + 1
    sending.elapsed_seconds += 10
    assert (await sending.take(origin=BETWEEN)).state is State.ACCEPTED


async def test_agent_that_is_paused_while_a_call_waits_for_its_turn_is_not_called() -> None:
    sending = Sending([CREATED, CREATED], policies={AGENT: AgentPolicy(rate_per_second=0.05)})
    await sending.take(request(1))
    sending.ledger.documents[agent_path(AGENT)] = {"agentId": AGENT, "pausedAtMs": to_millis(NOW)}
    sending.elapsed_seconds += 1  # what was read of the agent is young enough until the turn comes
    with pytest.raises(Paused):
        await sending.take(request(2))
    assert len(sending.calls) == 1


async def test_404_is_recorded_though_the_agents_launches_can_not_be_read() -> None:
    sending = Sending()

    class Platform:
        async def call(self, _call: PlatformCall) -> Answer:
            sending.elapsed_seconds += 10  # what was read of the agent is too old by now
            sending.ledger.unreadable.add(agent_path(AGENT))
            return refusal("404-not-found")

    sending = Sending(api=Platform())
    assert (await sending.take()).state is State.UNREACHABLE


# Rate


async def test_calls_of_an_agent_are_spaced_to_its_rate() -> None:
    sending = Sending([CREATED] * 6, policies={AGENT: AgentPolicy(rate_per_second=2)})
    for number in range(1, 7):
        await sending.take(request(number))
    assert 2.0 <= sending.elapsed_seconds <= 3.0


async def test_message_that_expired_while_it_waited_for_its_turn_is_not_sent() -> None:
    sending = Sending([CREATED], policies={AGENT: AgentPolicy(rate_per_second=0.1)})
    await sending.take(request(1, ttl="5s"))
    sent = await sending.take(request(2, ttl="5s"))
    assert (sent.state, sent.record["suppressedReason"]) == (State.SUPPRESSED, "expired")


async def test_turn_that_is_too_far_off_is_refused_as_pending_with_a_time() -> None:
    sending = Sending([CREATED], policies={AGENT: AgentPolicy(rate_per_second=0.01)})
    await sending.take(request(1))
    with pytest.raises(RateReached) as raised:
        await sending.take(request(2))
    assert raised.value.retry_after_seconds > MAX_WAIT_SECONDS
    assert len(sending.calls) == 1
    assert [update["state"] for update in sending.told] == ["accepted", "pending"]


@pytest.mark.parametrize(("retry_after_seconds", "waits_seconds"), [(7.5, 7.5), (None, 1.0)])
async def test_after_a_429_the_next_call_waits_as_the_platform_said(
    retry_after_seconds: float | None, waits_seconds: float
) -> None:
    sending = Sending([Answer(429, retry_after_seconds=retry_after_seconds), CREATED])
    with pytest.raises(Throttled) as raised:
        await sending.take(request(1))
    assert raised.value.retry_after_seconds == retry_after_seconds
    await sending.take(request(2))
    assert sending.elapsed_seconds == pytest.approx(waits_seconds, abs=0.1)
