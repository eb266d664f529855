"""A service opts a user out or in: written down, told, answered; and the same on a repeat."""

import json
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, PHONE
from tests.functions.usecases.consenting import AT_MS, Consenting, after, consent_request

from rbm_ledger.domain.consent import Decision, describe_consent
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.policies import AgentPolicy

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
OPT_OUT = consent_request("optedOut", consent={"state": "optedOut", "note": "by letter"}, source="crm")


@pytest.fixture
def consenting() -> Consenting:
    return Consenting()


async def test_opt_out_is_answered_with_what_is_in_force_and_why(consenting: Consenting) -> None:
    answer = await consenting.record(OPT_OUT)
    assert json.loads(json.dumps(answer)) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "state": "optedOut",
        "optedOutAtMs": AT_MS,
        "evidence": {
            "decision": "optedOut",
            "by": "service",
            "agentId": AGENT,
            "id": OPT_OUT.message_id,
            "atMs": AT_MS,
            "source": "crm",
            "note": "by letter",
        },
    }


async def test_opt_out_is_told_with_who_asked_for_it(consenting: Consenting) -> None:
    request = consent_request("optedOut", source="crm", clientReference="42", labels={"shop": "north"})
    answer = await consenting.record(request)
    [update] = consenting.told
    assert update == {
        "kind": "consent",
        "state": "optedOut",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "source": "crm",
        "clientReference": "42",
        "labels": {"shop": "north"},
        "consent": {"optedOutAtMs": AT_MS},
        "evidence": answer["evidence"],
        "recordedTime": "2026-11-22T12:00:02.000000Z",
    }
    [message] = consenting.updates.messages
    assert message.attributes == {"kind": "consent", "state": "optedOut", "agentId": AGENT, "source": "crm"}


async def test_consent_of_a_brand_says_so_in_answer_and_update() -> None:
    consenting = Consenting(AgentPolicy(brand="b"))
    assert (await consenting.record(OPT_OUT))["brand"] == "b"
    assert consenting.told[0]["brand"] == "b"
    assert describe_consent(await consenting.read()) == {"optedOutAtMs": AT_MS}


async def test_consent_is_never_purged(consenting: Consenting) -> None:
    await consenting.record(OPT_OUT)
    assert len(consenting.ledger.documents) == 2
    assert not any("purgeTime" in document for document in consenting.ledger.documents.values())


async def test_what_counts_has_its_evidence_at_any_time(consenting: Consenting) -> None:
    """The evidence is there first: who reads the new consent must not miss what was said before it."""
    await consenting.say(OUT)
    assert [path[-2] for path in consenting.ledger.documents] == ["evidence", "consents"]


async def test_opt_in_lifts_an_earlier_opt_out_and_not_a_later_one(consenting: Consenting) -> None:
    await consenting.say(OUT, 10)
    assert (await consenting.record(consent_request("optedIn", key="early"), after(5)))["state"] == "optedOut"
    late = await consenting.record(consent_request("optedIn", key="late"), after(15))
    assert (late["state"], late["optedOutAtMs"], late["optedInAtMs"]) == (
        "optedIn",
        AT_MS + 10_000,
        AT_MS + 15_000,
    )


async def test_repeat_changes_nothing_and_is_answered_and_told_alike(consenting: Consenting) -> None:
    first = await consenting.record(OPT_OUT)
    written = {path: dict(document) for path, document in consenting.ledger.documents.items()}
    assert await consenting.record(OPT_OUT, after(3600)) == first
    assert consenting.ledger.documents == written
    assert consenting.told[0] == consenting.told[1]


async def test_repeat_does_not_overrule_what_the_user_said_meanwhile(consenting: Consenting) -> None:
    await consenting.record(OPT_OUT)
    await consenting.say(IN, 10)
    answer = await consenting.record(OPT_OUT, after(20))
    assert (answer["state"], answer["optedOutAtMs"]) == ("optedIn", AT_MS)


async def test_another_request_for_the_same_counts_anew(consenting: Consenting) -> None:
    await consenting.record(OPT_OUT)
    await consenting.say(IN, 10)
    again = consent_request("optedOut", key="another")
    assert (await consenting.record(again, after(20)))["state"] == "optedOut"


@pytest.mark.parametrize("failing_writes", [1, 2])
async def test_write_that_is_not_confirmed_is_not_told_and_the_repeat_completes_it(
    consenting: Consenting, failing_writes: int
) -> None:
    consenting.ledger.failures = [NotConfirmed("Firestore is down")] * failing_writes
    for _ in range(failing_writes):
        with pytest.raises(NotConfirmed):
            await consenting.record(OPT_OUT)
    assert consenting.told == []
    assert (await consenting.record(OPT_OUT))["state"] == "optedOut"
    assert len(consenting.told) == 1


async def test_request_that_dies_between_its_two_writes_counts_from_the_repeat_that_is_answered(
    consenting: Consenting,
) -> None:
    await consenting.record(OPT_OUT)
    for path in [path for path in consenting.ledger.documents if path[-2] == "consents"]:
        del consenting.ledger.documents[path]
    answer = await consenting.record(OPT_OUT, after(20))
    assert (answer["optedOutAtMs"], answer["evidence"]["atMs"]) == (AT_MS + 20_000, AT_MS)


async def test_update_that_is_not_confirmed_fails_and_the_repeat_tells(consenting: Consenting) -> None:
    consenting.updates.failures = [NotConfirmed("Pub/Sub is down")]
    with pytest.raises(NotConfirmed):
        await consenting.record(OPT_OUT)
    await consenting.record(OPT_OUT)
    assert len(consenting.told) == 1


async def test_service_that_repeats_what_the_user_just_said_is_answered_and_tells_nothing_more(
    consenting: Consenting,
) -> None:
    await consenting.say(OUT)
    answer: dict[str, Any] = await consenting.record(OPT_OUT, after(5))
    assert (answer["state"], answer["evidence"]["by"]) == ("optedOut", "service")
    assert [update["evidence"]["by"] for update in consenting.told] == ["event"]
