"""Whatever a message holds: it is refused as invalid, or can be answered, classified and walked through."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import REQUEST_MEMBERS, garbage, json_values, texts
from tests.support.payloads import list_names, load_json

from rbm_ops.simulator.agents import Agent
from rbm_ops.simulator.answers import build_agent_message
from rbm_ops.simulator.checks import check_agent_message, read_expire_time
from rbm_ops.simulator.clock import SteppedClock
from rbm_ops.simulator.contents import find_suggestions
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.files import Files
from rbm_ops.simulator.phones import Phones
from rbm_ops.simulator.resources import AgentResource, JsonObject
from rbm_ops.simulator.rest.attachments import Attachments
from rbm_ops.simulator.rest.devices import find_needed_features
from rbm_ops.simulator.rest.requests import decode_json_object

NOW = datetime(2014, 10, 2, 15, tzinfo=UTC)  # before the expireTime of a documented message
RESOURCE = AgentResource("agent", "+14155550101", "agentMessages", "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11")
NAMES = st.sampled_from(REQUEST_MEMBERS) | texts


def find_places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a JSON value, with every key or index that it has."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in list(pairs):
        yield value, key
        yield from find_places(member)


@st.composite
def altered_messages(draw: st.DrawFn) -> bytes:
    """A documented message with one to three of its members replaced by anything, and perhaps one more."""
    body = load_json(f"agent_messages/{draw(st.sampled_from(list_names('agent_messages')))}")
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(list(find_places(body))))
        container[key] = draw(json_values(NAMES))
    container, _ = draw(st.sampled_from(list(find_places(body))))
    if isinstance(container, dict):
        container[draw(NAMES)] = draw(json_values(NAMES))
    return json.dumps(body).encode()


def read_valid(data: bytes) -> JsonObject | ApiError:
    try:
        body = decode_json_object(data)
        check_agent_message(body, Agent(agent_id="agent"), NOW)
    except ApiError as error:
        return error
    return body


@given(data=garbage | altered_messages())
def test_any_message_is_refused_as_invalid_or_answered(data: bytes) -> None:
    body = read_valid(data)
    if isinstance(body, ApiError):
        assert body.status is Status.INVALID_ARGUMENT
        assert msgspec.json.encode(body.body())
    else:
        assert_answerable(body)


def assert_answerable(body: JsonObject) -> None:
    phone = Phones(remembered=1).find(RESOURCE.phone_number)
    content, attachments = body["contentMessage"], Attachments(Files(SteppedClock(NOW)), takes_unknown=False)
    answer = build_agent_message(RESOURCE, body, NOW, read_expire_time(body, NOW), phone)
    assert msgspec.json.decode(msgspec.json.encode(answer))["contentMessage"] == content
    assert {kind for kind, _ in find_suggestions(content)} <= {"reply", "action"}
    assert all(map(str, find_needed_features(content)))
    assert all(fault.problem for fault in attachments.find_faults(content))
    assert attachments.has_pdf_in_card(content) in (True, False)


@pytest.mark.parametrize("name", list_names("agent_messages"))
def test_documented_message_is_valid(name: str) -> None:
    check_agent_message(load_json(f"agent_messages/{name}"), Agent(agent_id="agent"), NOW)
