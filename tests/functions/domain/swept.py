"""Messages with a fallback, and what the sweep and others write into their documents."""

from datetime import datetime, timedelta
from typing import Any

from tests.functions.domain.builders import (
    AGENT,
    MESSAGE,
    PHONE,
    REQUESTED,
    correlate,
    correlate_type,
    fold_all,
    record_answer,
    refuse,
    send_request,
)
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.fallback import FallbackDecision, merge_decision, merge_told
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.postbacks import wrap_postbacks
from rbm_ledger.domain.records import (
    Suppression,
    merge_abandonment,
    merge_last_attempt,
    merge_rejection,
    merge_suppression,
    merge_waiting,
)
from rbm_ledger.domain.sweeping import (
    merge_next_look,
    merge_orphan_looked_at,
    merge_swept_revoke,
    merge_unresolved,
)

PAYLOAD = {"sms": "Your order has shipped"}
ALL_REASONS = ("unreachable", "expired", "undelivered")


def fallback(*reasons: str, after: float | None = 60) -> dict[str, Any]:
    """A request's; `after` only where undelivered is among the reasons."""
    deadline = {"afterSeconds": after} if "undelivered" in reasons and after is not None else {}
    return {**deadline, "on": list(reasons), "payload": PAYLOAD}


def after(seconds: float) -> datetime:
    """So long after the request."""
    return REQUESTED + timedelta(seconds=seconds)


def answered(http_status: int, *reasons: str, **changes: Any) -> Merge:
    """The record of a request with a fallback for these reasons, which has a ttl where that needs one."""
    return record_answer(http_status, **{**_wanted(reasons), **changes})


def suppressed(reason: Suppression, *reasons: str, **changes: Any) -> Merge:
    request = send_request(**{**_wanted(reasons), **changes})
    return merge_suppression(request, reason, REQUESTED, store_content=True)


def abandoned(reason: Suppression, seconds: float, *reasons: str, **changes: Any) -> Merge:
    """The record of a request that was called before without an answer, and must not be called again."""
    request = send_request(**{**_wanted(reasons), **changes})
    return merge_abandonment(request, reason, REQUESTED, after(seconds), store_content=True)


def rejected() -> Merge:
    """The record of a request under the same id that was not valid."""
    refusal = refuse(request_bytes(messageId=MESSAGE, agentId=AGENT, phoneNumber=PHONE, ttl="soon"))
    assert refusal.claim is not None
    return merge_rejection(refusal.claim, refusal, REQUESTED)


def waiting(*reasons: str) -> Merge:
    return merge_waiting(send_request(**_wanted(reasons)), REQUESTED, store_content=True)


def _wanted(reasons: tuple[str, ...]) -> dict[str, Any]:
    ttl = {"ttl": "600s"} if "expired" in reasons else {}
    return {**ttl, "fallback": fallback(*reasons)} if reasons else {}


def message(*merges: Merge) -> dict[str, Any]:
    """The message's document after these."""
    documents = fold_all(merges)
    return next(document for path, document in documents.items() if "messages" in path)


def swept(http_status: int, seconds: float, decision: FallbackDecision | None = None) -> Merge:
    """The outcome of a revoke that the sweep made so long after the request."""
    return merge_swept_revoke(message(ACCEPTED), Attempt(Answer(http_status), after(seconds)), decision)


def taken_back(http_status: int, seconds: float) -> Merge:
    """The outcome of a revoke that somebody asked for."""
    return record_answer(http_status, minute=int(seconds // 60), revoke=True)


def decided(reason: str = "undelivered", certainty: str = "confirmed", seconds: float = 60) -> Merge:
    return merge_decision(message(ACCEPTED), FallbackDecision(reason, certainty, after(seconds)))


def told(seconds: float = 60) -> Merge:
    return merge_told(message(ACCEPTED), after(seconds))


def unresolved(seconds: float) -> Merge:
    return merge_unresolved(message(ACCEPTED), after(seconds))


def tap(message_id: str, own: str = "reply:yes", **changes: Any) -> bytes:
    """A user's tap on a suggestion of ours that knows its message."""
    wrapped = wrap_postbacks({"reply": {"postbackData": own}}, message_id)["reply"]["postbackData"]
    response = {"postbackData": wrapped, "text": "Yes", "type": "REPLY"}
    return event_bytes("user-message-suggestion-reply", suggestionResponse=response, **changes)


ACCEPTED = answered(200, *ALL_REASONS)

# What can happen to one message with a fallback, each as the merges of one write.
LIFE: tuple[tuple[Merge, ...], ...] = (
    (ACCEPTED,),
    (answered(503, *ALL_REASONS),),
    correlate_type("DELIVERED"),
    correlate_type("TTL_EXPIRATION_REVOKED"),
    correlate_type("TTL_EXPIRATION_REVOKE_FAILED"),
    correlate(tap(ACCEPTED.document[-1])),
    correlate(tap(ACCEPTED.document[-1], own="reply:no", messageId="another")),
    (swept(404, 61),),
    (swept(404, 121, FallbackDecision("undelivered", "inconclusive", after(121))),),
    (swept(200, 62, FallbackDecision("undelivered", "confirmed", after(62))),),
    (decided("expired", seconds=600),),
    (told(122),),
    (told(123),),
    (unresolved(1200),),
    (abandoned(Suppression.EXPIRED, 1200, *ALL_REASONS),),
    (suppressed(Suppression.EXPIRED, *ALL_REASONS),),
    (waiting(*ALL_REASONS),),
    (merge_last_attempt(answered(429, *ALL_REASONS), after(900)),),
    (answered(404, *ALL_REASONS),),
    (taken_back(404, 180),),
    (merge_orphan_looked_at({"agentId": AGENT, "messageId": MESSAGE}, after(900)),),
    (merge_next_look(message(ACCEPTED), 1_795_350_000_000),),
    (merge_next_look(message(ACCEPTED), 1_795_360_000_000),),
)
