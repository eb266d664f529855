"""The topics of the system, as every command of ours publishes to them."""

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ops.local.topology import SEND_REQUESTS

_TIMEOUT_SECONDS = 20.0


def connect_send_requests(project: str, emulator_host: str) -> PubSubPublisher:
    """An empty host means the cloud."""
    return connect_topic(SEND_REQUESTS, project, emulator_host)


def connect_topic(topic: str, project: str, emulator_host: str) -> PubSubPublisher:
    """By its short name; an empty host means the cloud."""
    return PubSubPublisher(
        f"projects/{project}/topics/{topic}", emulator_host=emulator_host, timeout_seconds=_TIMEOUT_SECONDS
    )
