"""What an event says of consent, and when it was said."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.functions.domain.builders import (
    AGENT,
    CONSENT_DOCUMENT,
    MESSAGE,
    PHONE,
    RECEIVED,
    correlate,
    find_said,
    fold_all,
)
from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.support.payloads import event_bytes, list_names, load_bytes

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, Keywords, decide
from rbm_ledger.domain.times import to_millis

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
SENT = datetime(2018, 12, 31, 15, 1, 23, 45123, UTC)
EVENT = Evidence(OUT, EvidenceKind.EVENT, AGENT, PHONE, "MxJdOFFXN4QBmdGn1GLbqnpw", to_millis(RECEIVED))
KEYWORD = Evidence(
    OUT,
    EvidenceKind.KEYWORD,
    AGENT,
    PHONE,
    "MxIgT-4pWCQu2tH9hMkSTljQ",
    to_millis(SENT),
    note="stop",
    own_at_ms=to_millis(SENT),
)
SPEAKING = {"user-event-subscribe.json", "user-event-unsubscribe.json"}


def test_event_says_what_its_type_says() -> None:
    assert find_said(event_bytes("user-event-unsubscribe")) == EVENT
    assert find_said(event_bytes("user-event-subscribe")) == replace(EVENT, decision=IN)


def test_event_that_names_a_message_or_no_sender_says_the_same() -> None:
    assert find_said(event_bytes("user-event-unsubscribe", messageId=MESSAGE)) == EVENT
    from_server = event_bytes("user-event-unsubscribe", without=("senderPhoneNumber",), phoneNumber=PHONE)
    assert find_said(from_server) == EVENT


@pytest.mark.parametrize(
    ("name", "decision", "own_at_ms"),
    [("user-event-unsubscribe", OUT, to_millis(RECEIVED)), ("user-event-subscribe", IN, None)],
)
def test_event_without_an_id_is_known_by_its_bytes_and_an_opt_out_by_when_it_came(
    name: str, decision: Decision, own_at_ms: int | None
) -> None:
    payload = event_bytes(name, without=("eventId",))
    digest = hashlib.sha256(payload).hexdigest()
    assert find_said(payload) == replace(EVENT, decision=decision, id=digest, own_at_ms=own_at_ms)


def test_text_that_is_a_keyword_says_what_it_means_and_which_word_it_was() -> None:
    assert find_said(event_bytes("user-message-text", text=" Stop! ")) == KEYWORD
    assert find_said(event_bytes("user-message-text", text="ALTA")) == replace(
        KEYWORD, decision=IN, note="alta"
    )


def test_own_keyword_of_the_deployment_counts() -> None:
    payload = event_bytes("user-message-text", text="genug")
    assert find_said(payload) is None
    found = find_said(payload, keywords=Keywords(opt_out=frozenset({"Genug"})))
    assert found == replace(KEYWORD, note="genug")


@pytest.mark.parametrize("name", [name for name in list_names("decoded-events") if name not in SPEAKING])
def test_other_events_say_nothing_and_touch_no_consent(name: str) -> None:
    payload = load_bytes(f"decoded-events/{name}")
    assert find_said(payload) is None
    assert not any("consents" in merge.document for merge in correlate(payload))


@pytest.mark.parametrize("payload", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_hostile_bytes_say_nothing(payload: bytes) -> None:
    assert find_said(payload) is None


@pytest.mark.parametrize("text", [None, 5, ["STOP"], {"text": "STOP"}, True])
def test_text_that_is_no_text_says_nothing(text: object) -> None:
    assert find_said(event_bytes("user-message-text", text=text)) is None


@pytest.mark.parametrize("member", ["suggestionResponse", "location", "userFile"])
def test_keyword_inside_anything_but_a_text_says_nothing(member: str) -> None:
    payload = event_bytes("user-message-text", without=("text",), **{member: {"text": "STOP"}})
    assert find_said(payload) is None


@pytest.mark.parametrize(
    ("name", "changes"), [("user-event-unsubscribe", {}), ("user-message-text", {"text": "STOP"})]
)
@pytest.mark.parametrize(
    ("send_time", "counted"),
    [
        ("2018-12-31T15:01:23.045999Z", to_millis(SENT)),
        (None, to_millis(RECEIVED)),
        ("no time", to_millis(RECEIVED)),
        ("2099-01-01T00:00:00Z", to_millis(RECEIVED)),
        ("9999-12-31T23:59:59Z", to_millis(RECEIVED)),
    ],
)
def test_word_without_a_time_or_from_the_future_counts_from_its_arrival(
    name: str, changes: dict[str, str], send_time: str | None, counted: int
) -> None:
    found = find_said(event_bytes(name, **changes, sendTime=send_time))
    assert found is not None
    assert found.at_ms == counted
    assert (found.own_at_ms is None) is (send_time in (None, "no time"))


def test_opt_out_from_a_phone_ahead_of_time_can_be_lifted_later() -> None:
    ahead = correlate(event_bytes("user-event-unsubscribe", sendTime="2099-01-01T00:00:00Z"))
    lifted = correlate(event_bytes("user-event-subscribe"), received_at=RECEIVED + timedelta(minutes=1))
    assert decide(fold_all([*ahead, *lifted])[CONSENT_DOCUMENT]) is IN


@pytest.mark.parametrize(("out_on", "in_on", "decision"), [(1, 2, IN), (2, 1, OUT)])
@pytest.mark.parametrize("arrival", ["out first", "in first"])
def test_consent_goes_by_the_time_of_the_users_word_not_of_its_arrival(
    out_on: int, in_on: int, decision: Decision, arrival: str
) -> None:
    merges = [
        *correlate(event_bytes("user-event-unsubscribe", sendTime=f"2025-01-0{out_on}T00:00:00Z")),
        *correlate(event_bytes("user-message-text", text="START", sendTime=f"2025-01-0{in_on}T00:00:00Z")),
    ]
    documents = fold_all(merges if arrival == "out first" else reversed(merges))
    assert decide(documents[CONSENT_DOCUMENT]) is decision
