"""What `correlate` and `send` build alike from their settings."""

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.config import LedgerSettings

# Well under the ack deadline of the subscriptions (60 s), which is also the time limit of a push.
_TIMEOUT_SECONDS = 10.0


def make_ledger(settings: LedgerSettings) -> FirestoreLedger:
    return FirestoreLedger(
        project=settings.cloud.project,
        database=settings.firestore_database,
        emulator_host=settings.cloud.firestore_emulator_host,
        timeout_seconds=_TIMEOUT_SECONDS,
    )


def make_updates(settings: LedgerSettings) -> PubSubPublisher | None:
    """The topic rbm-updates, or None where nobody wants updates."""
    if not settings.updates_topic:
        return None
    return PubSubPublisher(
        settings.updates_topic,
        emulator_host=settings.cloud.pubsub_emulator_host,
        timeout_seconds=_TIMEOUT_SECONDS,
    )
