"""What is not promised, as it is: `infra/docs/GUARANTEES.md` says the same in words."""

from datetime import timedelta

import pytest
from tests.functions.usecases.sending import CREATED, MESSAGE, ORIGIN, REQUESTED, SILENCE, Sending, refusal
from tests.functions.usecases.test_send_revoke import revoke_bytes
from tests.support.payloads import request_bytes

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import State, state_of
from rbm_ledger.usecases.send import CallAgain


async def test_revoke_whose_answer_was_lost_leaves_the_message_accepted() -> None:
    """The repeat hears 404: nobody can tell a message that was taken back from one that was delivered."""
    sending = Sending([CREATED, SILENCE, refusal("404-not-found")])
    await sending.take()
    with pytest.raises(CallAgain):
        await sending.take(revoke_bytes())
    await sending.take(revoke_bytes())
    assert state_of(sending.record) is State.ACCEPTED
    assert "revokedTime" not in sending.record


async def test_message_whose_record_was_lost_until_it_expired_reads_suppressed() -> None:
    """Nothing is written before the call; a receipt still wins."""
    sending = Sending([CREATED])
    sending.ledger.failures = [NotConfirmed("Firestore is down")]
    data = request_bytes("text-ttl", messageId=MESSAGE)
    with pytest.raises(NotConfirmed):
        await sending.take(data)
    sending.now = REQUESTED + timedelta(minutes=10)
    await sending.take(data)
    assert sending.calls == [MESSAGE]
    assert (state_of(sending.record), sending.record["suppressedReason"]) == (State.SUPPRESSED, "expired")


async def test_request_without_id_or_key_that_is_published_twice_is_two_messages() -> None:
    sending = Sending([CREATED, CREATED])
    await sending.take(request_bytes(), ORIGIN)
    await sending.take(request_bytes(), type(ORIGIN)("another delivery", REQUESTED))
    first, second = sending.calls
    assert first != second
