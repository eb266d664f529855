"""What the sweep writes into a message's document, and what the answer to a revoke decides."""

from typing import Any

import pytest
from tests.functions.domain.builders import correlate_type, record_answer
from tests.functions.domain.swept import ALL_REASONS, after, answered, message, swept, unresolved

from rbm_ledger.domain.deadlines import NEVER_MS, ORPHAN_DUE
from rbm_ledger.domain.ledger import Merge, fold, state_of
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.sweeping import (
    find_want,
    judge_revoke,
    merge_orphan_looked_at,
    merge_swept_revoke,
    merge_unresolved,
)

TTL: dict[str, Any] = {"ttl": "600s"}
EXPIRED_AT = 600 + 600


def accepted(*reasons: str, **changes: Any) -> Merge:
    return answered(200, *reasons, **changes)


# earlier revokes (status, seconds), the answer now, seconds → certainty; None: look again
VERDICTS: dict[str, tuple[tuple[tuple[int, float], ...], int, float, str | None]] = {
    "taken back": ((), 200, 60, "confirmed"),
    "taken back at last": (((404, 60), (503, 121)), 200, 181, "confirmed"),
    "first 404": ((), 404, 60, None),
    "second 404": (((404, 60),), 404, 121, "inconclusive"),
    "404 of before the deadline does not count": (((404, 30),), 404, 60, None),
    "no answer": ((), 0, 60, None),
    "no answer after a 404": (((404, 60),), 503, 121, None),
    "404 after no answer": (((503, 60),), 404, 121, None),
    "refused": ((), 403, 60, None),
    "still no answer after ten minutes": (((503, 60), (0, 121)), 503, 660, "inconclusive"),
    "not quite ten minutes": (((503, 60), (0, 121)), 503, 659, None),
}


@pytest.mark.parametrize(
    ("earlier", "status", "seconds", "certainty"), VERDICTS.values(), ids=VERDICTS.keys()
)
def test_verdict(
    earlier: tuple[tuple[int, float], ...], status: int, seconds: float, certainty: str | None
) -> None:
    record = message(accepted(*ALL_REASONS), *(swept(*each) for each in earlier))
    want = find_want(record)
    assert want is not None
    decision = judge_revoke(record, want, Attempt(Answer(status), after(seconds)))
    assert (decision.certainty if decision else None) == certainty
    assert decision is None or (decision.reason, decision.decided_at) == ("undelivered", after(seconds))


def test_revoke_that_was_asked_for_is_no_step_of_the_sweep() -> None:
    asked_for = record_answer(404, minute=1, revoke=True)
    [attempt] = message(asked_for)["attempts"]
    [swept_attempt] = message(swept(404, 60))["attempts"]
    assert swept_attempt == {**attempt, "by": "sweep"}


def test_swept_revoke_and_its_decision_are_one_write_that_settles_nothing() -> None:
    record = message(accepted(*ALL_REASONS))
    want = find_want(record)
    assert want is not None
    attempt = Attempt(Answer(200), after(61))
    merge = merge_swept_revoke(record, attempt, judge_revoke(record, want, attempt))
    document = fold(record, merge)
    assert state_of(document).label == "revoked"
    assert document["fallbackDecisions"] == [
        {"reason": "undelivered", "certainty": "confirmed", "decidedTime": after(61)}
    ]
    assert document["sweep"]["dueAtMs"] == record["sweep"]["dueAtMs"] < NEVER_MS


def test_time_at_which_a_message_was_found_unresolved_stays() -> None:
    record = message(accepted(**TTL), unresolved(EXPIRED_AT))
    assert merge_unresolved(record, after(9999)).values[("unresolvedTime",)] == after(EXPIRED_AT)


def test_only_a_message_without_its_request_is_an_orphan() -> None:
    [receipt] = correlate_type("DELIVERED")
    for record, names in ((message(receipt), {"orphanedTime"}), (message(receipt, accepted()), set())):
        merge = merge_orphan_looked_at(record, after(900))
        assert {path[0] for path in merge.values} == names
        assert merge.maxima == {ORPHAN_DUE: NEVER_MS}
