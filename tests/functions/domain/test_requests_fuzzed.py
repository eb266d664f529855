"""Whatever is published or POSTed: a request that may go out, or an InvalidRequest."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import REQUEST_MEMBERS, garbage, json_values, request_objects
from tests.support.payloads import list_names, request_fields

from rbm_ledger.domain.bulk import BulkRequest
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest

ORIGIN = Origin("pubsub/1234567890", datetime(2026, 11, 22, 10, tzinfo=UTC))
FILES = [name.removesuffix(".json") for name in list_names("agent_messages")]


def read(data: bytes) -> SendRequest | BulkRequest | InvalidRequest:
    try:
        return parse_request(data, ORIGIN)
    except InvalidRequest as error:
        return error


def assert_sound(found: SendRequest | BulkRequest | InvalidRequest, fields: Any) -> None:
    if isinstance(found, BulkRequest):
        for request, part in zip(found.requests, found.parts, strict=True):
            assert_sound(request, json.loads(part))
        return
    if isinstance(found, InvalidRequest):
        assert found.faults
        assert str(found).encode()
        sender, message_id = (found.claim.sender, found.claim.message_id) if found.claim else (None, None)
    else:
        sender, message_id = found.sender, found.message_id
        assert found.agent_message.get("contentMessage") == fields.get("contentMessage")
        assert (found.kind is RequestKind.AGENT_MESSAGE) == bool(found.agent_message)
    if message_id is not None:
        assert message_id == str(uuid.UUID(message_id))
    if sender is not None:
        assert all(isinstance(text, str) for text in (sender.source, sender.client_reference))
        assert sender.labels is None or all(isinstance(label, str) for label in sender.labels.values())


def containers(value: Any) -> list[Any]:
    """Every object and array in a value, itself first."""
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for member in inner for found in containers(member))]


@given(garbage)
def test_garbage_is_an_invalid_request(data: bytes) -> None:
    assert isinstance(read(data), InvalidRequest)


@given(request_objects)
def test_object_of_real_members_is_a_request_or_invalid(data: bytes) -> None:
    assert_sound(read(data), json.loads(data))


@given(request_objects)
def test_object_of_real_members_beside_a_true_agent_and_number_is_a_request_or_invalid(data: bytes) -> None:
    fields = request_fields() | json.loads(data)
    assert_sound(read(json.dumps(fields).encode()), fields)


@given(st.sampled_from(FILES), st.data())
def test_request_with_one_value_replaced_is_a_request_or_invalid(name: str, data: st.DataObject) -> None:
    fields = request_fields(name)
    place = data.draw(st.sampled_from(containers(fields)))
    names = list(place) if isinstance(place, dict) else list(range(len(place)))
    key = data.draw(st.sampled_from(names)) if names else data.draw(st.sampled_from(REQUEST_MEMBERS))
    place[key] = data.draw(json_values(st.sampled_from(REQUEST_MEMBERS) | st.text(max_size=3)))
    assert_sound(read(json.dumps(fields).encode()), fields)


@given(
    st.sampled_from(FILES), st.dictionaries(st.text(min_size=1).map("x-{}".format), json_values(), max_size=3)
)
def test_unknown_members_of_the_content_pass_through_unchanged(name: str, unknown: dict[str, Any]) -> None:
    fields = request_fields(name)
    fields["contentMessage"] |= unknown
    found = read(json.dumps(fields).encode())
    assert isinstance(found, SendRequest)
    assert found.agent_message["contentMessage"] == fields["contentMessage"]
