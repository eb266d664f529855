"""What binds, and where: each documented limit, and what one message a second takes of it.

The month is that in which the page was read. Limits can be raised by asking where the page says "quota".
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from rbm_ledger.domain.deadlines import SHARDS
from rbm_ops.capacity.life import CORRELATE, PUBSUB_BYTES, SEND, WEBHOOK
from rbm_ops.capacity.load import Load

RISING_WRITES_PER_SECOND = 500
_RAMP_START = 500
_RAMP_STEP = 1.5
_RAMP_STEP_MINUTES = 5

RAMP_SOURCE = "cloud.google.com/firestore/docs/best-practices, read 2026-11"
_PUSH = "cloud.google.com/pubsub/docs/push, read 2026-11"
_WINDOW = (
    "no wall: the window starts below ten, grows exponentially with success to 3,000 a region, then "
    "linearly; it falls back to that when answers take over 1 s or fewer than 99 % succeed"
)
# Copies of the page differ by its age; none of today was at hand.
_PUBSUB_QUOTAS = "cloud.google.com/pubsub/quotas, an older copy, read 2026-11"


@dataclass(frozen=True, slots=True)
class Limit:
    """`value` None: nobody documents one. `use`: what the load takes of it, in the same unit."""

    name: str
    value: float | None
    unit: str
    use: Callable[[Load], float]
    source: str
    note: str

    def binding_rate(self, load: Load) -> float | None:
        """Messages/s; every use grows with the rate."""
        use = self.use(load)
        return None if self.value is None or not use else load.rate * self.value / use

    def share(self, load: Load) -> float | None:
        """Of the limit; 1 is all of it."""
        return None if self.value is None else self.use(load) / self.value


def _published_mb(load: Load) -> float:
    return load.rate * load.life.published * PUBSUB_BYTES / 1e6


def _pushed_mb(load: Load) -> float:
    return load.rate * load.life.pushed * PUBSUB_BYTES / 1e6


def _outstanding(function: str) -> Callable[[Load], float]:
    def count(load: Load) -> float:
        need = load.needs[function]
        return need.requests_per_second * need.latency_ms / 1000

    return count


def _callbacks(load: Load) -> float:
    return load.rate * load.life.callbacks


def _vcpus(load: Load) -> float:
    return sum(need.needed * need.function.cpu for need in load.needs.values())


def _secret_looks(load: Load) -> float:
    """Per minute: an instance looks at its file every 10 s, and each look may be an access."""
    return 6 * load.needs[WEBHOOK].needed


LIMITS = (
    Limit(
        "RBM: messages of an agent",
        None,
        "messages/s",
        lambda load: load.rate,
        "not documented (agentMessages.create, guides of 2026-04)",
        "ask your contact at Google; hold to it with rate_per_second in agents",
    ),
    Limit(
        "RBM: callbacks to the webhook",
        None,
        "callbacks/s",
        _callbacks,
        "not documented (guides/integrate/webhooks of 2026-04)",
        "one queue for all agents of a partner: what is not answered 200 holds up the rest",
    ),
    Limit(
        "Pub/Sub: published, per region",
        50,
        "MB/s",
        _published_mb,
        _PUBSUB_QUOTAS,
        "a quota; 200 in europe-west1, us-central1, us-east1. Today's may be higher: see the project's own",
    ),
    Limit(
        "Pub/Sub: pushed, per region",
        20,
        "MB/s",
        _pushed_mb,
        "cloud.google.com/pubsub/quotas as others quote it, found 2026-11",
        "a quota; older quotations say 20, later ones 440 (large regions): see the project's own",
    ),
    Limit(
        "Pub/Sub: pushes to send at once",
        3000,
        "outstanding",
        _outstanding(SEND),
        _PUSH,
        _WINDOW,
    ),
    Limit(
        "Pub/Sub: pushes to correlate at once",
        3000,
        "outstanding",
        _outstanding(CORRELATE),
        _PUSH,
        _WINDOW,
    ),
    Limit(
        "Firestore: index of deadlines",
        RISING_WRITES_PER_SECOND * SHARDS,
        "rising entries/s",
        lambda load: load.rate,
        RAMP_SOURCE,
        f"500 for each of {SHARDS} shards (SHARDS in domain/deadlines.py), one entry a message",
    ),
    Limit(
        "Firestore: index of a value that callers let rise",
        RISING_WRITES_PER_SECOND,
        "rising entries/s",
        lambda load: load.rate,
        RAMP_SOURCE,
        "only where clientReference or a label counts up, or numbers are sent to in their order: each of "
        "these fields has an index",
    ),
    Limit(
        "Cloud Run: CPUs of a region",
        1000,
        "vCPUs",
        _vcpus,
        "cloud.google.com/run/docs/configuring/max-instances-limits, read 2026-11",
        "a quota, by region and project; 1,000 is that page's example",
    ),
    Limit(
        "Secret Manager: accesses",
        90_000,
        "accesses/min",
        _secret_looks,
        "cloud.google.com/secret-manager/quotas as others quote it, found 2026-11",
        "a quota; each webhook instance looks every 10 s",
    ),
    Limit(
        "Own setting: rate_limit_per_minute",
        120_000 / 60,
        "callbacks/s",
        _callbacks,
        "infra/variables_access.tf",
        "only with a load balancer, and if all of Google's calls came from one address",
    ),
)

# Not a matter of the rate, because the design keeps below them.
KEPT_BY_DESIGN = (
    "a publish carries 1,000 messages and 10 MB at most (a batch ends before)",
    "a BatchWrite carries 500 writes and 10 MiB at most (a batch ends before)",
    "one document takes about one write a second for long, as older pages say (a message gets one for each "
    "of its events, and what meets in a batch is one write)",
)


def ramp_minutes(operations_per_second: float) -> int:
    """Until a cold database takes so much by the rule of 500/50/5."""
    if operations_per_second <= _RAMP_START:
        return 0
    steps = math.ceil(math.log(operations_per_second / _RAMP_START, _RAMP_STEP))
    return steps * _RAMP_STEP_MINUTES


def find_bound(load: Load) -> list[Limit]:
    """Those that this load is beyond."""
    return [limit for limit in LIMITS if (limit.share(load) or 0) > 1]
