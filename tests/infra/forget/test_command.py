"""`rbm forget`: one number goes from everywhere, the other keeps everything, and what stays is said."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.functions.domain.builders import RECEIVED
from tests.infra.forget.conftest import (
    AGENTS,
    BOTH_EMULATORS,
    FORGOTTEN,
    OTHER,
    Project,
    list_merges,
    make_many,
    make_receipt,
)
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.consent import describe_consent
from rbm_ledger.domain.ledger import consent_path, fold, quarantine_path
from rbm_ledger.domain.records import quarantine_request
from rbm_ledger.domain.spilling import merge_spilled
from rbm_ledger.domain.times import format_rfc3339, to_millis

CONSENT_KINDS = {"consents", "evidence"}
KINDS = {"messages", "userMessages", "conversations", "capabilities", "quarantine", "spill", "deadLetters"}
ATTRIBUTES = {"receivedTime": format_rfc3339(RECEIVED)}


def list_letters(phone_number: str) -> list[bytes]:
    return [make_receipt(phone_number), request_bytes(phoneNumber=phone_number)]


async def seed(system: Project) -> dict[str, dict[str, Any]]:
    """Both numbers; the documents of the other one."""
    await system.write(*list_merges(OTHER))
    others = system.list_documents()
    await system.write(*list_merges(FORGOTTEN))
    system.bury(*list_letters(FORGOTTEN), *list_letters(OTHER))
    return others


@BOTH_EMULATORS
async def test_one_number_is_erased_from_everywhere_and_the_other_keeps_everything(system: Project) -> None:
    others = await seed(system)
    everything = system.list_documents()
    found = await system.forget("--with-consent", status=1)
    assert found["left"].keys() == KINDS | CONSENT_KINDS
    assert (found["erased"], found["consentKept"]) == ({}, {})
    assert system.list_documents() == everything
    assert len(system.letters()) == 4
    erased = await system.forget("--with-consent", "--yes", status=0)
    assert (erased["erased"], erased["left"]) == (found["left"], {})
    assert system.list_documents() == others
    assert system.letters() == sorted(list_letters(OTHER))
    assert (await system.forget("--with-consent", status=0))["left"] == {}


async def test_opt_out_stays_with_its_evidence_unless_it_is_asked_for(system: Project) -> None:
    others = await seed(system)
    erased = await system.forget("--yes", status=0)
    assert erased["erased"].keys() == KINDS
    assert erased["consentKept"].keys() == CONSENT_KINDS
    left = system.list_documents().keys() - others.keys()
    assert {path.split("/")[2] for path in left} == {"consents"}
    told = system.operator.run("forget", FORGOTTEN)
    assert told.returncode == 0
    assert "Consent stays" in told.stdout
    assert "--with-consent" in told.stdout


@pytest.mark.parametrize(
    "said",
    [
        event_bytes("user-event-unsubscribe", senderPhoneNumber=FORGOTTEN),
        event_bytes("user-event-unsubscribe", senderPhoneNumber=FORGOTTEN[1:]),
        event_bytes("user-message-text", senderPhoneNumber=FORGOTTEN, text="STOP"),
        request_bytes(
            phoneNumber=FORGOTTEN, contentMessage=None, messageTrafficType=None, consent={"state": "optedOut"}
        ),
    ],
    ids=["event", "spelled", "keyword", "service"],
)
async def test_opt_out_that_nobody_has_read_is_written_down_before_it_is_erased(
    system: Project, said: bytes
) -> None:
    await system.write(merge_spilled(said, ATTRIBUTES))
    system.bury(said)
    erased = await system.forget("--yes", status=0)
    assert (erased["erased"], erased["wordsOfConsentKept"]) == ({"spill": 1, "deadLetters": 1}, 2)
    record = system.cloud.read(*consent_path(AGENTS[0], "", FORGOTTEN))
    assert record is not None
    assert 0 < describe_consent(record)["optedOutAtMs"] <= to_millis(RECEIVED)


async def test_opt_out_that_was_spilled_twice_counts_from_the_last_time(system: Project) -> None:
    said = event_bytes("user-event-unsubscribe", without=("eventId",), senderPhoneNumber=FORGOTTEN)
    later = RECEIVED + timedelta(minutes=1)
    deliveries = [{"receivedTime": format_rfc3339(at)} for at in (RECEIVED, later)]
    await system.write(*(merge_spilled(said, each) for each in deliveries))
    assert (await system.forget("--yes", status=0))["wordsOfConsentKept"] == 2
    record = system.cloud.read(*consent_path(AGENTS[0], "", FORGOTTEN))
    assert describe_consent(record or {}) == {"optedOutAtMs": to_millis(later)}


async def test_request_for_many_stays_until_it_is_asked_for(system: Project) -> None:
    many = make_many(FORGOTTEN, OTHER)
    await system.write(quarantine_request(many, "refused"))
    system.bury(many)
    kept = await system.forget("--yes", status=1)
    assert (kept["erased"], kept["leftShared"]) == ({}, {"quarantine": 1, "deadLetters": 1})
    assert system.letters() == [many]
    assert system.cloud.read(*quarantine_path(many)) is not None
    erased = await system.forget("--yes", "--with-shared", status=0)
    assert erased["erased"] == {"quarantine": 1, "deadLetters": 1}
    assert system.letters() == []


async def test_what_others_said_stays_though_it_has_the_digits_of_the_number(system: Project) -> None:
    theirs = [
        event_bytes("user-message-text", senderPhoneNumber=OTHER, text=f"call me at {FORGOTTEN}"),
        event_bytes("user-event-unsubscribe", senderPhoneNumber=OTHER, eventId=FORGOTTEN[1:]),
    ]
    await system.write(*(merge_spilled(said, ATTRIBUTES) for said in theirs))
    system.bury(*theirs)
    documents = system.list_documents()
    erased = await system.forget("--yes", "--with-shared", "--with-consent", status=0)
    assert (erased["erased"], erased["leftShared"]) == ({}, {})
    assert system.list_documents() == documents
    assert system.letters() == sorted(theirs)


async def test_opt_out_of_another_stays_even_where_the_number_is_named_and_all_is_asked_for(
    system: Project,
) -> None:
    both = event_bytes("user-event-unsubscribe", senderPhoneNumber=OTHER, phoneNumber=FORGOTTEN)
    await system.write(merge_spilled(both, ATTRIBUTES))
    system.bury(both)
    kept = await system.forget("--yes", "--with-shared", "--with-consent", status=1)
    assert (kept["erased"], kept["leftShared"]) == ({}, {"spill": 1, "deadLetters": 1})
    assert system.cloud.read(*merge_spilled(both, ATTRIBUTES).document) is not None
    assert system.letters() == [both]


async def test_number_is_known_in_other_spellings_of_a_person_and_of_json(system: Project) -> None:
    escaped = json.dumps({"senderPhoneNumber": FORGOTTEN}).replace("+4", "\\u002b\\u0034").encode()
    await system.write(merge_spilled(escaped, ATTRIBUTES))
    for spelled in ("0049 (0)155 123-45678", "tel:+49-155-12345678"):
        told = system.operator.run("forget", spelled, "--wait", "0.5")
        assert told.returncode == 1
        assert "1 spill" in told.stdout
    assert system.cloud.read(*merge_spilled(escaped, ATTRIBUTES).document) is not None


async def test_numbers_are_shortened_but_where_they_are_needed(system: Project) -> None:
    await system.write(*list_merges(FORGOTTEN))
    told = system.operator.run("forget", FORGOTTEN, "--wait", "0.5").stdout
    [line] = [line for line in told.splitlines() if FORGOTTEN in line]
    assert "DELETE FROM" in line
    assert f"`{system.cloud.project}.rbm_analytics.updates`" in line
    assert told.startswith(f"Of …{FORGOTTEN[-2:]} there is: ")
    assert "backups" in told
    assert "7 days" in told
    assert "10 minutes" in told


@pytest.mark.parametrize(
    ("number", "said"),
    [("0155 12345678", "+4915512345678"), ("hello", "no phone number"), ("+49", "no phone number")],
)
def test_number_that_is_none_is_refused(system: Project, number: str, said: str) -> None:
    refused = system.operator.run("forget", number)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_cloud_that_does_not_answer_is_told_without_a_traceback(system: Project) -> None:
    refused = system.operator.run("forget", FORGOTTEN, "--prefix", "nothing-of-this-name")
    assert refused.returncode == 2
    assert "rbm: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_seeds_are_of_every_kind() -> None:
    documents = {merge.document: fold(None, merge) for merge in list_merges(FORGOTTEN)}
    assert {path[-2] for path in documents} == KINDS - {"deadLetters"} | CONSENT_KINDS
