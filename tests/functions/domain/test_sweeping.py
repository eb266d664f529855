"""What the sweep does next, by a message's document and the time."""

from typing import Any

import pytest
from tests.functions.domain.builders import correlate_type
from tests.functions.domain.swept import (
    ALL_REASONS,
    abandoned,
    after,
    answered,
    decided,
    message,
    rejected,
    suppressed,
    swept,
    taken_back,
    told,
    unresolved,
    waiting,
)

from rbm_ledger.domain.deadlines import NEVER_MS
from rbm_ledger.domain.fallback import FallbackReason
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.records import Suppression
from rbm_ledger.domain.sweeping import Action, find_want, next_step
from rbm_ledger.domain.times import to_millis

TTL: dict[str, Any] = {"ttl": "600s"}
EXPIRED_AT = 600 + 600
THIRTY_DAYS = 30 * 24 * 3600
[DELIVERED] = correlate_type("DELIVERED")
[EXPIRED] = correlate_type("TTL_EXPIRATION_REVOKED")
[INCONCLUSIVE] = correlate_type("TTL_EXPIRATION_REVOKE_FAILED")
INVALID = rejected()
ALL_BUT_LATE = ("unreachable", "expired")
LATER = {"afterSeconds": 5000, "on": ["undelivered"], "payload": {}}
LOOK, TELL, REVOKE, RESOLVE = Action.LOOK_AGAIN, Action.TELL, Action.REVOKE, Action.RESOLVE
UNDELIVERED, EXPIRY = FallbackReason.UNDELIVERED, FallbackReason.EXPIRED
NEVER = None


def accepted(*reasons: str, **changes: Any) -> Merge:
    return answered(200, *reasons, **changes)


