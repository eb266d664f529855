"""US list prices: Cloud Run tier 1, Firestore in one region (Oregon). Without free tiers. They move."""

from dataclasses import dataclass

GIB = 2**30
TIB = 2**40

# An instance is billed in steps of this, from the first request that it holds to the last
# (cloud.google.com/run/pricing, read 2026-11).
BILLED_STEP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Price:
    """`usd` for `per` of `what`."""

    what: str
    usd: float
    per: float
    unit: str
    source: str

    def cost(self, amount: float) -> float:
        return amount * self.usd / self.per


_RUN = "cloud.google.com/run/pricing, read 2026-11"
_PUBSUB = "cloud.google.com/pubsub/pricing, read 2026-11"
_FIRESTORE = "firebase.google.com/docs/firestore/pricing, read 2026-11"

REQUEST = Price("requests", 0.40, 1e6, "million requests", _RUN)
CPU_SECOND = Price("CPU", 0.000024, 1, "vCPU-second", _RUN)
MEMORY_SECOND = Price("memory", 0.0000025, 1, "GiB-second", _RUN)
PUBSUB_VOLUME = Price("Pub/Sub", 40, TIB, "TiB published, pushed or pulled", _PUBSUB)
WRITE = Price("Firestore writes", 0.09, 1e5, "100,000 writes", _FIRESTORE)
READ = Price("Firestore reads", 0.03, 1e5, "100,000 reads", _FIRESTORE)
DELETE = Price("Firestore deletes by TTL", 0.01, 1e5, "100,000 deletes", _FIRESTORE)
STORED_MONTH = Price("Firestore storage", 0.15, GIB, "GiB-month", _FIRESTORE)
LOG_VOLUME = Price("logs", 0.50, GIB, "GiB", "cloud.google.com/stackdriver/pricing, read 2026-11")

PRICES = (
    REQUEST,
    CPU_SECOND,
    MEMORY_SECOND,
    PUBSUB_VOLUME,
    WRITE,
    READ,
    DELETE,
    STORED_MONTH,
    LOG_VOLUME,
)

FREE_TIER = (
    "Free each month, and not taken off: 2 million requests, 180,000 vCPU-seconds, 360,000 GiB-seconds, "
    "10 GiB of Pub/Sub, 50 GiB of logs."
)
NOT_INCLUDED = (
    "Not included, for no price was looked up, or none follows from the rate: an idle webhook instance, the "
    "sweep, backups and point-in-time recovery, Pub/Sub's retention of events, traffic to the internet, "
    "BigQuery, a load balancer."
)
