"""Documents of messages by the hundred thousand, as `send` writes them, in the collections of several agents.

`python -m rbm_ops.bench.seeding HOST PROJECT COUNT` fills an emulator: in a process of its own.
"""

import hashlib
import itertools
import sys
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.cloud.firestore_v1 import types

from rbm_ledger.adapters.firestore_values import encode_value
from rbm_ledger.domain.deadlines import shard_of
from rbm_ledger.domain.ledger import fold, message_path, stamp
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.requests import Origin, SendRequest
from rbm_ops.bench.bodies import AGENT_ID
from rbm_ops.bench.processes import BenchFailed
from rbm_ops.bench.send import make_send_request

_AGENT_IDS = (AGENT_ID, "oak-street-books", "harbour-ferries", "city-library")
_BATCH_WRITES = 500
# One is written while the next one is made.
_BATCHES_AT_ONCE = 2
_TIMEOUT_SECONDS = 60
_REQUESTED_AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
_RETENTION = timedelta(days=400)

_Request = types.BatchWriteRequest.pb()
_Response = types.BatchWriteResponse.pb()
_Write = types.Write.pb()


@dataclass(frozen=True, slots=True)
class Message:
    agent_id: str
    message_id: str


def name_message(number: int) -> Message:
    """The message of this number, the same whoever asks."""
    digest = hashlib.blake2b(str(number).encode(), digest_size=16).digest()
    return Message(_AGENT_IDS[number % len(_AGENT_IDS)], str(uuid.UUID(bytes=digest)))


class Documents:
    """Those of messages, in an emulator. Every method raises BenchFailed."""

    def __init__(self, channel: grpc.Channel, project: str) -> None:
        self._database = f"projects/{project}/databases/(default)"
        self._batch_write = channel.unary_unary(
            "/google.firestore.v1.Firestore/BatchWrite",
            request_serializer=_Request.SerializeToString,
            response_deserializer=_Response.FromString,
        )
        self._fields = _describe_accepted()

    def write(self, numbers: Iterable[int]) -> None:
        """As `send` left them: accepted, and no receipt has come."""
        self._send(self._write_accepted(number) for number in numbers)

    def delete(self, messages: Iterable[Message]) -> None:
        self._send(_Write(delete=self._name(message)) for message in messages)

    def _send(self, writes: Iterator[Any]) -> None:
        calls: deque[Any] = deque()
        while batch := list(itertools.islice(writes, _BATCH_WRITES)):
            request = _Request(database=self._database, writes=batch)
            owner = (("authorization", "Bearer owner"),)
            calls.append(self._batch_write.future(request, timeout=_TIMEOUT_SECONDS, metadata=owner))
            if len(calls) == _BATCHES_AT_ONCE:
                _await_answer(calls.popleft())
        while calls:
            _await_answer(calls.popleft())

    def _write_accepted(self, number: int) -> Any:
        message = name_message(number)
        write = _Write()
        write.update.name = self._name(message)
        fields = write.update.fields
        fields.MergeFrom(self._fields)
        fields["agentId"].string_value = message.agent_id
        fields["messageId"].string_value = message.message_id
        fields["phoneNumber"].string_value = f"+1415{5580000 + number % 10_000}"
        fields["sweep"].map_value.fields["shard"].integer_value = shard_of(message.message_id)
        return write

    def _name(self, message: Message) -> str:
        path = message_path(message.agent_id, message.message_id)
        return f"{self._database}/documents/{'/'.join(path)}"


def _describe_accepted() -> Any:
    """The fields that any of them has."""
    request = parse_request(make_send_request("any", "+14155580000"), Origin("any", _REQUESTED_AT))
    assert isinstance(request, SendRequest)  # noqa: S101 - it is for one recipient
    answer = Answer(200, body={"sendTime": "2026-11-25T10:00:00.123456Z"})
    merge = merge_attempt(request, Attempt(answer, _REQUESTED_AT), _REQUESTED_AT, store_content=True)
    record = fold(None, stamp(merge, now=_REQUESTED_AT, retention=_RETENTION))
    return encode_value(record).map_value.fields


def _await_answer(call: Any) -> None:
    try:
        failed = [status.message for status in call.result().status if status.code]
    except grpc.RpcError as error:
        raise BenchFailed(f"The emulator takes no documents: {error}") from error
    if failed:
        raise BenchFailed(f"The emulator refuses documents: {failed[0]}")


def main() -> None:
    host, project, count = sys.argv[1:]
    with grpc.insecure_channel(host) as channel:
        Documents(channel, project).write(range(int(count)))


if __name__ == "__main__":
    main()
