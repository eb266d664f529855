"""What an event means for the fallback of its message."""

from collections.abc import Mapping

import pytest
from tests.functions.domain.builders import MESSAGE_DOCUMENT
from tests.functions.domain.swept import answered, decided, told
from tests.functions.fakes import RecordingPublisher
from tests.functions.usecases.correlating import NOW, Correlation

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.times import format_rfc3339

ALL = ("unreachable", "expired", "undelivered")
EXPIRED, DELIVERED, READ = (
    "server-event-ttl-expiration-revoked",
    "user-event-delivered",
    "user-event-read",
)


async def correlate(*merges: Merge) -> Correlation:
    correlation = Correlation()
    for merge in merges:
        await correlation.ledger.merge(merge)
    return correlation


def fallbacks(correlation: Correlation) -> list[tuple[str, str, str]]:
    return [
        (update["state"], update["reason"], update["decidedTime"])
        for update in correlation.told
        if update["kind"] == "fallback"
    ]


REQUESTED = ("requested", "expired", format_rfc3339(NOW))


async def test_expiry_requests_the_fallback_after_it_was_told() -> None:
    correlation = await correlate(answered(200, *ALL))
    await correlation.take_file(EXPIRED)
    assert [update["kind"] for update in correlation.told] == ["message", "fallback"]
    assert fallbacks(correlation) == [REQUESTED]
    await correlation.take_file(EXPIRED)
    assert fallbacks(correlation) == [REQUESTED]


async def test_expiry_that_overtakes_the_record_requests_nothing_yet() -> None:
    correlation = await correlate()
    await correlation.take_file(EXPIRED)
    assert fallbacks(correlation) == []


class PublisherThatFailsOnce(RecordingPublisher):
    """At the first update of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        if attributes["kind"] == self.kind:
            self.kind = ""
            raise NotConfirmed("Pub/Sub is down")
        return await super().publish(data, attributes)


@pytest.mark.parametrize("kind", ["message", "fallback"])
async def test_update_that_is_not_confirmed_is_told_by_the_repeat_as_of_the_first_time(kind: str) -> None:
    correlation = await correlate(answered(200, *ALL))
    correlation.updates = PublisherThatFailsOnce(kind)
    with pytest.raises(NotConfirmed):
        await correlation.take_file(EXPIRED)
    await correlation.take_file(EXPIRED)
    assert fallbacks(correlation) == [REQUESTED]


async def test_decision_of_another_reason_is_left_to_whoever_made_it() -> None:
    correlation = await correlate(answered(200, *ALL), decided("undelivered", "inconclusive"))
    await correlation.take_file(EXPIRED)
    assert fallbacks(correlation) == []
    assert len(correlation.read(MESSAGE_DOCUMENT)["fallbackDecisions"]) == 1


async def test_first_receipt_after_the_decision_regrets_it_and_so_does_its_repeat() -> None:
    correlation = await correlate(answered(200, *ALL), decided(), told())
    for name in (DELIVERED, READ, DELIVERED):
        await correlation.take_file(name)
    assert [state for state, _, _ in fallbacks(correlation)] == ["regretted", "regretted"]
    regretted = next(update for update in correlation.told if update["kind"] == "fallback")
    assert regretted["payload"] == {"sms": "Your order has shipped"}


async def test_receipt_without_a_decision_regrets_nothing() -> None:
    correlation = await correlate(answered(200, *ALL))
    await correlation.take_file(DELIVERED)
    await correlation.take_file(EXPIRED)
    assert fallbacks(correlation) == []
