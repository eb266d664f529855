"""What becomes of one message whose deadline has passed, sweep after sweep."""

from collections.abc import Sequence

import pytest
from tests.functions.domain.builders import AGENT, PHONE, correlate_type
from tests.functions.domain.swept import PAYLOAD, after, swept
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.sweeping import Platform, Sweeping

from rbm_ledger.domain.fallback import FallbackDecision, merge_decision, merge_told
from rbm_ledger.domain.ledger import Merge, Query, Record, State, fold, message_path, state_of
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.sweep_report import Finding, FindingKind

ALL = ("unreachable", "expired", "undelivered")


async def test_nothing_is_due_and_nothing_happens() -> None:
    sweeping = Sweeping()
    sweeping.store("not due yet", "undelivered")
    report = await sweeping.sweep(59)
    assert report.describe() == {
        **dict.fromkeys(("due", "orphans", "unresolved", "revoked", "fallbacks", "failed"), 0),
        "isComplete": True,
    }
    assert (sweeping.told, sweeping.platform.revoked) == ([], [])


async def test_message_that_is_taken_back_has_its_fallback_for_certain() -> None:
    sweeping = Sweeping(platform=Platform(lambda _: 200))
    message_id = sweeping.store("late", *ALL, ttl="600s", source="orders", clientReference="1234")
    report = await sweeping.sweep(60)
    assert (report.due, report.revoked, report.fallbacks) == (1, 1, 1)
    assert report.findings == [Finding(FindingKind.FALLBACK, AGENT, message_id, "undelivered", "confirmed")]
    record = sweeping.record(message_id)
    assert state_of(record) is State.REVOKED
    assert record["revokedTime"] == after(60)
    assert sweeping.due(message_id) is None
    revoked, requested = sweeping.told
    assert (revoked["kind"], revoked["state"]) == ("message", "revoked")
    assert requested == {
        "kind": "fallback",
        "state": "requested",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": message_id,
        "source": "orders",
        "clientReference": "1234",
        "reason": "undelivered",
        "certainty": "confirmed",
        "decidedTime": format_rfc3339(after(60)),
        "payload": PAYLOAD,
        "recordedTime": format_rfc3339(after(60)),
    }
    assert sweeping.updates.messages[1].attributes == {
        "kind": "fallback",
        "state": "requested",
        "agentId": AGENT,
        "source": "orders",
    }


async def test_message_that_can_not_be_taken_back_is_looked_at_again_and_then_decided() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("late", *ALL, ttl="600s")
    assert (await sweeping.sweep(60)).fallbacks == 0
    assert sweeping.due(message_id) == pytest.approx(120, abs=0.01)
    await sweeping.sweep(119)
    assert len(sweeping.platform.revoked) == 1
    assert (await sweeping.sweep(121)).fallbacks == 1
    assert sweeping.told_fallbacks() == [("requested", "undelivered", "inconclusive")]
    assert sweeping.due(message_id) == pytest.approx(1200, abs=0.01)


async def test_receipt_between_two_looks_ends_it() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("late", *ALL, ttl="600s")
    await sweeping.sweep(60)
    [receipt] = correlate_type("DELIVERED", messageId=message_id)
    await sweeping.ledger.merge(receipt)
    report = await sweeping.sweep(121)
    assert (report.due, sweeping.told_fallbacks(), len(sweeping.platform.revoked)) == (0, [], 1)


async def test_receipt_that_comes_while_it_is_revoked_keeps_the_fallback_back() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("late", *ALL, ttl="600s")
    [receipt] = correlate_type("DELIVERED", messageId=message_id)
    path = message_path(AGENT, message_id)

    def deliver(_message_id: str) -> int:
        sweeping.ledger.documents[path] = fold(sweeping.ledger.documents[path], receipt)
        return 200

    sweeping.platform.answer = deliver
    report = await sweeping.sweep(60)
    assert (report.revoked, report.fallbacks, sweeping.told_fallbacks()) == (1, 0, [])


async def test_platform_that_does_not_answer_is_asked_each_minute_and_then_given_up() -> None:
    sweeping = Sweeping(platform=Platform(lambda _: 503))
    message_id = sweeping.store("late", *ALL, ttl="60s")
    seconds = [float(second) for second in range(60, 900, 61)]
    fallbacks = [(await sweeping.sweep(second)).fallbacks for second in seconds]
    assert sum(fallbacks) == 1
    assert 600 <= seconds[fallbacks.index(1)] - 60 < 700
    assert len(sweeping.record(message_id)["attempts"]) <= 13
    assert sweeping.told_fallbacks() == [("requested", "undelivered", "inconclusive")]


