"""The embedded emulator as a process: what survives it, and what it does not know."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types

from rbm_ops.ports import find_free_port, wait_until_listening


@contextlib.contextmanager
def _running_on(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and the host of its Firestore."""
    port = find_free_port()
    command = [sys.executable, "-m", "rbm_ops.emulators", "--data", str(folder)]
    command += ["--pubsub-port", str(find_free_port()), "--firestore-port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert wait_until_listening(port, timeout_seconds=30)
            yield process, f"127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.mark.parametrize("end", [subprocess.Popen.terminate, subprocess.Popen.kill])
def test_restart_with_data_keeps_everything(
    tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    with _running_on(tmp_path) as (process, host):
        client = _client(host, project, monkeypatch)
        for number in range(20):
            client.document(f"agents/a/messages/{number}").set({"stateRank": number})
        client.document("agents/a/messages/3").delete()
        client.document("agents/a/messages/4").update({"events": firestore.ArrayUnion(["e"])})
        before = _everything(client)
        end(process)
        process.wait(timeout=10)
        client._firestore_api.transport.close()
    with _running_on(tmp_path) as (_, host):
        client = _client(host, project, monkeypatch)
        assert len(before) == 19
        assert _everything(client) == before
        document = client.document("agents/a/messages/4")
        stored = document.get().update_time
        document.update({"events": firestore.ArrayUnion(["f"])})
        assert document.get().get("events") == ["e", "f"]
        assert document.get().update_time > stored
        client._firestore_api.transport.close()


def _client(host: str, project: str, monkeypatch: pytest.MonkeyPatch) -> firestore.Client:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", host)
    return firestore.Client(project=project)


def _everything(client: firestore.Client) -> list[tuple[str, dict[str, Any], Any]]:
    snapshots = client.collection_group("messages").stream()
    return [(found.reference.path, found.to_dict(), found.update_time) for found in snapshots]


@pytest.mark.parametrize("method", ["PartitionQuery", "NoSuchCall"])
def test_unknown_call_answers_with_its_name(embedded_emulators: Any, method: str) -> None:
    path = f"/google.firestore.v1.Firestore/{method}"
    with (
        grpc.insecure_channel(embedded_emulators.firestore_host) as channel,
        pytest.raises(grpc.RpcError) as refused,
    ):
        channel.unary_unary(path)(b"", timeout=10)
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert path in refused.value.details()


def test_unknown_parts_of_known_calls_answer_unimplemented(raw_embedded: Any) -> None:
    average = {"avg": {"field": {"field_path": "x"}}}
    query = {"structured_query": {"from_": [{"collection_id": "c"}]}, "aggregations": [average]}
    request = types.RunAggregationQueryRequest(parent=raw_embedded.root, structured_aggregation_query=query)
    with pytest.raises(grpc.RpcError, match="other than count") as refused:
        raw_embedded.stream("RunAggregationQuery", request)
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
