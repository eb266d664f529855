"""What a rate costs at list prices: for a million messages, and for a month."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rbm_ops.capacity import prices
from rbm_ops.capacity.functions import Function
from rbm_ops.capacity.life import PUBSUB_BYTES
from rbm_ops.capacity.load import Load, Need

SECONDS_PER_MONTH = 30 * 86400
MILLION = 1e6

# The default of retention_days (infra/variables_ledger.tf), in months.
RETENTION_MONTHS = 3
# A text of 22 characters with two receipts, by the rules of firebase.google.com/docs/firestore/storage-size,
# read 2026-11: the document and its index entries. A test holds it to the code and infra/firestore.tf.
STORED_BYTES = 4900
# Assumed: ours have 250 to 350 bytes before Cloud Logging adds its labels.
LOG_LINE_BYTES = 500


@dataclass(frozen=True, slots=True)
class Cost:
    """USD for a million messages; `how` says what of."""

    part: str
    how: str
    usd: float


def price_million(load: Load) -> list[Cost]:
    """The parts, at this rate."""
    return [*_price_run(load), _price_pubsub(load), *_price_firestore(load), _price_logs(load)]


def total(costs: list[Cost]) -> float:
    return sum(cost.usd for cost in costs)


def per_month(usd_per_million: float, rate: float) -> float:
    return usd_per_million * rate * SECONDS_PER_MONTH / MILLION


def billed_instances(need: Need) -> float:
    """How many instances hold a request at any moment, on average; idle ones are not billed.

    Requests come at random and are spread evenly; each takes whole steps of billing.
    """
    steps = math.ceil(need.latency_ms / 1000 / prices.BILLED_STEP_SECONDS)
    seconds = steps * prices.BILLED_STEP_SECONDS
    running = max(math.ceil(need.needed), 1)
    return running * (1 - math.exp(-need.requests_per_second * seconds / running))


def _price_run(load: Load) -> Iterator[Cost]:
    requests = sum(load.life.requests().values())
    yield Cost("requests", f"{requests:g} for a message", prices.REQUEST.cost(MILLION * requests))
    billed = {name: billed_instances(need) * MILLION / load.rate for name, need in load.needs.items()}
    usd = sum(_price_second(load.needs[name].function) * seconds for name, seconds in billed.items())
    yield Cost("CPU and memory", f"{sum(billed.values()):,.0f} s of instances that hold a request", usd)


def _price_second(function: Function) -> float:
    gib = function.memory_mib / 1024
    return prices.CPU_SECOND.cost(function.cpu) + prices.MEMORY_SECOND.cost(gib)


def _price_pubsub(load: Load) -> Cost:
    life = load.life
    messages = life.published + life.pushed + life.pulled
    how = f"{messages:g} × {PUBSUB_BYTES:,} bytes at most, one subscriber of updates"
    return Cost("Pub/Sub", how, prices.PUBSUB_VOLUME.cost(MILLION * messages * PUBSUB_BYTES))


def _price_firestore(load: Load) -> Iterator[Cost]:
    life = load.life
    yield Cost(
        "Firestore operations",
        f"{life.writes:g} writes, {life.reads:g} reads (one more for a promotion: consent), 1 TTL delete",
        prices.WRITE.cost(MILLION * life.writes)
        + prices.READ.cost(MILLION * life.reads)
        + prices.DELETE.cost(MILLION),
    )
    yield Cost(
        "Firestore storage",
        f"{STORED_BYTES:,} bytes with indexes (a short text), for {RETENTION_MONTHS} months",
        prices.STORED_MONTH.cost(MILLION * STORED_BYTES * RETENTION_MONTHS),
    )


def _price_logs(load: Load) -> Cost:
    lines = load.life.log_lines
    how = f"{lines:g} lines of {LOG_LINE_BYTES} bytes (assumed): one of ours and one of Cloud Run's a request"
    return Cost("logs", how, prices.LOG_VOLUME.cost(MILLION * lines * LOG_LINE_BYTES))