# document, seconds after the request → what to do; when to LOOK again, or why to REVOKE
STEPS: dict[str, tuple[tuple[Merge, ...], float, Action, Any]] = {
    "delivered": ((accepted(*ALL_REASONS), DELIVERED), 9999, LOOK, NEVER),
    "delivered, though decided": (
        (accepted(*ALL_REASONS), decided(), DELIVERED),
        99,
        LOOK,
        None,
    ),
    "revoked by somebody": (
        (accepted(*ALL_REASONS), taken_back(200, 60)),
        61,
        LOOK,
        None,
    ),
    "rejected, which is undelivered": ((answered(400, *ALL_REASONS),), 120, TELL, None),
    "rejected, not wanted": ((answered(400, "expired"),), 120, LOOK, NEVER),
    "unreachable, not told": ((answered(404, "unreachable"),), 120, TELL, None),
    "unreachable, which is undelivered too": ((answered(404, "undelivered"),), 120, TELL, None),
    "unreachable, not wanted": ((answered(404, "expired"),), 120, LOOK, NEVER),
    "unreachable, told": (
        (answered(404, "unreachable"), decided("unreachable"), told()),
        120,
        LOOK,
        None,
    ),
    "unreachable, no fallback": ((answered(404),), 120, LOOK, NEVER),
    "expired, not told": ((accepted("expired"), EXPIRED), EXPIRED_AT, TELL, None),
    "expired, which is undelivered too": ((accepted("undelivered", **TTL), EXPIRED), 60, TELL, None),
    "expired, not wanted": ((accepted("unreachable", **TTL), EXPIRED), EXPIRED_AT, LOOK, NEVER),
    "expired, no fallback": ((accepted(**TTL), EXPIRED), EXPIRED_AT, LOOK, NEVER),
    "never sent, expired": ((suppressed(Suppression.EXPIRED, "expired"),), 700, TELL, None),
    "never sent, opted out": (
        (suppressed(Suppression.OPTED_OUT, *ALL_REASONS),),
        9999,
        LOOK,
        None,
    ),
    "called once, then expired": (
        (answered(503, *ALL_BUT_LATE), suppressed(Suppression.EXPIRED, *ALL_BUT_LATE)),
        700,
        LOOK,
        EXPIRED_AT,
    ),
    "called once, then expired, and nothing came": (
        (answered(503, *ALL_BUT_LATE), suppressed(Suppression.EXPIRED, *ALL_BUT_LATE)),
        EXPIRED_AT,
        REVOKE,
        EXPIRY,
    ),
    "called once, then expired, as send says it now": (
        (answered(503, *ALL_REASONS), abandoned(Suppression.EXPIRED, 600, *ALL_REASONS)),
        EXPIRED_AT,
        REVOKE,
        UNDELIVERED,
    ),
    "called once, then decided, not told": (
        (answered(503, *ALL_REASONS), decided(), abandoned(Suppression.FALLBACK_REQUESTED, 99, *ALL_REASONS)),
        121,
        TELL,
        None,
    ),
    "called once, then opted out": (
        (answered(503, *ALL_REASONS), abandoned(Suppression.OPTED_OUT, 30, *ALL_REASONS)),
        61,
        LOOK,
        EXPIRED_AT,
    ),
    "called once, then opted out, and nothing came": (
        (answered(503, *ALL_REASONS), abandoned(Suppression.OPTED_OUT, 30, *ALL_REASONS)),
        EXPIRED_AT,
        RESOLVE,
        None,
    ),
    "called once, then opted out, and expired": (
        (answered(503, *ALL_REASONS), abandoned(Suppression.OPTED_OUT, 30, *ALL_REASONS), EXPIRED),
        EXPIRED_AT,
        LOOK,
        NEVER,
    ),
    "not valid, mended, and no answer": ((INVALID, answered(503, *ALL_REASONS)), 59, LOOK, 60),
    "not valid, mended, no answer, and late": (
        (INVALID, answered(503, *ALL_REASONS)),
        60,
        REVOKE,
        UNDELIVERED,
    ),
    "not valid, mended, no answer, and decided": (
        (INVALID, answered(503, *ALL_REASONS), decided()),
        121,
        TELL,
        None,
    ),
    "not valid, mended, and nothing came": ((INVALID, answered(503, **TTL)), EXPIRED_AT, RESOLVE, None),
    "not valid, mended, and refused": ((INVALID, answered(400, *ALL_REASONS)), 60, TELL, None),
    "never called, not yet over": ((waiting(*ALL_BUT_LATE),), 700, LOOK, EXPIRED_AT),
    "never called, and its fallback is due": ((waiting(*ALL_BUT_LATE),), EXPIRED_AT, REVOKE, EXPIRY),
    "never called until it expired, perhaps not told": (
        (suppressed(Suppression.EXPIRED, "unreachable", **TTL),),
        EXPIRED_AT,
        RESOLVE,
        None,
    ),
    "before the deadline": ((accepted(*ALL_REASONS),), 59.9, LOOK, 60),
    "at the deadline": ((accepted(*ALL_REASONS),), 60, REVOKE, UNDELIVERED),
    "pending at the deadline": (
        (answered(503, *ALL_REASONS),),
        60,
        REVOKE,
        UNDELIVERED,
    ),
    "waiting for its expiry": ((accepted(*ALL_BUT_LATE),), 700, LOOK, EXPIRED_AT),
    "expired without an event": (
        (accepted(*ALL_BUT_LATE),),
        EXPIRED_AT,
        REVOKE,
        EXPIRY,
    ),
    "expired before it was late": (
        (accepted("undelivered", **TTL, fallback=LATER),),
        EXPIRED_AT,
        REVOKE,
        UNDELIVERED,
    ),
    "expiry inconclusive": (
        (accepted(*ALL_BUT_LATE), INCONCLUSIVE),
        EXPIRED_AT,
        REVOKE,
        EXPIRY,
    ),
    "taken back in vain": ((accepted(*ALL_REASONS), taken_back(404, 60)), 61, LOOK, EXPIRED_AT),
    "revoked in vain just now": ((accepted(*ALL_REASONS), swept(404, 61)), 61, LOOK, 121),
    "revoked in vain a minute ago": (
        (accepted(*ALL_REASONS), swept(404, 61)),
        121,
        REVOKE,
        UNDELIVERED,
    ),
    "suppressed while it is revoked": (
        (answered(503, *ALL_REASONS), swept(404, 61), suppressed(Suppression.REVOKED_BEFORE, *ALL_REASONS)),
        121,
        REVOKE,
        UNDELIVERED,
    ),
    "decided, not told": ((accepted(*ALL_REASONS), decided()), 121, TELL, None),
    "decided and told": (
        (accepted(*ALL_REASONS), decided(certainty="inconclusive"), told()),
        121,
        LOOK,
        EXPIRED_AT,
    ),
    "decided, told, and still nothing": (
        (accepted(*ALL_REASONS), decided(certainty="inconclusive"), told()),
        EXPIRED_AT,
        RESOLVE,
        None,
    ),
    "nothing came until its expiry": ((accepted(**TTL),), EXPIRED_AT, RESOLVE, None),
    "nothing came, though unreachable alone was wanted": (
        (accepted("unreachable", **TTL),),
        EXPIRED_AT,
        RESOLVE,
        None,
    ),
    "nothing came for 30 days": ((accepted(),), THIRTY_DAYS, RESOLVE, None),
    "pending for 30 days": ((answered(429),), THIRTY_DAYS, RESOLVE, None),
    "expiry inconclusive, no fallback": ((accepted(**TTL), INCONCLUSIVE), EXPIRED_AT, RESOLVE, None),
    "unresolved, perhaps not told": (
        (accepted(**TTL), unresolved(EXPIRED_AT)),
        EXPIRED_AT + 60,
        RESOLVE,
        None,
    ),
    "not yet 30 days": ((accepted(),), THIRTY_DAYS - 1, LOOK, THIRTY_DAYS),
}


@pytest.mark.parametrize(("merges", "seconds", "action", "detail"), STEPS.values(), ids=STEPS.keys())
def test_step(merges: tuple[Merge, ...], seconds: float, action: Action, detail: Any) -> None:
    step = next_step(message(*merges), after(seconds))
    assert step.action is action
    assert (step.want.reason if step.want else None) is (detail if action is REVOKE else None)
    if action is LOOK:
        assert step.at_ms == (NEVER_MS if detail is NEVER else to_millis(after(detail)) + 1)
        assert step.at_ms > to_millis(after(seconds))


@pytest.mark.parametrize("reason", Suppression)
def test_call_without_an_answer_has_its_fallback_unless_the_message_was_not_to_be_sent(
    reason: Suppression,
) -> None:
    want = find_want(message(answered(503, *ALL_REASONS), abandoned(reason, 30, *ALL_REASONS)))
    unwanted = {Suppression.OPTED_OUT, Suppression.ACKNOWLEDGED_BEFORE, Suppression.PREFIX_NOT_ALLOWED}
    assert (want is None) == (reason in unwanted)
