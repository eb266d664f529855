"""What a person does with a phone, through the API."""

import uuid

import pytest

NUMBER = "+4915155501234"
AGENT_ID = "growing-tree-bank"
REPLY = {"reply": {"text": "Yes", "postbackData": "yes"}}


@pytest.fixture
async def act(control):
    async def perform(kind: str, **members) -> list[dict]:
        action = {"kind": kind, "agentId": AGENT_ID, **members}
        _, answer = await control("POST", f"phones/{NUMBER}/actions", action)
        return answer["events"]

    return perform


@pytest.fixture
async def message_id(control, business, simulator) -> str:
    """Of a message with one chip, delivered and not read."""
    message_id = str(uuid.uuid4())
    await control("PATCH", f"phones/{NUMBER}", {"script": "hand"})
    content = {"contentMessage": {"text": "Coming?", "suggestions": [REPLY]}}
    await business.create(NUMBER, content, message_id=message_id)
    await simulator.advance(3600)
    return message_id


async def test_opening_reads_what_was_delivered(act, message_id: str, simulator, webhook) -> None:
    (event,) = await act("open")
    assert (event["eventType"], event["messageId"]) == ("READ", message_id)
    await simulator.advance(1)
    assert webhook.events[-1] == event


async def test_typing_is_told(act) -> None:
    (event,) = await act("type")
    assert event["eventType"] == "IS_TYPING"


async def test_tap_answers_with_the_chip(act, message_id: str) -> None:
    (event,) = await act("tap", messageId=message_id, suggestion=0)
    assert event["suggestionResponse"] == {"postbackData": "yes", "text": "Yes", "type": "REPLY"}


@pytest.mark.parametrize(
    ("kind", "members", "content"),
    [
        ("text", {"text": "Hi"}, {"text": "Hi"}),
        (
            "location",
            {"latitude": 52.5, "longitude": 13.4},
            {"location": {"latitude": 52.5, "longitude": 13.4}},
        ),
    ],
)
async def test_user_sends(act, simulator, webhook, kind: str, members: dict, content: dict) -> None:
    (event,) = await act(kind, **members)
    assert content.items() <= event.items()
    await simulator.advance(1)
    assert webhook.events == [event]


async def test_file_has_its_measures(act) -> None:
    (event,) = await act("file", fileName="tree.gif", mimeType="image/gif", fileSizeBytes=1278)
    payload = event["userFile"]["payload"]
    assert (payload["fileName"], payload["mimeType"], payload["fileSizeBytes"]) == (
        "tree.gif",
        "image/gif",
        1278,
    )


@pytest.mark.parametrize(("kind", "keyword"), [("unsubscribe", "STOP"), ("subscribe", "START")])
async def test_leaving_and_coming_back_are_told_twice(act, kind: str, keyword: str) -> None:
    event, text = await act(kind)
    assert (event["eventType"], text["text"]) == (kind.upper(), keyword)


@pytest.mark.parametrize("change", [{"isOnline": False}, {"hasRcs": False}])
async def test_phone_out_of_reach_does_nothing(control, refusal, change: dict) -> None:
    await control("PATCH", f"phones/{NUMBER}", change)
    action = {"kind": "text", "agentId": AGENT_ID, "text": "Hi"}
    assert (await refusal("POST", f"phones/{NUMBER}/actions", action))[0] == "FAILED_PRECONDITION"


async def test_tap_on_nothing_is_not_found(refusal, message_id: str) -> None:
    action = {"kind": "tap", "agentId": AGENT_ID, "messageId": message_id, "suggestion": 1}
    assert (await refusal("POST", f"phones/{NUMBER}/actions", action))[0] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ({"kind": "text", "agentId": AGENT_ID}, "text"),
        ({"kind": "text", "text": "Hi"}, "agentId"),
        ({"kind": "dance", "agentId": AGENT_ID}, "$.kind"),
        ({"agentId": AGENT_ID}, "kind"),
        ({"kind": "text", "agentId": "no agent", "text": "Hi"}, "agentId"),
    ],
)
async def test_unknown_action_is_refused(refusal, action: dict, fault: str) -> None:
    status, message = await refusal("POST", f"phones/{NUMBER}/actions", action)
    assert status == "INVALID_ARGUMENT"
    assert fault in message
