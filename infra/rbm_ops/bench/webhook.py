"""Scenario: signed deliveries, each answered once it is published."""

from collections.abc import Iterator, Sequence

from rbm_ops.bench.bodies import webhook_requests
from rbm_ops.bench.driving import Load
from rbm_ops.bench.measures import HELLO_ASYNC, OURS, Sample
from rbm_ops.bench.rounds import find_maximum_rate, is_look, measure_round
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import webhook_variants

CONNECTIONS = (1, 8, 32, 128)
# With as many connections ours is said to be at its maximum.
BUSY_CONNECTIONS = 32
HALF_RATE = "webhook at half of its maximum rate"
_REQUESTS = 3000


def name_scenario(connections: int) -> str:
    return f"webhook, {connections} connection{'s' if connections > 1 else ''}"


def measure_webhook(setting: Setting) -> Iterator[Sample]:
    """As fast as answers come; then at a fixed rate, where what counts is how long each waits."""
    requests = webhook_requests(_REQUESTS)
    busy: list[Sample] = []
    for connections in (BUSY_CONNECTIONS,) if is_look(setting) else CONNECTIONS:
        for sample in setting.measure_load(
            name_scenario(connections), webhook_variants(setting.addresses), requests, connections
        ):
            if connections == BUSY_CONNECTIONS:
                busy.append(sample)
            yield sample
    yield from _measure_at_rate(setting, requests, find_maximum_rate(busy) / 2)


def _measure_at_rate(setting: Setting, requests: Sequence[bytes], rate_per_second: float) -> Iterator[Sample]:
    load = Load(requests, BUSY_CONNECTIONS, setting.seconds, setting.warm_up_seconds, rate_per_second)
    for number in range(setting.rounds):
        for variant in webhook_variants(setting.addresses):
            if variant.name in (HELLO_ASYNC, OURS):
                yield measure_round(setting, HALF_RATE, variant, load, number)
