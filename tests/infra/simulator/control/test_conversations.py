"""Conversations, as the user sees them."""

import uuid

NUMBER, OTHER_NUMBER = "+4915155501234", "+4915155501235"
AGENT_ID = "growing-tree-bank"


async def test_conversation_holds_what_was_said_in_order(control, business, simulator) -> None:
    message_id = str(uuid.uuid4())
    await control("PATCH", f"phones/{NUMBER}", {"script": "0107"})
    await business.create(NUMBER, message_id=message_id)
    await simulator.advance(60)
    _, answer = await control("GET", f"phones/{NUMBER}/conversations")
    (conversation,) = answer["conversations"]
    assert (conversation["agentId"], conversation["phoneNumber"]) == (AGENT_ID, NUMBER)
    assert conversation["isSubscribed"]
    message, reply = conversation["entries"]
    assert (message["kind"], message["messageId"], message["state"]) == ("agentMessage", message_id, "read")
    assert (reply["kind"], reply["content"]) == ("userMessage", {"text": "Thank you!"})


async def test_entries_of_every_kind_are_shown(control, business, simulator) -> None:
    body = {"contentMessage": {"text": "Hi"}, "messageTrafficType": "TRANSACTION", "ttl": "60s"}
    await control("PATCH", f"phones/{NUMBER}", {"script": "0109"})
    await business.create(NUMBER, body)
    await simulator.advance(60)
    _, answer = await control("GET", f"phones/{NUMBER}/conversations")
    (conversation,) = answer["conversations"]
    assert not conversation["isSubscribed"]
    assert [entry["kind"] for entry in conversation["entries"]] == [
        "agentMessage",
        "userEvent",
        "userMessage",
    ]
    message = conversation["entries"][0]
    assert (message["messageTrafficType"], message["state"]) == ("TRANSACTION", "delivered")
    assert {"expireTime", "deliveredTime"} < message.keys()


async def test_typing_agent_is_shown_for_a_while(control, business, simulator) -> None:
    path = f"/v1/phones/{NUMBER}/agentEvents?agentId={AGENT_ID}&eventId={uuid.uuid4()}"
    status, _ = await business.call("POST", path, json={"eventType": "IS_TYPING"})
    assert status == 200
    _, answer = await control("GET", f"phones/{NUMBER}/conversations")
    assert answer["conversations"][0]["agentTypingUntil"] == "2026-11-22T10:00:20.000000Z"
    await simulator.advance(21)
    _, answer = await control("GET", f"phones/{NUMBER}/conversations")
    assert answer["conversations"][0]["agentTypingUntil"] is None


async def test_summaries_come_latest_first_and_count_the_unread(control, business, simulator) -> None:
    for number in (NUMBER, OTHER_NUMBER):
        await control("PATCH", f"phones/{number}", {"script": "hand"})
        await business.create(number)
        await simulator.advance(60)
    await business.create(NUMBER)
    _, answer = await control("GET", "conversations")
    assert answer["conversations"] == [
        {"agentId": AGENT_ID, "phoneNumber": NUMBER, "lastTime": "2026-11-22T10:02:00.000000Z", "unread": 1},
        {
            "agentId": AGENT_ID,
            "phoneNumber": OTHER_NUMBER,
            "lastTime": "2026-11-22T10:01:00.000000Z",
            "unread": 1,
        },
    ]
    _, answer = await control("GET", "conversations", limit="1")
    assert [conversation["phoneNumber"] for conversation in answer["conversations"]] == [NUMBER]


async def test_last_word_of_a_user_dates_the_conversation(control, simulator) -> None:
    await simulator.advance(5)
    action = {"kind": "text", "agentId": AGENT_ID, "text": "Hi"}
    await control("POST", f"phones/{NUMBER}/actions", action)
    _, answer = await control("GET", "conversations")
    assert answer["conversations"][0]["lastTime"] == "2026-11-22T10:00:05.000000Z"


async def test_conversation_without_a_word_has_no_time(control) -> None:
    await control("POST", f"phones/{NUMBER}/actions", {"kind": "open", "agentId": AGENT_ID})
    _, answer = await control("GET", "conversations")
    assert answer["conversations"][0]["lastTime"] is None
