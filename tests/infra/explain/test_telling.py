"""What is told of a message beside its calls and callbacks: what else happened, and what to await and do."""

from datetime import timedelta
from typing import Any

import pytest
from tests.infra.stories.lives import AGENT_ID, MESSAGE_ID, PHONE_NUMBER, REQUESTED_AT, Life

from rbm_ledger.domain.records import Suppression
from rbm_ops.explain.finding import Subject
from rbm_ops.explain.surroundings import Surroundings, choose_replies
from rbm_ops.explain.telling import describe_message, describe_user_message

MINUTE = timedelta(minutes=1)
Record = dict[str, Any]


def tell(record: Record, surroundings: Surroundings | None = None) -> Record:
    subject = Subject("message", f"agents/{AGENT_ID}/messages/{MESSAGE_ID}", record)
    return describe_message(subject, surroundings or Surroundings(), [])


def accepted(**fields: Any) -> Record:
    life = Life()
    life.call(200)
    return {**life.record, **fields}


def titles(told: Record) -> list[str]:
    return [step["title"] for step in told["story"]]


def note_of(told: Record, title: str) -> str:
    return str(next(step["note"] for step in told["story"] if step["title"] == title))


def test_calls_and_callbacks_say_what_they_changed_and_why_not() -> None:
    life = Life()
    life.call(200)
    life.receipt("READ")
    life.receipt("DELIVERED")
    told = tell(life.record)
    assert set(titles(told)) == {"requested", "agentMessages.create", "READ", "DELIVERED"}
    assert told["state"] == "read"
    assert told["awaited"] == []


def test_taps_and_what_the_user_sent_stand_where_they_happened() -> None:
    tap = {"messageId": "u-1", "sendTime": REQUESTED_AT + MINUTE, "text": "Thanks"}
    said = {"messageId": "u-2", "kind": "text", "text": "Hello?", "sendTime": REQUESTED_AT + 2 * MINUTE}
    told = tell(accepted(taps=[tap]), Surroundings([said]))
    assert titles(told)[-2:] == ["tapped", "user sent text"]
    assert "says nothing of the state" in note_of(told, "tapped")
    assert "nothing says that it answers it" in note_of(told, "user sent text")


@pytest.mark.parametrize("text", [None, 5, {"a": 1}], ids=repr)
def test_tap_that_says_no_text_is_shown_without_one(text: object) -> None:
    told = tell(accepted(taps=[{"messageId": "u-1", "sendTime": REQUESTED_AT + MINUTE, "text": text}]))
    assert [step["outcome"] for step in told["story"] if step["title"] == "tapped"] == [""]


def test_what_the_user_sent_beside_no_known_member_is_shown_as_its_json() -> None:
    said = {"kind": "text", "contentText": '{"text":"\\ud800"}', "sendTime": REQUESTED_AT + MINUTE}
    told = tell(accepted(), Surroundings([said]))
    [step] = [step for step in told["story"] if step["title"] == "user sent text"]
    assert step["outcome"] == '{"text":"\\ud800"}'


def test_replies_are_those_that_name_the_message_and_what_came_after_it() -> None:
    before = {"messageId": "a", "sendTime": REQUESTED_AT - MINUTE}
    after = {"messageId": "b", "sendTime": REQUESTED_AT + MINUTE}
    reply = {"messageId": "c", "sendTime": REQUESTED_AT - MINUTE, "repliesTo": MESSAGE_ID}
    timeless = {"messageId": "d"}
    chosen = choose_replies(accepted(), [before, after, reply, timeless])
    assert [each["messageId"] for each in chosen] == ["c", "b"]


def test_first_fallback_decision_counts_and_says_whether_it_was_told() -> None:
    decided = [
        {"reason": "expired", "certainty": "confirmed", "decidedTime": REQUESTED_AT + MINUTE},
        {"reason": "undelivered", "certainty": "inconclusive", "decidedTime": REQUESTED_AT + 2 * MINUTE},
    ]
    told = tell(accepted(fallbackDecisions=decided, sweep={"fallbackToldAtMs": 1}))
    notes = [step["note"] for step in told["story"] if step["kind"] == "fallback"]
    assert notes == [
        "the update `fallback` was published",
        "not the decision that counts: another was there first",
    ]
    regretted = tell({**accepted(fallbackDecisions=decided, sweep={"fallbackToldAtMs": 1}), "stateRank": 60})
    assert "regretted" in note_of(regretted, "fallback decided")