async def test_expiry_that_nobody_told_is_found_out() -> None:
    sweeping = Sweeping(platform=Platform(lambda _: 200))
    sweeping.store("expired", "expired", ttl="60s")
    assert (await sweeping.sweep(660)).fallbacks == 1
    assert sweeping.told_fallbacks() == [("requested", "expired", "confirmed")]


@pytest.mark.parametrize("http_status", [200, 503])
async def test_message_that_nothing_is_heard_of_is_unresolved(http_status: int) -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("silent", http_status=http_status, ttl="60s")
    await sweeping.sweep(659)
    assert sweeping.told == []
    report = await sweeping.sweep(660)
    assert (report.unresolved, report.findings) == (1, [Finding(FindingKind.UNRESOLVED, AGENT, message_id)])
    assert [update["state"] for update in sweeping.told] == ["unresolved"]
    assert sweeping.record(message_id)["unresolvedTime"] == after(660)
    assert sweeping.due(message_id) is None
    assert (await sweeping.sweep(9999)).due == 0


async def test_inconclusive_fallback_does_not_keep_a_message_from_being_unresolved() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("silent", *ALL, ttl="60s")
    for seconds in (60, 121, 661):
        await sweeping.sweep(seconds)
    assert state_of(sweeping.record(message_id)) is State.UNRESOLVED
    assert len(sweeping.told_fallbacks()) == 1


async def test_crash_before_the_decision_was_told_is_made_up_for() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("late", *ALL, ttl="600s")
    path = message_path(AGENT, message_id)
    decision = swept(200, 60).unions
    element = {"reason": "undelivered", "certainty": "confirmed", "decidedTime": after(60)}
    sweeping.ledger.documents[path] |= {
        "attempts": [*sweeping.record(message_id)["attempts"], *decision[("attempts",)]],
        "fallbackDecisions": [element],
        "stateRank": State.REVOKED.value,
    }
    await sweeping.sweep(120)
    await sweeping.sweep(180)
    [update] = sweeping.told
    assert (update["state"], update["decidedTime"]) == ("requested", format_rfc3339(after(60)))
    assert sweeping.platform.revoked == []


async def test_orphan_is_found_once() -> None:
    sweeping = Sweeping()
    [receipt] = correlate_type("DELIVERED")
    await sweeping.ledger.merge(receipt)
    assert (await sweeping.sweep(3600 + 899)).orphans == 0
    report = await sweeping.sweep(3600 + 900)
    assert report.findings == [Finding(FindingKind.ORPHAN, AGENT, receipt.document[-1])]
    assert sweeping.ledger.documents[receipt.document]["orphanedTime"] == after(4500)
    assert (await sweeping.sweep(9999)).orphans == 0


async def test_message_whose_request_came_at_last_is_no_orphan() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("late request")
    [receipt] = correlate_type("DELIVERED", messageId=message_id)
    await sweeping.ledger.merge(receipt)
    report = await sweeping.sweep(99999)
    assert report.orphans == 0
    assert "orphanedTime" not in sweeping.record(message_id)


class LedgerThatIsLate(InMemoryLedger):
    """Finds a message as it was before `happened_since`, which is in the document by then."""

    happened_since: tuple[Merge, ...] = ()

    async def find(self, query: Query) -> Sequence[Record]:
        found = await super().find(query)
        for merge in self.happened_since if found else ():
            await self.merge(merge)
        return found


async def test_decision_that_was_told_since_the_page_was_read_is_not_told_again() -> None:
    sweeping = Sweeping(ledger=LedgerThatIsLate())
    path = message_path(AGENT, sweeping.store("late", *ALL, ttl="600s"))
    record = sweeping.ledger.documents[path]
    await sweeping.ledger.merge(merge_decision(record, FallbackDecision("expired", "confirmed", after(59))))
    sweeping.ledger.happened_since = (merge_told(record, after(60)),)
    assert (await sweeping.sweep(60)).fallbacks == 0
    assert sweeping.told == []


async def test_message_delivered_since_the_page_was_read_is_not_unresolved() -> None:
    sweeping = Sweeping(ledger=LedgerThatIsLate())
    message_id = sweeping.store("silent", ttl="60s")
    sweeping.ledger.happened_since = correlate_type("DELIVERED", messageId=message_id)
    report = await sweeping.sweep(661)
    assert (report.unresolved, report.findings) == (0, [])
    assert [update["state"] for update in sweeping.told] == ["delivered"]
