"""Why a message is in its state, in words: what is said for each, and that something always is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    EVENT_FILES,
    SENDS,
    correlate_type,
    fold_one,
    merge_step,
    record_answer,
)

from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.ledger import State, fold
from rbm_ledger.domain.outcomes import Answer, Attempt, Reply, read_reply
from rbm_ledger.domain.records import Suppression

AT = datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC)
SAID_AT = "2026-11-22 10:00:05 UTC"
USER_LIMIT = "You have reached the allowed traffic limit for this agent on the user."
GAVE_UP = {"gaveUpTime": AT}

ANSWERS = {
    Reply.TAKEN: Answer(200),
    Reply.KNOWN_ID: Answer(409, "ALREADY_EXISTS"),
    Reply.INVALID: Answer(400, "INVALID_ARGUMENT", "The device does not support PDF_IN_RICH_CARDS."),
    Reply.UNAUTHENTICATED: Answer(401, "UNAUTHENTICATED", "Bad {token}."),
    Reply.FORBIDDEN: Answer(403, "PERMISSION_DENIED", "Not a tester"),
    Reply.NOT_FOUND: Answer(404, "NOT_FOUND"),
    Reply.INTERRUPTED: Answer(408),
    Reply.THROTTLED: Answer(429, "RESOURCE_EXHAUSTED"),
    Reply.USER_LIMIT: Answer(429, "RESOURCE_EXHAUSTED", USER_LIMIT),
    Reply.REFUSED: Answer(418),
    Reply.FAILED: Answer(503, "UNAVAILABLE"),
    Reply.UNEXPECTED: Answer(302),
    Reply.NO_ANSWER: Answer(0, "NO_ANSWER", "ReadTimeoutError"),
    Reply.NO_CREDENTIALS: Answer(0, "NO_CREDENTIALS", "RefreshError"),
    Reply.UNREADABLE: Answer(404, "UNREADABLE_ANSWER"),
}


def record(
    state: State, answer: Answer | None = None, *networks: dict[str, str], **fields: Any
) -> dict[str, Any]:
    attempts = [Attempt(answer, AT, networks).element("create")] if answer else []
    return {"stateRank": state.value, "attempts": attempts, **fields}


def test_answers_are_those_of_every_reply() -> None:
    assert {reply: read_reply(answer) for reply, answer in ANSWERS.items()} == {
        reply: reply for reply in Reply
    }


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            Reply.UNAUTHENTICATED,
            "refused our credentials (401 UNAUTHENTICATED: Bad {token}), not the message",
        ),
        (Reply.NO_CREDENTIALS, "no token for the call (NO_CREDENTIALS: RefreshError)"),
        (Reply.THROTTLED, "takes no more from this agent for now (429 RESOURCE_EXHAUSTED)"),
        (Reply.UNREADABLE, "a proxy, or the endpoint is wrong"),
        (Reply.NO_ANSWER, "may have taken it all the same"),
        (Reply.FAILED, "did not say what became of the message (503 UNAVAILABLE)"),
        (Reply.INTERRUPTED, "did not say what became of the message (408)"),
        (Reply.UNEXPECTED, "did not say what became of the message (302)"),
    ],
)
def test_pending_message_says_why_and_that_the_call_is_repeated_or_given_up(reply: Reply, said: str) -> None:
    repeated, given_up = (
        explain(record(State.PENDING, ANSWERS[reply], **fields)) for fields in ({}, GAVE_UP)
    )
    assert said in repeated
    assert "repeated with the same message id" in repeated
    assert said in given_up
    assert f"the last delivery of the request failed, {SAID_AT}" in given_up
    assert "The call is repeated" not in given_up


def test_message_that_waits_for_its_turn_says_so() -> None:
    assert explain(record(State.PENDING)) == (
        "It was not sent yet: its agent is paused, or sends as much as it may. "
        "It goes out by itself once that is over."
    )
    assert "by itself" not in explain(record(State.PENDING, **GAVE_UP))


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply.INVALID, "The device does not support PDF_IN_RICH_CARDS). Usual causes"),
        (Reply.FORBIDDEN, "not launched and the number is no accepted tester"),
        (Reply.REFUSED, "refused the message for good (418)"),
    ],
)
def test_rejected_message_says_what_was_refused(reply: Reply, said: str) -> None:
    assert said in explain(record(State.REJECTED, ANSWERS[reply]))


def test_request_that_is_not_valid_names_its_faults() -> None:
    faults = [{"path": "ttl", "problem": "must be seconds"}, {"path": "", "problem": "has {two} kinds"}]
    said = explain(record(State.REJECTED, ANSWERS[Reply.FORBIDDEN], faults=faults))
    assert said == (
        "Not sent, for the request is not valid: ttl must be seconds; request has {two} kinds. "
        "Mend it and send it again."
    )


def test_unreachable_number_has_no_rcs_unless_the_agent_is_known_not_to_be_launched_there() -> None:
    networks = ({"region": "vodafone-idea-india", "state": "REJECTED"}, {"region": "jio", "state": "PENDING"})
    plain, unlaunched = (
        explain(record(State.UNREACHABLE, ANSWERS[Reply.NOT_FOUND], *known)) for known in ((), networks)
    )
    assert "There is no RCS at this number (404 NOT_FOUND)" in plain
    assert "There is no RCS" not in unlaunched
    assert "since when is unknown: vodafone-idea-india (REJECTED), jio (PENDING)." in unlaunched


def test_user_limit_is_told_apart_from_a_phone_without_rcs() -> None:
    said = explain(record(State.UNREACHABLE, ANSWERS[Reply.USER_LIMIT]))
    assert "This user may get no more messages of this agent" in said
    assert "RCS" not in said


def test_call_that_decided_the_state_is_told_and_no_later_one() -> None:
    document = fold_one([record_answer(403), record_answer(503, minute=1)])
    assert "(403" in explain(document)
    assert "503" not in explain(document)


@pytest.mark.parametrize("reason", Suppression)
def test_every_reason_not_to_send_has_words_of_its_own(reason: Suppression) -> None:
    said = explain(record(State.SUPPRESSED, suppressedReason=reason.value, expireTime=AT))
    assert said.startswith("Not sent: ")
    assert "a guard of this deployment" not in said
    assert (SAID_AT in said) == (reason is Suppression.EXPIRED)


def test_reason_of_another_version_is_told_in_general() -> None:
    assert "a guard" in explain(record(State.SUPPRESSED, suppressedReason="something_new"))


def test_accepted_message_says_what_is_awaited_and_until_when() -> None:
    assert f"If it is not delivered until {SAID_AT}" in explain(record(State.ACCEPTED, expireTime=AT))
    assert "held for 30 days" in explain(record(State.ACCEPTED))


def test_event_without_a_request_is_awaited_for_a_while_and_then_foreign() -> None:
    orphan = {"events": [{"eventType": "PLAYED"}]}
    assert "The record is awaited" in explain(orphan)
    assert "somebody else sends as this agent" in explain({**orphan, "orphanedTime": AT})


def test_fallback_is_noted_with_its_reason_and_regretted_once_delivered() -> None:
    decisions = [
        {"reason": "undelivered", "certainty": "inconclusive", "decidedTime": AT},
        {"reason": "expired", "certainty": "confirmed", "decidedTime": AT + timedelta(hours=1)},
    ]
    waiting, delivered = (
        explain(record(state, fallbackDecisions=decisions)) for state in (State.ACCEPTED, State.DELIVERED)
    )
    assert f"Its fallback was requested, {SAID_AT} (undelivered, inconclusive)." in waiting
    assert "the user may have both" in delivered
    assert "the user may have both" not in waiting


def test_request_for_other_content_under_the_same_id_is_noted() -> None:
    assert "under the same id was refused (2)" in explain(record(State.ACCEPTED, conflicts=[{}, {"a": 1}]))


def test_events_of_one_id_and_different_content_are_named() -> None:
    text = explain(record(State.DELIVERED, contentConflicts=["MxJd"]))
    assert "different content came under one id (MxJd)" in text


def test_revoke_that_failed_is_noted_until_it_does_not_matter() -> None:
    revoke = record_answer(404, minute=2, revoke=True)
    assert "A revoke did not take it back (404)." in explain(fold_one([record_answer(200), revoke]))
    assert "A revoke" not in explain(fold_one([record_answer(200), revoke, *correlate_type("DELIVERED")]))


@pytest.mark.parametrize(
    "step", [*SENDS, *EVENT_FILES.keys() & {"DELIVERED", "READ", "TTL_EXPIRATION_REVOKED"}]
)
def test_document_as_it_is_written_is_explained(step: str) -> None:
    document: dict[str, Any] = {}
    for merge in merge_step(step):
        document = fold(document, merge)
    assert_plain(explain(document))


@given(
    st.sampled_from(State),
    st.sampled_from([None, *ANSWERS.values()]),
    st.dictionaries(
        st.sampled_from(("expireTime", "gaveUpTime", "unresolvedTime", "orphanedTime", "revokedTime")),
        st.just(AT),
    ),
)
def test_no_document_is_without_words(
    state: State, answer: Answer | None, times: dict[str, datetime]
) -> None:
    assert_plain(explain(record(state, answer, **times)))


def test_empty_document_and_a_newer_state_are_explained() -> None:
    assert_plain(explain({}))
    assert_plain(explain({"stateRank": 65}))


def assert_plain(said: str) -> None:
    """A sentence with nothing left to fill in."""
    assert said[0].isupper()
    assert said.endswith(".")
    assert "  " not in said
    assert "Time}" not in said
    assert "{answer}" not in said


def test_request_that_was_replayed_after_it_was_given_up_is_repeated_again() -> None:
    given_up = record(State.PENDING, ANSWERS[Reply.FAILED], **GAVE_UP)
    replayed = {**given_up, "gaveUpTime": AT - timedelta(seconds=1)}
    assert "Nobody repeats the call" in explain(given_up)
    assert "is repeated with the same message id" in explain(replayed)
