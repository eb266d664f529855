"""A request whose message expired uncalled: `rbm deadletters replay --even-expired` really sends it."""

from datetime import timedelta

import pytest
from tests.functions.usecases.sending import AGENT, CREATED, MESSAGE, Sending
from tests.infra.deadletters.letters import NOW, PUBLISHED_AT, make_letter

from rbm_ledger.domain.agents import merge_pause, merge_resume
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.requests import Origin
from rbm_ledger.usecases.agents import Paused
from rbm_ledger.usecases.sweep import Sweep
from rbm_ops.deadletters.planning import Choices, plan_replay


@pytest.mark.parametrize("named", [True, False], ids=["message id", "no id"])
async def test_message_that_was_paused_until_it_expired_is_sent_by_its_replay(named: bool) -> None:
    sending = Sending([CREATED], now=PUBLISHED_AT)
    letter = make_letter(ttl="600s", **({"messageId": MESSAGE} if named else {}))
    await sending.recorder.write(merge_pause(AGENT, sending.now))
    with pytest.raises(Paused) as paused:
        await sending.take(letter.data, Origin("17", PUBLISHED_AT, is_last=True))
    sending.now += timedelta(minutes=21)
    await Sweep(sending.recorder, sending.api, lambda: 0.0, 40)()
    await sending.recorder.write(merge_resume(AGENT, sending.now))
    sending.elapsed_seconds += 10
    sending.now = NOW
    message_id = paused.value.message_id
    plan = plan_replay(letter, Choices(even_expired=True), old_id=message_id, now=NOW)
    sent = await sending.take(plan.data, Origin("18", NOW))
    assert (sent.state, sending.calls) == (State.ACCEPTED, [message_id])
