"""Calls that the embedded emulator does not have say so, and name themselves. Google's emulator has them."""

import grpc
import pytest

UNKNOWN_CALLS = [
    "google.pubsub.v1.Publisher/ListTopicSnapshots",
    "google.pubsub.v1.Publisher/DetachSubscription",
    "google.pubsub.v1.Subscriber/Seek",
    "google.pubsub.v1.Subscriber/CreateSnapshot",
    "google.pubsub.v1.SchemaService/CreateSchema",
]


@pytest.mark.parametrize("path", UNKNOWN_CALLS)
def test_unknown_call_is_unimplemented_by_name(embedded_emulators, path: str) -> None:
    with grpc.insecure_channel(embedded_emulators.pubsub_host) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            channel.unary_unary(f"/{path}")(b"", timeout=10)
        assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
        assert path in refused.value.details()
