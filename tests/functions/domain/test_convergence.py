"""Whatever the order, repetition and interleaving of merges: the same documents (DESIGN, section 3)."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain import swept
from tests.functions.domain.builders import (
    AGENT,
    CONVERSATION_DOCUMENT,
    MESSAGE_DOCUMENT,
    RECEIVED,
    Documents,
    correlate,
    correlate_type,
    fold_all,
    normalise,
    record_answer,
)
from tests.support.payloads import event_bytes

from rbm_ledger.domain.deadlines import NEVER_MS
from rbm_ledger.domain.ledger import Merge, State, combine, stamp, state_of
from rbm_ledger.domain.outcomes import NO_ANSWER

OTHER_MESSAGE = "0c9c2f9e-6a0d-4a8b-8a3f-3f1f0f6e2b11"
LATER: dict[str, Any] = {"sendTime": "2018-12-31T16:00:00Z"}

# All that can happen to one message and its conversation, each as the merges of one write of one instance.
LIFE: tuple[tuple[Merge, ...], ...] = (
    (record_answer(NO_ANSWER, ttl="600s"),),
    (record_answer(429, minute=1, ttl="600s"),),
    (record_answer(200, minute=2, ttl="600s"),),
    (record_answer(200, minute=3, revoke=True),),
    correlate_type("DELIVERED"),
    correlate_type("DELIVERED", **LATER),
    correlate_type("DELIVERED", eventId="another", **LATER),
    correlate(event_bytes("user-event-delivered-minimal")),
    correlate_type("READ"),
    correlate_type("READ", sendTime="no time"),
    correlate_type("TTL_EXPIRATION_REVOKED"),
    correlate_type("TTL_EXPIRATION_REVOKE_FAILED"),
    correlate_type("DELIVERED", eventType="PLAYED"),
    correlate_type("DELIVERED", messageId=OTHER_MESSAGE),
    correlate_type("IS_TYPING"),
    correlate_type("UNSUBSCRIBE"),
    correlate_type("UNSUBSCRIBE", **LATER),
    correlate_type("SUBSCRIBE", sendTime="2018-12-31T17:00:00Z"),
    correlate(event_bytes("user-message-text")),
    correlate(event_bytes("user-message-text", signed={"x": 1}, idClaims={}, agentReadTime="x", purgeTime=1)),
    correlate(event_bytes("user-message-suggestion-reply", messageId="another")),
    correlate(event_bytes("agent-launch-event", agentId=AGENT)),
    correlate(event_bytes("agent-launch-event", agentId=AGENT, newLaunchState="LAUNCHED", **LATER)),
    correlate(event_bytes("capability-callback-response-deprecated")),
)
lives = st.lists(st.sampled_from(LIFE), min_size=1, max_size=12) | st.lists(
    st.sampled_from(swept.LIFE), min_size=1, max_size=12
)


def flatten(writes: list[tuple[Merge, ...]]) -> list[Merge]:
    return [merge for write in writes for merge in write]


def normalise_all(documents: Documents) -> Documents:
    return {path: normalise(document) for path, document in documents.items()}


def stamp_each(merges: list[Merge]) -> list[Merge]:
    """As the instances do: each merge at a time of its own."""
    return [
        stamp(merge, now=RECEIVED + timedelta(seconds=second), retention=timedelta(days=90))
        for second, merge in enumerate(merges)
    ]


@given(lives, st.data())
def test_any_order_and_repetition_ends_in_the_same_documents(
    life: list[tuple[Merge, ...]], data: st.DataObject
) -> None:
    expected = fold_all(stamp_each(flatten(life)))
    repeated = life + data.draw(st.lists(st.sampled_from(life), max_size=8))
    shuffled = data.draw(st.permutations(flatten(repeated)))
    assert normalise_all(fold_all(stamp_each(shuffled))) == normalise_all(expected)


@given(lives, st.data())
def test_any_grouping_into_batches_ends_in_the_same_documents(
    life: list[tuple[Merge, ...]], data: st.DataObject
) -> None:
    merges = data.draw(st.permutations(flatten(life)))
    cuts = data.draw(st.lists(st.integers(0, len(merges)), max_size=4).map(sorted))
    batches = [merges[start:end] for start, end in zip([0, *cuts], [*cuts, len(merges)], strict=True)]
    written: list[Merge] = []
    for batch in batches:
        combined: dict[tuple[str, ...], Merge] = {}
        for merge in batch:
            earlier = combined.get(merge.document)
            combined[merge.document] = combine(earlier, merge) if earlier else merge
        written += combined.values()
    assert fold_all(written) == fold_all(merges)
    assert normalise_all(fold_all(written)) == normalise_all(fold_all(flatten(life)))


def test_whole_life_backwards_is_the_same_life() -> None:
    forwards, backwards = fold_all(flatten(list(LIFE))), fold_all(reversed(flatten(list(LIFE))))
    assert normalise_all(forwards) == normalise_all(backwards)
    message = forwards[MESSAGE_DOCUMENT]
    assert state_of(message) is State.READ
    assert len(message["attempts"]) == 4
    assert len(message["events"]) == 9
    assert CONVERSATION_DOCUMENT in forwards


@given(lives, st.sampled_from(LIFE))
def test_repeat_of_a_write_changes_nothing(
    life: list[tuple[Merge, ...]], repeated: tuple[Merge, ...]
) -> None:
    once = fold_all([*flatten(life), *repeated])
    assert fold_all([*flatten(life), *repeated, *repeated]) == once


def test_whole_life_with_a_fallback_backwards_is_the_same_life() -> None:
    forwards, backwards = (fold_all(flatten(list(life))) for life in (swept.LIFE, reversed(swept.LIFE)))
    assert normalise_all(forwards) == normalise_all(backwards)
    message = forwards[MESSAGE_DOCUMENT]
    assert (len(message["fallbackDecisions"]), len(message["taps"])) == (3, 2)
    assert message["sweep"]["dueAtMs"] == NEVER_MS


def without_sweep(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "sweep"}


def test_late_accepted_record_adds_to_what_the_receipts_wrote() -> None:
    early = fold_all(correlate_type("DELIVERED"))
    late = fold_all([*correlate_type("DELIVERED"), record_answer(200)])
    path = MESSAGE_DOCUMENT
    assert without_sweep(early[path]).items() <= without_sweep(late[path]).items()
    assert late[path]["sweep"] == {**early[path]["sweep"], "orphanDueAtMs": NEVER_MS}
    assert state_of(late[path]) is State.DELIVERED
    assert late[path]["content"] == {"text": "Hello, world!"}
