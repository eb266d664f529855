"""What `rbm find` asks of Firestore can be answered in the cloud, where the emulators answer anything."""

import argparse
from datetime import UTC, datetime

import pytest
from tests.infra.terraform.test_ledger import UNINDEXED

from rbm_ledger.domain.ledger import State
from rbm_ops.find.queries import Asked, is_within, read_asked

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_whatever_is_looked_up_keeps_its_automatic_index() -> None:
    asked = read_asked(
        argparse.Namespace(
            number="+14155550101",
            reference="r",
            source="s",
            state=State.UNKNOWN_MESSAGE,
            label=[("campaign", "spring")],
            agent="",
            since=NOON,
            until=None,
        )
    )
    fields = {path[0] for path in asked.equals}
    assert fields == {"phoneNumber", "clientReference", "source", "stateRank", "labels"}
    assert fields.isdisjoint(UNINDEXED["messages"])


@pytest.mark.parametrize(
    ("record", "is_found"),
    [
        ({"requestedTime": NOON}, True),
        ({"updatedTime": NOON}, True),
        ({"requestedTime": datetime(2026, 11, 21, tzinfo=UTC), "updatedTime": NOON}, False),
        ({}, False),
    ],
)
def test_request_counts_before_the_latest_write(record: dict[str, datetime], is_found: bool) -> None:
    assert is_within(record, Asked({}, since=NOON, until=NOON)) is is_found
    assert is_within(record, Asked({}))
