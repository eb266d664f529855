"""The class of messages from and to US numbers."""

import pytest

from rbm_ops.simulator.answers import classify_agent_message, classify_user_message

RICH_MEDIA = {"classificationType": "RICH_MEDIA_MESSAGE"}
REPLY = {"reply": {"text": "Yes", "postbackData": "yes"}}


def rich(segments: int) -> dict:
    return {"classificationType": "RICH_MESSAGE", "segmentCount": segments}


def with_action(**kind: object) -> dict:
    return {"text": "a", "suggestions": [REPLY, {"action": {"text": "Go", **kind}}]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "a" * 160}, rich(1)),
        ({"text": "a" * 161}, rich(2)),
        ({"text": "ü" * 80}, rich(1)),
        ({"text": "ü" * 81}, rich(2)),
        ({"text": "a" * 160, "suggestions": [REPLY] * 11}, rich(1)),
        (with_action(dialAction={"phoneNumber": "+1"}), rich(1)),
        (with_action(openUrlAction={"url": "https://example.com"}), rich(1)),
        (with_action(openUrlAction={"url": "https://example.com", "application": "WEBVIEW"}), RICH_MEDIA),
        (with_action(shareLocationAction={}), RICH_MEDIA),
        ({"contentInfo": {"fileUrl": "https://example.com/a.png"}}, RICH_MEDIA),
        ({"richCard": {"standaloneCard": {"cardContent": {"title": "Card"}}}}, RICH_MEDIA),
    ],
)
def test_message_of_an_agent_is_classified(content: dict, expected: dict) -> None:
    assert classify_agent_message(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "a" * 161}, rich(2)),
        ({"suggestionResponse": {"text": "Yes", "postbackData": "yes", "type": "REPLY"}}, rich(1)),
        (
            {"suggestionResponse": {"text": "Go", "postbackData": "go", "type": "ACTION"}},
            {"classificationType": "SUGGESTED_ACTION_CLICK"},
        ),
        ({"userFile": {"payload": {}}}, RICH_MEDIA),
        ({"location": {"latitude": 1, "longitude": 1}}, RICH_MEDIA),
    ],
)
def test_message_of_a_user_is_classified(content: dict, expected: dict) -> None:
    assert classify_user_message(content) == expected
