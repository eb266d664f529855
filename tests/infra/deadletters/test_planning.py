"""What becomes of a dead letter: published as it was, under its old id, or left with the reason."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.infra.deadletters.letters import MESSAGE, NOW, make_letter

from rbm_ledger.domain.json_bytes import decode_object
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.planning import Choices, Plan, make_new_key, plan_replay

CONSENT = {"consent": {"state": "optedIn"}}
ANY = Choices(even_expired=True, late_opt_ins=True, allow_new_id=True)


def plan(letter: DeadLetter, choices: Choices | None = None, *, old_id: str | None = None) -> Plan:
    return plan_replay(letter, choices or Choices(), old_id=old_id, now=NOW)


@pytest.mark.parametrize("named", [{"messageId": "m-1"}, {"idempotencyKey": "k-1"}])
def test_request_with_an_id_is_published_as_it_was_without_what_pubsub_added(named: dict[str, str]) -> None:
    letter = make_letter(attributes={"traceparent": "t"}, **named)
    planned = plan(letter)
    assert (planned.data, planned.attributes, planned.refusal) == (letter.data, {"traceparent": "t"}, "")


def test_event_is_published_as_it_was_though_it_says_nothing_that_anybody_understands() -> None:
    letter = make_letter(b"\xff", source="rbm-events-correlate", attributes={"receivedTime": "then"})
    planned = plan(letter)
    assert (letter.topic, planned.data, planned.attributes) == (
        "rbm-events",
        b"\xff",
        {"receivedTime": "then"},
    )


def test_request_without_an_id_gets_the_one_of_its_record() -> None:
    planned = plan(make_letter(), ANY, old_id="old")
    assert decode_object(planned.data) == {**MESSAGE, "messageId": "old"}
    assert "old" in planned.note


def test_request_without_a_known_id_is_left_and_says_what_that_risks() -> None:
    planned = plan(make_letter())
    assert planned.data == b""
    assert "rather twice than never" in planned.refusal


def test_new_id_is_the_same_for_a_message_that_died_twice_and_another_for_another() -> None:
    once, again = make_letter(), make_letter(letter_id="18")
    assert make_new_key(once) == make_new_key(again)
    assert make_new_key(once) != make_new_key(make_letter(phoneNumber="+14155550102"))
    assert decode_object(plan(again, ANY).data)["idempotencyKey"] == make_new_key(once)


def test_request_for_many_without_a_key_never_takes_an_id_of_one() -> None:
    many = make_letter(phoneNumber=None, recipients=[{"phoneNumber": "+14155550101"}])
    assert plan(many, old_id="old").refusal
    assert "messageId" not in decode_object(plan(many, ANY, old_id="old").data)


@pytest.mark.parametrize(
    "kind",
    [
        {"revoke": {"messageId": "m-1"}},
        {"capability": {}},
        {"agentEvent": {"eventType": "READ"}},
        {"consent": {"state": "optedOut"}},
    ],
)
def test_request_that_makes_no_message_needs_no_id(kind: dict[str, Any]) -> None:
    fields = {name: value for name, value in MESSAGE.items() if name != "contentMessage"}
    letter = make_letter()
    letter = replace(letter, data=_encode({**fields, **kind}))
    assert plan(letter).refusal == ""


def test_opt_in_waits_for_a_word_since_it_would_count_from_now() -> None:
    fields = {name: value for name, value in MESSAGE.items() if name != "contentMessage"}
    letter = replace(make_letter(), data=_encode({**fields, **CONSENT}))
    assert "--late-opt-ins" in plan(letter).refusal
    assert plan(letter, Choices(late_opt_ins=True)).refusal == ""


def test_ttl_counts_from_when_it_was_published_first() -> None:
    assert "--even-expired" in plan(make_letter(idempotencyKey="k", ttl="3600s")).refusal
    assert plan(make_letter(idempotencyKey="k", ttl="864000s")).refusal == ""
    assert plan(make_letter(idempotencyKey="k", ttl="3600s"), Choices(even_expired=True)).refusal == ""


@pytest.mark.parametrize("ttl", ["yes", "infs", "nans", "1e300s", 7])
def test_ttl_that_is_none_is_left_to_send_to_refuse(ttl: object) -> None:
    assert plan(make_letter(idempotencyKey="k", ttl=ttl)).refusal == ""


def test_expire_time_that_is_over_is_published_for_send_records_it_as_not_sent() -> None:
    planned = plan(make_letter(idempotencyKey="k", expireTime="2026-11-22T12:00:00Z"))
    assert (planned.refusal, "records it as not sent" in planned.note) == ("", True)


def test_letter_from_elsewhere_is_left() -> None:
    assert "'s: publish it by hand" in plan(make_letter(source="another"), ANY).refusal


def test_update_that_analytics_did_not_get_is_told_to_nobody_again() -> None:
    assert "BigQuery alone" in plan(make_letter(source="rbm-updates-analytics"), ANY).refusal


def test_prefix_names_the_topics_of_another_deployment() -> None:
    letter = make_letter(source="team-send-requests-send", prefix="team", idempotencyKey="k")
    assert (letter.topic, plan(letter).refusal) == ("team-send-requests", "")


def _encode(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode()
