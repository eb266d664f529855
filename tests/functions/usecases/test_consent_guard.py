"""What reaches a user who has opted out, and the one confirmation of each opt-out."""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, CONSENT_DOCUMENT, send_request
from tests.functions.usecases.consenting import AT_MS, Consenting

from rbm_ledger.domain.agent_message import TRAFFIC_TYPES
from rbm_ledger.domain.consent import Decision
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.records import Suppression
from rbm_ledger.usecases.consent import ConsentGuard

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
ALWAYS = ("AUTHENTICATION", "TRANSACTION", "SERVICEREQUEST")
NEVER = ("PROMOTION", "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED", None)
ACKNOWLEDGEMENT: dict[str, Any] = {"messageTrafficType": "ACKNOWLEDGEMENT"}


@pytest.fixture
def consenting() -> Consenting:
    return Consenting()


def name_message() -> str:
    return str(uuid.uuid4())


def test_every_type_of_traffic_has_its_rule() -> None:
    assert {*ALWAYS, *NEVER, "ACKNOWLEDGEMENT"} - {None} == set(TRAFFIC_TYPES)


@pytest.mark.parametrize("traffic_type", [*ALWAYS, *NEVER, "ACKNOWLEDGEMENT"])
@pytest.mark.parametrize("said", [(), (IN,), (OUT, IN)])
async def test_who_has_not_opted_out_gets_everything(
    consenting: Consenting, traffic_type: str | None, said: tuple[Decision, ...]
) -> None:
    for seconds, decision in enumerate(said):
        await consenting.say(decision, seconds)
    assert await consenting.find_suppression(messageTrafficType=traffic_type) is None
    assert "acknowledgements" not in await consenting.read()


@pytest.mark.parametrize("traffic_type", ALWAYS)
async def test_what_may_always_go_is_not_even_looked_up(consenting: Consenting, traffic_type: str) -> None:
    await consenting.say(OUT)
    consenting.ledger.reads.clear()
    assert await consenting.find_suppression(messageTrafficType=traffic_type) is None
    assert consenting.ledger.reads == []


@pytest.mark.parametrize("traffic_type", NEVER)
async def test_what_nobody_asked_for_does_not_reach_who_has_opted_out(
    consenting: Consenting, traffic_type: str | None
) -> None:
    await consenting.say(OUT)
    assert await consenting.find_suppression(messageTrafficType=traffic_type) is Suppression.OPTED_OUT


@pytest.mark.parametrize("traffic_type", [*ALWAYS, *NEVER, "ACKNOWLEDGEMENT"])
async def test_policy_may_let_less_through(traffic_type: str | None) -> None:
    consenting = Consenting(AgentPolicy(allowed_when_opted_out=frozenset({"AUTHENTICATION"})))
    await consenting.say(OUT)
    suppression = await consenting.find_suppression(messageTrafficType=traffic_type)
    assert suppression is (None if traffic_type == "AUTHENTICATION" else Suppression.OPTED_OUT)


async def test_policy_can_not_let_promotion_through() -> None:
    consenting = Consenting(AgentPolicy(allowed_when_opted_out=frozenset(TRAFFIC_TYPES)))
    await consenting.say(OUT)
    assert await consenting.find_suppression(messageTrafficType="PROMOTION") is Suppression.OPTED_OUT


@pytest.mark.parametrize(("said", "is_kept"), [((OUT,), True), ((OUT, IN), False)])
async def test_agent_that_was_given_a_brand_keeps_what_it_was_told_before(
    said: tuple[Decision, ...], is_kept: bool
) -> None:
    consenting = Consenting()
    await consenting.say(OUT)
    consenting.policy = AgentPolicy(brand="b")
    for seconds, decision in enumerate(said[1:], start=1):
        await consenting.say(decision, seconds)
    suppression = await consenting.find_suppression(messageTrafficType="PROMOTION")
    assert suppression is (Suppression.OPTED_OUT if is_kept else None)
    first, second = [
        await consenting.find_suppression(messageId=name_message(), **ACKNOWLEDGEMENT) for _ in range(2)
    ]
    assert (first, second) == (None, Suppression.ACKNOWLEDGED_BEFORE if is_kept else None)


async def test_opt_out_from_one_agent_of_a_brand_holds_for_all() -> None:
    consenting = Consenting(AgentPolicy(brand="b"))
    await consenting.say(OUT, agent_id="other")
    assert await consenting.find_suppression(messageTrafficType="PROMOTION") is Suppression.OPTED_OUT
    own = Consenting(AgentPolicy(), ledger=consenting.ledger)
    assert await own.find_suppression(messageTrafficType="PROMOTION") is None


async def test_first_acknowledgement_of_an_opt_out_goes_and_no_other(consenting: Consenting) -> None:
    await consenting.say(OUT)
    first, second = name_message(), name_message()
    assert await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=first) is None
    assert (
        await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=second)
        is Suppression.ACKNOWLEDGED_BEFORE
    )
    assert await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=first) is None
    assert (await consenting.read())["acknowledgements"] == [{"messageId": first, "optedOutAtMs": AT_MS}]


