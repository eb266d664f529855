"""Lines of an archive, in each of its forms, come to what the functions made of the same event."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    EVENT_FILES,
    MESSAGE_DOCUMENT,
    PHONE,
    RECEIVED,
    correlate,
    correlate_type,
    find_said,
    fold_one,
    record_answer,
)
from tests.support.payloads import event_bytes

from rbm_ledger.config import CorrelateSettings, read_correlate_settings
from rbm_ledger.domain.consent import Keywords
from rbm_ledger.domain.correlation import event_element
from rbm_ledger.domain.events import UserEvent, parse_event
from rbm_ledger.domain.ledger import Merge, fold
from rbm_ledger.domain.times import format_rfc3339, to_millis
from rbm_ledger.domain.updates import consent_update, describe_event, message_update, user_message_update
from rbm_ops.rebuild.archive import read_line
from rbm_ops.rebuild.missing import find_missing


def read_merges(line: str, settings: CorrelateSettings | None = None) -> tuple[Merge, ...]:
    return read_line(line, settings or SETTINGS).merges(None, store_content=True)


SETTINGS = read_correlate_settings({"GOOGLE_CLOUD_PROJECT": "any"})
RECEIVED_TIME = format_rfc3339(RECEIVED)
FILES = (*EVENT_FILES.values(), "user-message-text", "agent-launch-event", "user-message-location")


def row(data: bytes | str, **fields: Any) -> str:
    return json.dumps({"data": data if isinstance(data, str) else data.decode(), **fields})


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


FORMS = {
    "subscription": lambda data: row(in_base64(data), attributes={"receivedTime": RECEIVED_TIME}),
    "gcloud": lambda data: json.dumps(
        {"message": {"data": in_base64(data), "publishTime": RECEIVED_TIME}, "ackId": "1"}
    ),
    "table": lambda data: row(data, attributes=json.dumps({"receivedTime": RECEIVED_TIME})),
    "table without attributes": lambda data: row(data, publish_time="2026-11-22 12:00:00 UTC"),
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("form", FORMS)
def test_line_says_what_the_functions_wrote_of_the_event(form: str, file: str) -> None:
    payload = event_bytes(file)
    archived = read_line(FORMS[form](payload), SETTINGS)
    assert (archived.merges(None, store_content=True), archived.skipped) == (correlate(payload), "")


def test_signed_event_alone_says_what_does_not_depend_on_when_it_came() -> None:
    payload = event_bytes("user-event-read")
    stored = fold_one(correlate(payload))
    assert list(find_missing(stored, read_merges(payload.decode())[0], "")) == []
    for name in ("user-event-unsubscribe", "user-message-text"):
        archived = read_line(event_bytes(name).decode(), SETTINGS)
        assert archived.merges(None, store_content=True) == ()
        assert "when it was received" in archived.skipped


def test_word_and_brand_of_a_deployment_count() -> None:
    agents = json.dumps({AGENT: {"brand": "acme"}})
    environment = {"GOOGLE_CLOUD_PROJECT": "any", "RBM_AGENTS": agents, "RBM_OPT_OUT_KEYWORDS": "enough"}
    settings: CorrelateSettings = read_correlate_settings(environment)
    payload = event_bytes("user-message-text", text="Enough")
    *_, merge = read_merges(FORMS["table"](payload), settings)
    assert find_said(payload, keywords=Keywords(opt_out=frozenset({"enough"}))) is not None
    assert merge.document == ("brands", "acme", "consents", PHONE)


# Updates, as the table of the analytics holds them


def update_row(update: Any) -> str:
    return row(update.data, attributes=json.dumps(dict(update.attributes)))


def test_update_of_a_message_says_which_event_it_told_of() -> None:
    event = parse_event(event_bytes("user-event-read"))
    assert isinstance(event, UserEvent)
    record = fold_one([record_answer(200), *correlate_type("READ")])
    update = message_update(record, event=describe_event(event), recorded_at=RECEIVED)
    [merge] = read_merges(update_row(update))
    assert (merge.document, merge.unions) == (MESSAGE_DOCUMENT, {("events",): (event_element(event),)})
    assert list(find_missing(record, merge, "")) == []
    update = message_update(record, event=None, recorded_at=RECEIVED)
    assert read_merges(update_row(update)) == ()


def test_update_of_consent_says_who_said_what() -> None:
    payload = event_bytes("user-event-unsubscribe")
    evidence = find_said(payload)
    assert evidence is not None
    update = consent_update(evidence, {"brand": "acme"}, RECEIVED)
    merges = read_merges(update_row(update))
    assert {merge.document[:4] for merge in merges} == {("brands", "acme", "consents", PHONE)}


def test_update_that_does_not_hold_what_was_signed_is_left_out_and_says_so() -> None:
    event = parse_event(event_bytes("user-event-read", sendTime="yesterday"))
    assert isinstance(event, UserEvent)
    untimed = message_update({"stateRank": 70}, event=describe_event(event), recorded_at=RECEIVED)
    said = parse_event(event_bytes("user-message-text"))
    for update in (untimed, user_message_update(said, RECEIVED)):  # type: ignore[arg-type]
        archived = read_line(update_row(update), SETTINGS)
        assert (archived.merges(None, store_content=True), archived.skipped != "") == ((), True)


@pytest.mark.parametrize(
    "line",
    ["", "[1]", "{", '{"data": 7}', '{"data": "x", "attributes": [1]}', '{"data": "{", "attributes": "{"}'],
)
def test_line_that_is_nothing_breaks_nothing(line: str) -> None:
    read_line(line, SETTINGS)


# What a document was never told


def test_lost_event_is_found_and_comes_back_with_its_rank() -> None:
    whole = fold_one([record_answer(200), *correlate_type("DELIVERED"), *correlate_type("READ")])
    lost = {**whole, "stateRank": 60, "events": whole["events"][:1]}
    [merge] = correlate_type("READ")
    found = list(find_missing(lost, merge, "why"))
    assert [(each.field, each.stored) for each in found] == [("stateRank", 60), ("events", None)]
    assert fold(lost, merge) == whole


def test_document_that_is_not_there_is_found_as_one_and_told_without_texts() -> None:
    merges: tuple[Merge, ...] = correlate(event_bytes("user-message-text"))
    found = [each for merge in merges for each in find_missing(None, merge, "why")]
    assert [each.creates for each in found] == [True] * len(merges)
    assert "Hi" not in json.dumps([each.describe() for each in found])


def test_received_time_bounds_the_clock_of_a_phone() -> None:
    payload = event_bytes("user-event-unsubscribe", sendTime="2999-01-01T00:00:00Z")
    *_, consent = read_merges(FORMS["table"](payload))
    assert list(consent.maxima.values()) == [int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)]


def test_repeat_of_a_word_counts_from_when_it_was_first_heard() -> None:
    line = read_line(FORMS["table"](event_bytes("user-event-unsubscribe")), SETTINGS)
    conversation, evidence, consent = line.merges(1000, store_content=True)
    assert list(conversation.maxima.values()) == [to_millis(RECEIVED)]
    assert list(evidence.minima.values()) == list(consent.minima.values()) == [1000]
    *_, consent = line.merges(to_millis(RECEIVED) + 1, store_content=True)
    assert list(consent.minima.values()) == [to_millis(RECEIVED)]


def test_word_that_the_ledger_heard_later_is_found() -> None:
    for merge in read_merges(FORMS["table"](event_bytes("user-event-unsubscribe")))[1:]:
        [path] = merge.minima
        later = fold(None, Merge(merge.document, minima={path: to_millis(RECEIVED) + 1}))
        [difference] = find_missing(later, merge, "why")
        assert (difference.field, difference.rebuilt) == (".".join(path), to_millis(RECEIVED))
        assert list(find_missing(fold(later, merge), merge, "why")) == []
