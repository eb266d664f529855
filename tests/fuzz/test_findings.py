"""What the fuzzers have found, each as the smallest input of its kind."""

import json
from collections.abc import Mapping

import pytest
from tests.functions.domain.builders import ORIGIN, refuse
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.wire import push_body
from tests.functions.usecases.correlating import Correlation
from tests.fuzz.large import bulk, many_places
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.adapters.push import parse_push
from rbm_ledger.domain.bulk import BulkRequest
from rbm_ledger.domain.errors import MalformedPush, NotJson
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.parsing import parse_request

SEND = {"GOOGLE_CLOUD_PROJECT": "some-project"}


@pytest.mark.parametrize("names", [("messageId",), ("message_id",), ("messageId", "message_id")])
def test_push_whose_id_is_half_a_surrogate_pair_is_malformed(names: tuple[str, ...]) -> None:
    """The message id of a request is made of it; UTF-8 has no bytes for it, so that `send` answered 500."""
    fields = json.loads(push_body(request_bytes()))
    for name in ("messageId", "message_id"):
        del fields["message"][name]
    fields["message"] |= dict.fromkeys(names, "\ud800")
    with pytest.raises(MalformedPush):
        parse_push(json.dumps(fields).encode())


async def test_send_refuses_a_push_whose_id_is_half_a_surrogate_pair() -> None:
    body = push_body(request_bytes(), message_id="\ud800")
    assert (await call_function(load_function("send", SEND), [body])).status == 400


LONG_NAMES: Mapping[str, str] = {"ASCII": "a" * 1025, "of four bytes each": "😀" * 257}


@pytest.mark.parametrize("agent_id", LONG_NAMES.values(), ids=LONG_NAMES)
@pytest.mark.parametrize("name", ["user-event-delivered", "user-message-text", "user-event-unsubscribe"])
async def test_event_of_an_agent_with_a_long_name_is_told_without_the_attribute(
    name: str, agent_id: str
) -> None:
    """Pub/Sub takes 1,024 bytes: the update was refused for ever, and its event never acknowledged."""
    correlation = Correlation()
    await correlation.take(event_bytes(name, agentId=agent_id))
    assert correlation.updates.messages
    for message in correlation.updates.messages:
        assert json.loads(message.data)["agentId"] == agent_id
        assert message.attributes["kind"]
        assert "agentId" not in message.attributes


def test_json_of_half_a_million_objects_is_refused_before_it_is_read() -> None:
    """14 MB of them took 445 MiB, nearly all that an instance has."""
    with pytest.raises(NotJson, match="too many objects and lists"):
        decode_object(b'{"a":[' + b'{"":0},' * 500_000 + b"0]}")
    assert decode_object(b'{"a":[' + b"{}," * 100_000 + b"0]}")


def test_bulk_request_with_too_many_places_is_refused_before_they_are_filled() -> None:
    """4 million took 8 seconds and 581 MiB: every value that was missing became a fault."""
    [fault] = refuse(bulk(200, many_places(20_000), {})).faults
    assert fault.problem.startswith("make 4000000 places")
    request = parse_request(bulk(20, many_places(1000), {f"a{n:x}": "" for n in range(1000)}), ORIGIN)
    assert isinstance(request, BulkRequest)


def test_bulk_request_with_a_long_common_part_is_refused_before_its_places_are_counted() -> None:
    """Places times recipients, in steps of Python: minutes."""
    [fault] = refuse(bulk(1000, many_places(200_000), {})).faults
    assert "at most 1000000 are allowed" in fault.problem


def test_values_are_counted_as_long_as_they_become_in_json() -> None:
    """Six bytes for a control character: six times what a bulk request may make."""
    [fault] = refuse(bulk(100, "{{a}}" * 2000, {"a": "\x01" * 50})).faults
    assert fault.problem.startswith("make 6")
