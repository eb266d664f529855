"""What the functions build from their settings: once for each instance, and connected on first use."""

from rbm_ledger import entry
from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.config import LedgerSettings
from rbm_ledger.usecases.recording import Recorder

# Well under the ack deadline of the subscriptions (60 s), which is also the time limit of a push.
TIMEOUT_SECONDS = 10.0


def make_recorder(settings: LedgerSettings) -> Recorder:
    return Recorder(
        ledger=make_ledger(settings),
        updates=make_publisher(settings, settings.updates_topic),
        clock=entry.utc_now,
        retention=settings.retention,
        store_content=settings.store_content,
    )


def make_publisher(settings: LedgerSettings, topic: str) -> PubSubPublisher | None:
    """None where the setting names no topic."""
    if not topic:
        return None
    return PubSubPublisher(
        topic, emulator_host=settings.cloud.pubsub_emulator_host, timeout_seconds=TIMEOUT_SECONDS
    )


def make_ledger(settings: LedgerSettings) -> FirestoreLedger:
    return FirestoreLedger(
        project=settings.cloud.project,
        database=settings.firestore_database,
        emulator_host=settings.cloud.firestore_emulator_host,
        timeout_seconds=TIMEOUT_SECONDS,
    )
