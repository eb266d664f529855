"""One message of a subscription, in every dress that Pub/Sub and Eventarc give it."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.functions.domain.strategies import HOSTILE_BYTES, garbage, json_values
from tests.support.payloads import list_names, load_bytes, load_json

from rbm_ledger.adapters.push import Push, is_push, parse_push, unwrap_push
from rbm_ledger.domain.errors import MalformedPush

SUBSCRIPTION = "projects/rbm/subscriptions/correlate"
PAYLOAD = load_bytes("decoded-events/user-event-delivered.json")
PUBLISHED = datetime(2026, 11, 22, 10, 0, 0, 123000, tzinfo=UTC)
MESSAGE: dict[str, Any] = {
    "data": base64.b64encode(PAYLOAD).decode(),
    "attributes": {"family": "UserEvent", "type": "DELIVERED"},
    "messageId": "14150481888479752",
    "publishTime": "2026-11-22T10:00:00.123Z",
}
PUSH = Push(PAYLOAD, MESSAGE["attributes"], "14150481888479752", PUBLISHED, 0)


def push_body(message: Any = MESSAGE, **envelope: Any) -> bytes:
    return json.dumps({"message": message, "subscription": SUBSCRIPTION, **envelope}).encode()


def change(**members: Any) -> dict[str, Any]:
    """The message with these members; None leaves one out."""
    return {name: value for name, value in {**MESSAGE, **members}.items() if value is not None}


def test_plain_push_and_binary_cloud_event_have_the_same_body() -> None:
    assert parse_push(push_body()) == PUSH


def test_structured_cloud_event_holds_the_push_in_its_data() -> None:
    event = {
        "specversion": "1.0",
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "source": "//pubsub.googleapis.com/projects/rbm/topics/rbm-events",
        "id": "14150481888479752",
        "datacontenttype": "application/json",
        "data": json.loads(push_body(deliveryAttempt=3)),
    }
    assert parse_push(json.dumps(event).encode()) == Push(
        PAYLOAD, PUSH.attributes, PUSH.message_id, PUBLISHED, 3
    )


@pytest.mark.parametrize("name", ["envelope-user-text", "envelope-agent-launch-event", "envelope-minimal"])
def test_recorded_envelope_is_read(name: str) -> None:
    message = load_json(f"webhook-bodies/{name}.json")["message"]
    push = parse_push(load_bytes(f"webhook-bodies/{name}.json"))
    assert json.loads(push.data)["agentId"].endswith("@rbm.goog")
    assert push.attributes == message.get("attributes", {})
    assert push.message_id == message.get("messageId", "")


@pytest.mark.parametrize(
    "message",
    [
        change(message_id=MESSAGE["messageId"], publish_time=MESSAGE["publishTime"]),
        change(messageId=None, message_id=MESSAGE["messageId"]),
        change(publishTime=None, publish_time=MESSAGE["publishTime"]),
        change(messageId="", message_id=MESSAGE["messageId"]),
        change(orderingKey="growing-tree-bank"),
    ],
    ids=["both spellings", "message_id alone", "publish_time alone", "empty twin", "ordering key"],
)
def test_every_spelling_of_the_same_message_reads_the_same(message: dict[str, Any]) -> None:
    assert parse_push(push_body(message)) == PUSH


@pytest.mark.parametrize("message", [change(data=None), change(data="")], ids=["no data key", "empty data"])
def test_message_of_attributes_alone_has_no_data(message: dict[str, Any]) -> None:
    assert parse_push(push_body(message)) == Push(b"", PUSH.attributes, PUSH.message_id, PUBLISHED, 0)


@pytest.mark.parametrize(
    ("counted", "attempt"), [({}, 0), ({"deliveryAttempt": 5}, 5), ({"deliveryAttempt": "x"}, 0)]
)
def test_delivery_attempt_is_0_where_the_subscription_does_not_count(
    counted: dict[str, Any], attempt: int
) -> None:
    assert parse_push(push_body(**counted)).delivery_attempt == attempt


@pytest.mark.parametrize("attributes", [None, [], "family", 1])
def test_attributes_that_are_none_read_as_empty(attributes: Any) -> None:
    assert parse_push(push_body(change(attributes=attributes))).attributes == {}


def test_attribute_that_is_no_text_is_left_out() -> None:
    assert parse_push(push_body(change(attributes={"a": "1", "b": 2, "c": None}))).attributes == {"a": "1"}


@pytest.mark.parametrize("publish_time", [None, "", "yesterday", 5, "2026-13-01T00:00:00Z"])
def test_unreadable_publish_time_reads_as_none(publish_time: Any) -> None:
    assert parse_push(push_body(change(publishTime=publish_time))).publish_time is None


@pytest.mark.parametrize("data", [5, {}, "no base64!", "YQ", "YQ==\n", "-_-_", "ä", "YQ==YQ=="], ids=ascii)
def test_data_that_is_not_standard_base64_is_malformed(data: Any) -> None:
    with pytest.raises(MalformedPush):
        parse_push(push_body(change(data=data)))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"message": None},
        {"message": "text"},
        {"message": []},
        {"subscription": SUBSCRIPTION},
        {"specversion": "1.0"},
        {"specversion": "1.0", "data": None},
        {"specversion": "1.0", "data": "text"},
        {"specversion": "1.0", "data": {"message": 1}},
        {"specversion": "1.0", "message": MESSAGE},
    ],
    ids=json.dumps,
)
def test_body_without_a_message_is_malformed(fields: dict[str, Any]) -> None:
    with pytest.raises(MalformedPush):
        unwrap_push(fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"message": 1}, True), ({"specversion": "1.0"}, True), ({"agentId": "a", "contentMessage": {}}, False)],
)
def test_envelope_is_told_from_what_it_carries(fields: dict[str, Any], expected: bool) -> None:
    assert is_push(fields) is expected


@pytest.mark.parametrize("name", list_names("agent_messages"))
def test_send_request_is_no_push(name: str) -> None:
    assert not is_push(load_json(f"agent_messages/{name}"))


@pytest.mark.parametrize("body", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES.keys())
def test_hostile_bytes_are_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPush):
        parse_push(body)


hostile_messages = json_values(st.sampled_from((*MESSAGE, "message_id", "publish_time", "orderingKey")))
hostile_envelopes = st.fixed_dictionaries(
    {},
    optional={
        "message": hostile_messages,
        "specversion": st.just("1.0"),
        "deliveryAttempt": json_values(),
        "data": st.fixed_dictionaries({"message": hostile_messages}) | json_values(),
    },
)


@settings(max_examples=200)
@given(garbage | hostile_envelopes.map(lambda fields: json.dumps(fields).encode()))
def test_any_body_is_a_push_or_malformed(body: bytes) -> None:
    try:
        push = parse_push(body)
    except MalformedPush:
        return
    assert isinstance(push.data, bytes)
    assert isinstance(push.message_id, str)
    assert isinstance(push.delivery_attempt, int)
    assert all(isinstance(value, str) for value in push.attributes.values())


@settings(max_examples=100)
@given(st.binary(), st.dictionaries(st.text(), st.text(), max_size=4))
def test_any_message_survives_its_envelope(data: bytes, attributes: dict[str, str]) -> None:
    message = change(data=base64.b64encode(data).decode(), attributes=attributes)
    assert parse_push(push_body(message)) == Push(data, attributes, PUSH.message_id, PUBLISHED, 0)
