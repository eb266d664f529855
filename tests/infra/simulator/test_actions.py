"""What a person does with a phone by hand."""

import pytest
from tests.support.payloads import load_json

from rbm_ops.simulator.actions import (
    Open,
    SendFile,
    SendLocation,
    SendText,
    Subscribe,
    Tap,
    Type,
    Unsubscribe,
)
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.fates import IN_HAND

AGENT_ID = "growing-tree-bank"
PHONE_NUMBER = "+4915155501234"
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"


@pytest.fixture
def phone(simulator):
    phone = simulator.simulation.phones.find(PHONE_NUMBER)
    phone.script = IN_HAND
    simulator.simulation.phones.keep(phone)
    return phone


@pytest.fixture
def perform(simulator, phone):
    return lambda action: simulator.simulation.actions.perform(phone, action)


def entries_of(simulator, phone_number: str = PHONE_NUMBER) -> list[dict]:
    conversation = simulator.simulation.conversations.find(AGENT_ID, phone_number)
    return conversation.describe(simulator.simulation.clock.now())["entries"]


async def test_phone_in_hand_reads_when_the_conversation_is_opened(
    simulator, business, webhook, perform
) -> None:
    await business.create(PHONE_NUMBER, message_id=MESSAGE_ID)
    await simulator.advance(3600)
    assert webhook.kinds == ["DELIVERED"]
    (event,) = perform(Open(agent_id=AGENT_ID))
    assert (event["eventType"], event["messageId"]) == ("READ", MESSAGE_ID)
    assert perform(Open(agent_id=AGENT_ID)) == []
    await simulator.advance(1)
    assert webhook.kinds == ["DELIVERED", "READ"]
    assert [entry["state"] for entry in entries_of(simulator)] == ["read"]


async def test_opening_without_read_receipts_tells_nothing(simulator, business, phone, perform) -> None:
    phone.sends_read_receipts = False
    await business.create(PHONE_NUMBER)
    await simulator.advance(60)
    assert perform(Open(agent_id=AGENT_ID)) == []
    assert [entry["state"] for entry in entries_of(simulator)] == ["read"]


@pytest.mark.parametrize(
    ("action", "content"),
    [
        (SendText(agent_id=AGENT_ID, text="Grüße"), {"text": "Grüße"}),
        (
            SendLocation(agent_id=AGENT_ID, latitude=1.5, longitude=-2.5),
            {"location": {"latitude": 1.5, "longitude": -2.5}},
        ),
        (
            SendFile(agent_id=AGENT_ID, file_name="a.pdf", mime_type="application/pdf", file_size_bytes=9),
            {
                "userFile": {
                    "payload": {
                        "mimeType": "application/pdf",
                        "fileSizeBytes": 9,
                        "fileUri": "https://storage.googleapis.com/rbm-simulator/a.pdf",
                        "fileName": "a.pdf",
                    }
                }
            },
        ),
    ],
)
async def test_what_is_sent_arrives_and_stands_in_the_conversation(
    simulator, webhook, perform, action, content: dict
) -> None:
    perform(action)
    await simulator.advance(1)
    (event,) = webhook.events
    assert event | content == event
    assert "carrier" not in event
    (entry,) = entries_of(simulator)
    assert (entry["kind"], entry["content"], entry["messageId"]) == (
        "userMessage",
        content,
        event["messageId"],
    )


async def test_typing_is_told_without_a_message(simulator, webhook, perform) -> None:
    perform(Type(agent_id=f"{AGENT_ID}@rbm.goog"))
    await simulator.advance(1)
    (event,) = webhook.events
    assert (event["eventType"], "messageId" in event) == ("IS_TYPING", False)
    assert entries_of(simulator)[0]["eventType"] == "IS_TYPING"


async def test_tap_answers_the_chip_that_was_tapped(simulator, business, webhook, perform) -> None:
    await business.create(
        PHONE_NUMBER, load_json("agent_messages/suggested-replies.json"), message_id=MESSAGE_ID
    )
    await simulator.advance(60)
    (event,) = perform(Tap(agent_id=AGENT_ID, message_id=MESSAGE_ID, suggestion=1))
    assert event["suggestionResponse"] == {
        "postbackData": "suggestion_2",
        "text": "Suggestion #2",
        "type": "REPLY",
    }


@pytest.mark.parametrize(("message_id", "suggestion"), [(MESSAGE_ID, 9), (MESSAGE_ID, -1), ("other", 0)])
async def test_tap_on_nothing_is_refused(
    simulator, business, perform, message_id: str, suggestion: int
) -> None:
    await business.create(
        PHONE_NUMBER, load_json("agent_messages/suggested-replies.json"), message_id=MESSAGE_ID
    )
    await simulator.advance(60)
    with pytest.raises(ApiError) as refusal:
        perform(Tap(agent_id=AGENT_ID, message_id=message_id, suggestion=suggestion))
    assert refusal.value.status is Status.NOT_FOUND


@pytest.mark.parametrize(
    ("phone_number", "leave", "come_back"),
    [
        ("+14155550199", "STOP", "START"),
        ("+34600000000", "BAJA", "ALTA"),
        ("+525500000000", "BAJA", "ALTA"),
        ("+5511900000000", "parar", "começar"),
        ("+33600000000", "STOP", "Démarrer"),
        ("+81900000000", "STOP", "START"),
    ],
)
async def test_leaving_and_coming_back_send_event_and_keyword(
    simulator, phone_number: str, leave: str, come_back: str
) -> None:
    phone = simulator.simulation.phones.find(phone_number)
    left = simulator.simulation.actions.perform(phone, Unsubscribe(agent_id=AGENT_ID))
    conversation = simulator.simulation.conversations.find(AGENT_ID, phone_number)
    assert [left[0]["eventType"], left[1]["text"]] == ["UNSUBSCRIBE", leave]
    assert not conversation.is_subscribed
    back = simulator.simulation.actions.perform(phone, Subscribe(agent_id=AGENT_ID))
    assert [back[0]["eventType"], back[1]["text"]] == ["SUBSCRIBE", come_back]
    assert conversation.is_subscribed


@pytest.mark.parametrize("state", ["is_online", "has_rcs"])
async def test_phone_out_of_reach_can_do_nothing(phone, perform, state: str) -> None:
    setattr(phone, state, False)
    with pytest.raises(ApiError) as refusal:
        perform(SendText(agent_id=AGENT_ID, text="Hi"))
    assert refusal.value.status is Status.FAILED_PRECONDITION


async def test_agent_events_show_on_the_phone(simulator, business, perform) -> None:
    perform(SendText(agent_id=AGENT_ID, text="Hi"))
    (first,) = entries_of(simulator)
    path, parameters = f"/v1/phones/{PHONE_NUMBER}/agentEvents", {"agentId": AGENT_ID}
    for event_id, body in (
        ("5b3b7f0e-8c5e-4c0a-9f0e-000000000001", {"eventType": "READ", "messageId": first["messageId"]}),
        ("5b3b7f0e-8c5e-4c0a-9f0e-000000000002", {"eventType": "IS_TYPING"}),
    ):
        status, _ = await business.call("POST", path, params=parameters | {"eventId": event_id}, json=body)
        assert status == 200
    conversation = simulator.simulation.conversations.find(AGENT_ID, PHONE_NUMBER)
    now = simulator.simulation.clock.now()
    assert conversation.describe(now)["agentTypingUntil"] == "2026-11-22T10:00:20.000000Z"
    assert conversation.describe(now)["entries"][0]["isReadByAgent"]
    await simulator.advance(20)
    assert conversation.describe(simulator.simulation.clock.now())["agentTypingUntil"] is None
