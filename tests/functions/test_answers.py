"""What a POST is answered: the platform's status, but for an id that it had taken before."""

import pytest
from tests.functions.usecases.sending import CREATED, Sending, refusal
from tests.functions.usecases.test_send_revoke import revoke_bytes

from rbm_ledger.answers import answer_post

KNOWN_ID = refusal("409-already-exists")


async def test_message_whose_id_the_platform_has_was_taken() -> None:
    assert answer_post(await Sending([KNOWN_ID]).take()).status_code == 200


@pytest.mark.parametrize("name", ["409-already-exists", "404-not-found", "403-permission-denied"])
async def test_revoke_that_took_nothing_back_has_the_status_of_its_call(name: str) -> None:
    sending = Sending([CREATED, refusal(name)])
    await sending.take()
    assert answer_post(await sending.take(revoke_bytes())).status_code == int(name[:3])
