"""A message's life, counted where the use cases ask for it."""

import pytest
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.correlating import Correlation
from tests.functions.usecases.sending import DOCUMENT, MESSAGE, Sending

from rbm_ledger.domain.ledger import Merge, Reached, State, state_of
from rbm_ops.bench.bodies import make_receipt
from rbm_ops.capacity.life import Life


class CountingLedger(InMemoryLedger):
    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    async def merge(self, merge: Merge) -> Reached:
        self.writes += 1
        return await super().merge(merge)


@pytest.mark.parametrize("has_updates", [True, False])
async def test_life_takes_the_writes_reads_and_updates_that_are_reckoned_with(has_updates: bool) -> None:
    ledger, updates, life = CountingLedger(), RecordingPublisher(), Life(has_updates=has_updates)
    await Sending(has_updates=has_updates, ledger=ledger, updates=updates).take()
    correlation = Correlation(has_updates=has_updates, ledger=ledger, updates=updates)
    for number, event_type in enumerate(("DELIVERED", "READ")):
        await correlation.take(make_receipt(MESSAGE, event_type, number))
    assert state_of(ledger.documents[DOCUMENT]) is State.READ
    assert ledger.writes == life.writes
    assert ledger.reads.count(DOCUMENT) == life.reads
    assert len(updates.messages) == life.pulled
