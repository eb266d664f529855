"""One update for each decision, in whatever order its evidence comes and whatever crashes."""

from collections.abc import Sequence

import pytest
from tests.functions.domain.builders import AGENT, CONSENT_DOCUMENT, PHONE
from tests.functions.usecases.consenting import Consenting
from tests.functions.usecases.correlating import Correlation
from tests.support.payloads import event_bytes

from rbm_ledger.domain.consent import Decision, Keywords
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.policies import AgentPolicies, AgentPolicy

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
EVENT = event_bytes("user-event-unsubscribe", sendTime="2026-11-22T11:00:00.000000Z")
KEYWORD = event_bytes("user-message-text", text="STOP", sendTime="2026-11-22T11:00:00.050000Z")
BRAND = AgentPolicies({AGENT: AgentPolicy(brand="b"), "other": AgentPolicy(brand="b"), "own": AgentPolicy()})
BRAND_CONSENT = ("brands", "b", "consents", PHONE)


def tell_kinds(correlation: Correlation) -> list[tuple[str, str]]:
    return [(update["kind"], update.get("evidence", {}).get("by", "")) for update in correlation.told]


async def test_event_and_keyword_of_one_opt_out_are_told_as_one_decision() -> None:
    correlation = Correlation()
    for payload in (EVENT, KEYWORD):
        await correlation.take(payload)
    assert tell_kinds(correlation) == [("consent", "event"), ("userMessage", "")]
    assert correlation.read(CONSENT_DOCUMENT)["optedOutAtMs"] == 1_795_345_200_050
    evidence = [path for path in correlation.ledger.documents if path[:-1] == (*CONSENT_DOCUMENT, "evidence")]
    assert len(evidence) == 2


async def test_keyword_that_overtakes_its_event_is_told_and_so_is_the_event() -> None:
    correlation = Correlation()
    for payload in (KEYWORD, EVENT):
        await correlation.take(payload)
    assert tell_kinds(correlation) == [("userMessage", ""), ("consent", "keyword"), ("consent", "event")]
    assert {update.get("state") for update in correlation.told} == {None, "optedOut"}


async def test_update_carries_the_evidence_and_both_times() -> None:
    correlation = Correlation(policies=BRAND)
    await correlation.take(event_bytes("user-event-subscribe", sendTime="2026-11-22T10:00:00Z"))
    await correlation.take(KEYWORD)
    update = correlation.told[-1]
    assert update == {
        "kind": "consent",
        "state": "optedOut",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "brand": "b",
        "consent": {"optedOutAtMs": 1_795_345_200_050, "optedInAtMs": 1_795_341_600_000},
        "evidence": {
            "decision": "optedOut",
            "by": "keyword",
            "agentId": AGENT,
            "id": "MxIgT-4pWCQu2tH9hMkSTljQ",
            "note": "stop",
            "atMs": 1_795_345_200_050,
            "ownAtMs": 1_795_345_200_050,
        },
        "recordedTime": "2026-11-22T12:00:02.000000Z",
    }
    assert correlation.updates.messages[-1].attributes == {
        "kind": "consent",
        "state": "optedOut",
        "agentId": AGENT,
    }


async def test_word_to_one_agent_of_a_brand_counts_for_all_and_is_told_once() -> None:
    correlation = Correlation(policies=BRAND)
    for agent in (AGENT, "other"):
        await correlation.take(event_bytes("user-event-unsubscribe", agentId=agent))
    assert correlation.read(BRAND_CONSENT)["brand"] == "b"
    assert len(correlation.told) == 1


async def test_word_to_an_agent_without_a_brand_or_a_policy_is_its_own() -> None:
    correlation = Correlation(policies=BRAND)
    for agent in ("own", "unheard-of"):
        await correlation.take(event_bytes("user-event-unsubscribe", agentId=agent))
    consents = {path for path in correlation.ledger.documents if path[-2] == "consents"}
    assert consents == {("agents", agent, "consents", PHONE) for agent in ("own", "unheard-of")}
    assert len(correlation.told) == 2


async def test_own_keywords_of_the_deployment_are_heard() -> None:
    correlation = Correlation(keywords=Keywords(opt_in=frozenset({"Weiter"})))
    await correlation.take(event_bytes("user-message-text", text="weiter!"))
    assert [update.get("state") for update in correlation.told] == [None, "optedIn"]


async def test_late_word_that_changes_nothing_tells_what_is_in_force() -> None:
    correlation = Correlation()
    for name, minute in (("unsubscribe", 0), ("subscribe", 30), ("unsubscribe", 15)):
        payload = event_bytes(
            f"user-event-{name}", eventId=f"{minute}", sendTime=f"2026-11-22T11:{minute:02}:00Z"
        )
        await correlation.take(payload)
    assert [update["state"] for update in correlation.told] == ["optedOut", "optedIn", "optedIn"]


async def test_stop_said_again_and_again_is_told_once_and_fills_no_document() -> None:
    consenting = Consenting()
    for number in range(200):
        await consenting.say(OUT, number * 7)
    assert len(consenting.told) == 1
    assert len(repr(await consenting.read())) < 300


async def test_changes_of_mind_within_a_minute_are_all_told() -> None:
    consenting = Consenting()
    for number, decision in enumerate((OUT, IN, OUT, OUT, IN)):
        await consenting.say(decision, number)
    assert [update["state"] for update in consenting.told] == [
        "optedOut",
        "optedIn",
        "optedOut",
        "optedIn",
    ]


async def test_same_word_after_more_than_a_minute_is_another_decision() -> None:
    consenting = Consenting()
    for seconds in (0, 60, 120.001):
        await consenting.say(OUT, seconds)
    assert [
        update["evidence"]["atMs"] - consenting.told[0]["evidence"]["atMs"] for update in consenting.told
    ] == [
        0,
        120_001,
    ]


async def test_consent_costs_no_other_event_a_read_or_a_write() -> None:
    correlation = Correlation()
    await correlation.take_file("user-message-text")
    await correlation.take_file("user-event-is-typing")
    assert correlation.ledger.reads == []
    assert not any("consents" in path for path in correlation.ledger.documents)


@pytest.mark.parametrize("order", [(EVENT, KEYWORD), (KEYWORD, EVENT)], ids=["event first", "keyword first"])
@pytest.mark.parametrize("failing_writes", range(5))
@pytest.mark.parametrize("failing_updates", range(4))
async def test_decision_is_told_whatever_crashes(
    order: Sequence[bytes], failing_writes: int, failing_updates: int
) -> None:
    correlation = Correlation()
    correlation.ledger.failures = [NotConfirmed("Firestore is down")] * failing_writes
    correlation.updates.failures = [NotConfirmed("Pub/Sub is down")] * failing_updates
    waiting = list(order)
    while waiting:  # as Pub/Sub does: what was not acknowledged comes again, after the others
        payload = waiting.pop(0)
        try:
            await correlation.take(payload)
        except NotConfirmed:
            waiting.append(payload)
    assert ("consent", "event") in tell_kinds(correlation)
    assert {update["state"] for update in correlation.told if update["kind"] == "consent"} == {"optedOut"}
