"""The topic of send requests, as every command of ours publishes to it."""

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ops.local.topology import SEND_REQUESTS

_TIMEOUT_SECONDS = 20.0


def connect_send_requests(project: str, emulator_host: str) -> PubSubPublisher:
    """An empty host means the cloud."""
    return PubSubPublisher(
        f"projects/{project}/topics/{SEND_REQUESTS}",
        emulator_host=emulator_host,
        timeout_seconds=_TIMEOUT_SECONDS,
    )