async def test_keyword_after_the_event_is_the_same_opt_out(consenting: Consenting) -> None:
    await consenting.say(OUT)
    await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=name_message())
    await consenting.say(OUT, 0.05)
    suppression = await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=name_message())
    assert suppression is Suppression.ACKNOWLEDGED_BEFORE


async def test_each_opt_out_after_an_opt_in_has_a_confirmation_of_its_own(consenting: Consenting) -> None:
    for seconds in (0, 20):
        await consenting.say(OUT, seconds)
        assert await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=name_message()) is None
        await consenting.say(IN, seconds + 10)
    assert len((await consenting.read())["acknowledgements"]) == 2


async def test_opt_in_that_is_heard_of_late_gives_no_second_confirmation(consenting: Consenting) -> None:
    await consenting.say(OUT, 20)
    await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=name_message())
    await consenting.say(IN, 10)
    suppression = await consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=name_message())
    assert suppression is Suppression.ACKNOWLEDGED_BEFORE


async def test_claim_that_is_not_confirmed_fails_and_the_repeat_goes(consenting: Consenting) -> None:
    await consenting.say(OUT)
    consenting.ledger.failures = [NotConfirmed("Firestore is down")]
    with pytest.raises(NotConfirmed):
        await consenting.find_suppression(**ACKNOWLEDGEMENT)
    assert await consenting.find_suppression(**ACKNOWLEDGEMENT) is None


async def test_message_that_dies_after_its_claim_goes_on_the_repeat(consenting: Consenting) -> None:
    await consenting.say(OUT)
    for _ in range(3):
        assert await consenting.find_suppression(**ACKNOWLEDGEMENT) is None
    assert len((await consenting.read())["acknowledgements"]) == 1


async def test_request_that_is_only_validated_claims_nothing(consenting: Consenting) -> None:
    await consenting.say(OUT)
    assert await consenting.find_suppression(**ACKNOWLEDGEMENT, validateOnly=True) is None
    assert "acknowledgements" not in await consenting.read()


async def test_thousand_confirmations_are_enough(consenting: Consenting) -> None:
    claims = tuple({"messageId": "m", "optedOutAtMs": AT_MS - number} for number in range(1000))
    await consenting.say(IN, 10)
    await consenting.say(OUT, 20)
    await consenting.ledger.merge(Merge(CONSENT_DOCUMENT, unions={("acknowledgements",): claims}))
    assert await consenting.find_suppression(**ACKNOWLEDGEMENT) is Suppression.ACKNOWLEDGED_BEFORE
    assert len((await consenting.read())["acknowledgements"]) == 1000


class MeddledLedger:
    """Somebody else acts between the claims and what is read after each of them."""

    def __init__(self, consenting: Consenting, *meddling: tuple[Decision, ...]) -> None:
        self._ledger = consenting.ledger
        self._consenting = consenting
        self._meddling = list(meddling)

    async def merge(self, merge: Merge) -> Any:
        reached = await self._ledger.merge(merge)
        for decision in self._meddling.pop(0) if self._meddling else ():
            await self._consenting.say(decision, 10 + len(self._consenting.ledger.documents))
        return reached

    async def read(self, document: Any) -> Any:
        return await self._ledger.read(document)


async def ask_meddled(consenting: Consenting, *meddling: tuple[Decision, ...]) -> Suppression | None:
    ledger: Any = MeddledLedger(consenting, *meddling)
    guard = ConsentGuard(replace(consenting.recorder, ledger=ledger))
    return await guard.find_suppression(send_request(**ACKNOWLEDGEMENT), consenting.policy)


async def test_opt_in_between_claim_and_look_lets_the_message_go(consenting: Consenting) -> None:
    await consenting.say(OUT)
    assert await ask_meddled(consenting, (IN,)) is None


async def test_another_opt_out_between_claim_and_look_is_claimed_too(consenting: Consenting) -> None:
    await consenting.say(OUT)
    assert await ask_meddled(consenting, (IN, OUT)) is None
    assert len((await consenting.read())["acknowledgements"]) == 2


async def test_consent_document_belongs_to_the_agent_of_the_request(consenting: Consenting) -> None:
    await consenting.say(OUT)
    assert CONSENT_DOCUMENT == ("agents", AGENT, "consents", "+12223334444")
    assert await consenting.find_suppression(agentId="other", messageTrafficType="PROMOTION") is None


async def test_of_many_acknowledgements_at_once_one_goes(consenting: Consenting) -> None:
    await consenting.say(OUT)
    suppressions = await asyncio.gather(
        *(consenting.find_suppression(**ACKNOWLEDGEMENT, messageId=name_message()) for _ in range(10))
    )
    assert suppressions.count(None) == 1
