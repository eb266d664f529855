"""Every error says what becomes of its input, and everything that is wrong with it."""

from collections.abc import Iterator

import pytest

from rbm_ledger.domain.errors import (
    Disposition,
    Fault,
    InputTooLarge,
    InvalidSettings,
    LedgerError,
    NotConfirmed,
    OutcomeUnknown,
)
from rbm_ledger.domain.requests import InvalidRequest


def each_error(root: type[LedgerError] = LedgerError) -> Iterator[type[LedgerError]]:
    yield root
    for kind in root.__subclasses__():
        yield from each_error(kind)


@pytest.mark.parametrize("error", sorted(set(each_error()), key=repr))
def test_only_what_may_succeed_later_is_tried_again(error: type[LedgerError]) -> None:
    retried = issubclass(error, NotConfirmed | OutcomeUnknown)
    assert error.disposition is (Disposition.RETRY if retried else Disposition.REJECT)


def test_faulty_input_lists_every_fault() -> None:
    error = InvalidSettings([Fault("PROJECT", "is missing"), Fault("", "has too much")])
    assert str(error) == "PROJECT: is missing; has too much"


def test_invalid_request_carries_its_faults() -> None:
    faults = (Fault("ttl", "must be a text"),)
    assert InvalidRequest(faults, None).faults == faults


def test_too_large_input_names_the_limit() -> None:
    assert "1024 bytes" in str(InputTooLarge(1024))


def test_name_that_a_stranger_chose_is_for_the_stranger_and_not_for_a_log() -> None:
    fault = Fault("labels.+4915550101", "must be a text", logged="labels.…: must be a text")
    error = InvalidRequest((fault, Fault("ttl", "is missing")), None)
    assert str(error) == "labels.+4915550101: must be a text; ttl: is missing"
    assert error.reason == "labels.…: must be a text; ttl: is missing"
    assert fault == Fault("labels.+4915550101", "must be a text")
