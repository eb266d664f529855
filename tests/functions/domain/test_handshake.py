"""What no setting allows is not believed either."""

from rbm_ledger.domain.signature import Handshake, knows_token


def test_empty_token_answers_no_handshake() -> None:
    assert not knows_token(Handshake("", "1234567890"), ["", "TOKEN"])
