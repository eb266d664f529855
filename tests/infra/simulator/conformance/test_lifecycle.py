"""What becomes of messages over time, as a business sees it."""

import uuid

import pytest
from tests.infra.simulator.conformance.conftest import MESSAGE_ID, text_of
from tests.infra.simulator.conformance.contents import reply, with_chips
from tests.infra.simulator.conformance.google_model import AgentMessage
from tests.infra.simulator.conftest import AGENT_ID

from rbm_ops.simulator.actions import Open
from rbm_ops.simulator.fates import IN_HAND

PHONE_NUMBER = "+491715550102"


async def test_message_for_an_offline_user_is_accepted_at_once(google, webhook) -> None:
    answer = await google.send("+491715550103", text_of())
    assert answer.send_time == "2026-11-22T10:00:00.000000Z"
    assert webhook.requests == []


async def test_opening_the_conversation_reads_every_message(google, simulator, webhook) -> None:
    phone = simulator.simulation.phones.find(PHONE_NUMBER)
    phone.script = IN_HAND
    second_id = str(uuid.uuid4())
    await google.send(PHONE_NUMBER, text_of())
    await google.send(PHONE_NUMBER, text_of(), messageId=second_id)
    await simulator.advance(60)
    simulator.simulation.actions.perform(phone, Open(agent_id=AGENT_ID))
    await simulator.advance(1)
    read = [event["messageId"] for event in webhook.events if event["eventType"] == "READ"]
    assert read == [MESSAGE_ID, second_id]


@pytest.mark.parametrize("postback_data", ["reply:1", "cmVwbHk6MQ==", 'ü 🌳 "quoted"'])
async def test_postback_data_comes_back_as_it_was_sent(
    google, simulator, webhook, postback_data: str
) -> None:
    chips = with_chips(reply("Yes", postback_data))
    await google.send("+491715550108", AgentMessage(content_message=chips))
    await simulator.advance(60)
    assert webhook.events[-1]["suggestionResponse"]["postbackData"] == postback_data


async def test_send_time_is_when_the_user_acted(google, simulator, webhook) -> None:
    webhook.statuses = [503]
    await google.start_sending("+491715550119", text_of())
    await simulator.advance(3600)
    first, _, last = webhook.events
    assert (first["eventType"], first["sendTime"]) == ("DELIVERED", "2026-11-22T10:00:03.000000Z")
    assert (last["eventType"], last["sendTime"]) == ("READ", "2026-11-22T10:00:05.000000Z")
    published = webhook.requests[1]["body"]["message"]["publishTime"]
    assert published == "2026-11-22T10:00:03.000Z"
