"""BatchWrite: the call that the group commit of this system is made of."""

import asyncio
from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1 import types


def test_each_write_has_its_own_status(raw: Any) -> None:
    raw.commit(raw.write("c/there", {"x": 1}))
    answer = raw.batch_write(
        raw.write("c/a", {"x": 1}),
        raw.write("c/none", {"x": 1}, exists=True),
        raw.write("c/there", {"x": 2}, exists=False),
        raw.delete("c/missing"),
        raw.write("c/b", {"x": 1}),
    )
    statuses = [grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS]
    statuses += [grpc.StatusCode.OK, grpc.StatusCode.OK]
    assert [status.code for status in answer.status] == [status.value[0] for status in statuses]
    assert len(answer.write_results) == 5
    assert raw.fields("c/there") == raw.fields("c/a") == raw.fields("c/b") == {"x": 1}
    assert answer.write_results[0].update_time == raw.get("c/a").update_time


def test_blind_merge_creates_and_then_changes_document(raw: Any) -> None:
    def merge(rank: int, event: str) -> types.Write:
        transforms = [raw.transform("stateRank", maximum=rank), raw.server_time("updatedTime")]
        transforms.append(raw.transform("events", append_missing_elements=[{"eventId": event}]))
        return raw.write("agents/a/messages/m", {"agentId": "a"}, mask=["agentId"], transforms=transforms)

    for rank, event in ((70, "read"), (60, "delivered"), (70, "read")):
        (result,) = raw.batch_write(merge(rank, event)).write_results
        assert result.transform_results[0].integer_value == 70
    fields = raw.fields("agents/a/messages/m")
    assert fields.pop("updatedTime") is not None
    assert fields == {
        "agentId": "a",
        "stateRank": 70,
        "events": [{"eventId": "read"}, {"eventId": "delivered"}],
    }


def test_document_written_twice_refuses_the_batch(raw: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        raw.batch_write(raw.write("c/a", {}), raw.write("c/b", {}), raw.write("c/a", {}))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert [answer.missing for answer in raw.batch_get("c/a", "c/b")] == [raw.name("c/a"), raw.name("c/b")]


def test_malformed_write_refuses_the_batch(raw: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        raw.batch_write(raw.write("c/a", {}), raw.write("c/b", {"__reserved__": 1}))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert [answer.missing for answer in raw.batch_get("c/a")] == [raw.name("c/a")]


def test_500_writes_go_through(raw: Any) -> None:
    answer = raw.batch_write(*(raw.write(f"c/{number}", {"x": number}) for number in range(500)))
    assert {status.code for status in answer.status} == {0}
    assert raw.fields("c/499") == {"x": 499}


def test_501_writes_refused(raw_embedded: Any) -> None:
    # Google's emulator accepts any number; production refuses.
    with pytest.raises(grpc.RpcError, match="more than 500") as refused:
        raw_embedded.batch_write(*(raw_embedded.write(f"c/{number}", {}) for number in range(501)))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_document_grown_too_large_fails_alone(raw_embedded: Any) -> None:
    # Google's emulator fails the whole batch; production gives each write its own status.
    raw = raw_embedded
    raw.commit(raw.write("c/large", {"x": "a" * 600_000}))
    grow = raw.write("c/large", {"y": "a" * 600_000}, mask=["y"])
    answer = raw.batch_write(raw.write("c/small", {}), grow)
    assert [status.code for status in answer.status] == [0, grpc.StatusCode.INVALID_ARGUMENT.value[0]]
    assert "exceeds the maximum" in answer.status[1].message
    assert set(raw.fields("c/large")) == {"x"}


async def test_merges_of_two_clients_into_one_document_commute(raw: Any) -> None:
    def merge(client: str, number: int) -> types.Write:
        transforms = [
            raw.transform("highest", maximum=number),
            raw.transform("sum", increment=1),
            raw.transform("events", append_missing_elements=[f"{client}{number % 7}"]),
        ]
        return raw.write("c/a", {client: number}, mask=[client], transforms=transforms)

    def write_all(client: str) -> None:
        for number in range(25):
            (status,) = raw.batch_write(merge(client, number)).status
            assert status.code == 0

    await asyncio.gather(*(asyncio.to_thread(write_all, client) for client in ("left", "right")))
    fields = raw.fields("c/a")
    assert set(fields.pop("events")) == {f"{client}{n}" for client in ("left", "right") for n in range(7)}
    assert fields == {"highest": 24, "sum": 50, "left": 24, "right": 24}