def test_other_requests_under_the_same_id_are_told() -> None:
    conflicts = [
        {"requestedTime": REQUESTED_AT + MINUTE, "source": "shop", "fingerprint": "other"},
        {
            "requestedTime": REQUESTED_AT + MINUTE,
            "source": "",
            "faults": [{"path": "ttl", "problem": "is bad"}],
        },
    ]
    told = tell(accepted(conflicts=conflicts))
    other, faulty = [step for step in told["story"] if step["kind"] == "conflict"]
    assert (other["outcome"], "something else was asked for" in other["note"]) == ("from shop", True)
    assert "ttl is bad" in faulty["note"]
    assert any("idempotencyKey of its own" in action for action in told["actions"])


DEADLINES: dict[str, tuple[Record, list[tuple[timedelta, str]]]] = {
    "without expiry": ({}, [(timedelta(days=30), "unresolved")]),
    "with expiry": (
        {"expireTime": REQUESTED_AT + MINUTE},
        [(MINUTE, "takes it back"), (11 * MINUTE, "unresolved")],
    ),
    "with a fallback": (
        {"fallback": {"on": ["undelivered"], "afterSeconds": 30, "payload": {}}},
        [(MINUTE / 2, "fallback is requested (undelivered)"), (timedelta(days=30), "unresolved")],
    ),
    "delivered": ({"stateRank": 60}, []),
}


@pytest.mark.parametrize(("fields", "expected"), DEADLINES.values(), ids=DEADLINES)
def test_what_is_awaited_says_until_when_and_what_follows(
    fields: Record, expected: list[tuple[timedelta, str]]
) -> None:
    found = tell(accepted(**fields))["deadlines"]
    assert [deadline["until"] - REQUESTED_AT for deadline in found] == [after for after, _ in expected]
    assert all(then in deadline["then"] for deadline, (_, then) in zip(found, expected, strict=True))


def test_event_without_a_request_waits_for_its_record_and_says_where_to_look() -> None:
    life = Life()
    life.receipt("DELIVERED")
    told = tell(life.record)
    assert [deadline["then"] for deadline in told["deadlines"]] == [
        "its request is taken for lost, and the sweep warns"
    ]
    assert any("--elsewhere" in action for action in told["actions"])


def test_request_that_was_given_up_names_the_dead_letters() -> None:
    life = Life()
    life.call(503)
    told = tell({**life.record, "gaveUpTime": REQUESTED_AT + MINUTE})
    assert "dead letters" in note_of(told, "given up")
    assert told["awaited"] == [
        "nothing by itself: the request lies with the dead letters, and nobody repeats it"
    ]
    assert any("rbm deadletters replay" in action for action in told["actions"])


def test_consent_says_whether_it_held_the_message_back() -> None:
    out = {"optedOutAtMs": 2, "optedInAtMs": 1}
    held = {**accepted(), "stateRank": 20, "suppressedReason": Suppression.OPTED_OUT.value}
    [refused] = tell(held, Surroundings(consents={"brand b": out}))["consents"]
    [later] = tell(accepted(), Surroundings(consents={"agent a": out}))["consents"]
    [free] = tell(accepted(), Surroundings(consents={"agent a": {"optedOutAtMs": 1}}))["consents"]
    assert (refused["of"], refused["note"]) == ("brand b", "it refused this message")
    assert "not touched" in later["note"]
    assert (free["state"], later["state"]) == ("optedOut", "optedOut")


def test_users_message_names_what_it_answers() -> None:
    record = {
        "messageId": "u-1",
        "kind": "suggestionResponse",
        "repliesTo": MESSAGE_ID,
        "phoneNumber": PHONE_NUMBER,
    }
    told = describe_user_message(Subject("userMessage", "path", record))
    assert f"It answers {MESSAGE_ID}: rbm explain {MESSAGE_ID}." in told["explanation"]
