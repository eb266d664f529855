"""The meter itself, and how it is read."""

from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from tests.infra.emulators.conftest import ReadMeter

from rbm_ops.emulators.meter import Counts, Meter
from rbm_ops.emulators.meter_service import read_meter, reset_meter
from rbm_ops.emulators.rpc import Metered, ServiceTable

NOTHING = Counts({}, 0, 0, 0, 0, {}, 0, 0)


def test_most_writes_is_that_of_the_document_written_most() -> None:
    meter = Meter()
    for name in ("a", "b", "a", "a", "b"):
        meter.note_write(name)
    counts = meter.read(["a", "b", "c"])
    assert (counts.documents_written, counts.most_writes) == (5, 3)
    assert counts.writes == {"a": 3, "b": 2, "c": 0}


def test_many_documents_leave_their_sum_and_the_highest_count() -> None:
    meter = Meter()
    meter.note_write("first")
    meter.note_write("first")
    for number in range(20_000):
        meter.note_write(f"document {number}")
    counts = meter.read(["first", "document 19999"])
    assert (counts.documents_written, counts.most_writes) == (20_002, 2)
    assert counts.writes == {"first": 0, "document 19999": 1}


def test_operations_and_calls_are_summed_by_service() -> None:
    meter = Meter()
    methods = ["google.firestore.v1.Firestore/BatchWrite", "google.firestore.v1.Firestore/RunQuery"]
    methods += ["google.pubsub.v1.Publisher/Publish", "google.pubsub.v1.Publisher/GetTopic"]
    for method, times in zip(methods, (4, 3, 2, 1), strict=True):
        for _ in range(times):
            meter.note_call(f"/{method}")
    meter.note_reads(5)
    meter.note_write("a")
    meter.note_delete()
    counts = meter.read()
    assert (counts.firestore_calls, counts.batch_writes, counts.publish_calls) == (7, 4, 2)
    assert counts.operations == 7


def test_reset_forgets_everything() -> None:
    meter = Meter()
    meter.note_call("/service/Method")
    meter.note_reads(1)
    meter.note_write("a")
    meter.note_delete()
    meter.note_publish(1)
    meter.note_push()
    meter.reset()
    assert meter.read() == NOTHING


def test_call_is_counted_by_the_service_that_has_it() -> None:
    meter = Meter()
    handlers = [Metered(ServiceTable(service, {}), meter) for service in ("a.One", "a.Two")]
    for method in ("/a.One/Do", "/a.Two/Do", "/a.One/Do", "/a.Three/Do"):
        for handler in handlers:
            handler.service(SimpleNamespace(method=method))
    assert meter.read().calls == {"/a.One/Do": 2, "/a.Two/Do": 1}


def test_both_addresses_answer_the_same_counts(embedded_emulators: Any, read_counts: ReadMeter) -> None:
    with grpc.insecure_channel(embedded_emulators.pubsub_host) as channel, pytest.raises(grpc.RpcError):
        channel.unary_unary("/google.pubsub.v1.Publisher/NoSuchCall")(b"", timeout=10)
    assert read_counts().calls == {"/google.pubsub.v1.Publisher/NoSuchCall": 1}
    assert read_meter(embedded_emulators.pubsub_host) == read_counts()


def test_reset_over_the_wire_forgets_everything(embedded_emulators: Any, read_counts: ReadMeter) -> None:
    with grpc.insecure_channel(embedded_emulators.pubsub_host) as channel, pytest.raises(grpc.RpcError):
        channel.unary_unary("/google.pubsub.v1.Publisher/NoSuchCall")(b"", timeout=10)
    reset_meter(embedded_emulators.pubsub_host)
    assert read_counts() == NOTHING


def test_emulator_that_does_not_count_has_no_counts(google_emulators: Any) -> None:
    assert read_meter(google_emulators.firestore_host) is None
    assert read_meter(google_emulators.pubsub_host) is None
