"""Instances, limits and cost, reckoned by hand."""

import pytest

from rbm_ledger.domain.deadlines import SHARDS
from rbm_ops.capacity import cost
from rbm_ops.capacity.life import CORRELATE, SEND, WEBHOOK, Life
from rbm_ops.capacity.limits import LIMITS, Limit, find_bound, ramp_minutes
from rbm_ops.capacity.load import Latencies, Load, plan_load
from rbm_ops.capacity.tables import describe_send, describe_setting

CPU_MS = {WEBHOOK: 0.4, CORRELATE: 1.0, SEND: 2.0}


def plan(rate: float, life: Life | None = None, *, platform_ms: float = 200) -> Load:
    return plan_load(rate, life or Life(), CPU_MS, Latencies(platform_ms=platform_ms, service_ms=20))


def limit(name: str) -> Limit:
    (found,) = (each for each in LIMITS if each.name == name)
    return found


def price(load: Load, part: str) -> float:
    return sum(each.usd for each in cost.price_million(load) if each.part == part)


def test_busy_function_needs_instances_by_its_cpu() -> None:
    need = plan(10_000).needs[CORRELATE]
    assert need.requests_per_second == 20_000
    assert need.cpu_seconds_per_second == pytest.approx(20)
    assert need.instances == 34  # 20 / 0.6
    assert not need.is_bound_by_concurrency


def test_slow_platform_makes_send_need_instances_by_concurrency() -> None:
    need = plan(10_000, platform_ms=2000).needs[SEND]
    assert need.latency_ms == 2000 + 3 * 20 + 2
    assert need.instances == 430  # 20,620 in flight, 48 in each
    assert need.is_bound_by_concurrency


def test_idle_rate_needs_one_instance_of_each() -> None:
    assert {need.instances for need in plan(0.01).needs.values()} == {1}


def test_default_that_is_too_low_names_the_variable_and_its_value() -> None:
    assert describe_setting(plan(10_000)) == (
        "functions = { correlate = { max_instances = 34 }, send = { max_instances = 55 } }"
    )
    assert describe_setting(plan(1000)) == ""


def test_more_instances_than_a_service_may_have_ask_for_more_cpu() -> None:
    assert "the most allowed is 1000: give correlate, send more cpu" in describe_setting(plan(400_000))


def test_send_by_default_is_instances_times_concurrency_by_latency() -> None:
    assert "10 instances × 80 requests ÷ 262 ms = 3,050 messages/s" in describe_send(plan(100))


@pytest.mark.parametrize(
    ("operations_per_second", "minutes"), [(100, 0), (500, 0), (501, 5), (750, 5), (751, 10), (70_000, 65)]
)
def test_ramp_grows_by_half_every_five_minutes(operations_per_second: float, minutes: int) -> None:
    assert ramp_minutes(operations_per_second) == minutes


def test_index_of_deadlines_binds_where_its_shards_are_full() -> None:
    assert limit("Firestore: index of deadlines").binding_rate(plan(100)) == 500 * SHARDS


def test_window_of_pushes_binds_where_rate_times_latency_fills_it() -> None:
    window = limit("Pub/Sub: pushes to send at once")
    assert window.binding_rate(plan(1, platform_ms=938)) == pytest.approx(3000)
    assert window.share(plan(1500, platform_ms=938)) == pytest.approx(0.5)


def test_limit_that_nobody_documents_never_binds() -> None:
    unknown = limit("RBM: messages of an agent")
    assert unknown.share(plan(1e6)) is None
    assert unknown.binding_rate(plan(1e6)) is None
    assert unknown not in find_bound(plan(1e6))


@pytest.mark.parametrize("each", LIMITS, ids=lambda each: each.name)
def test_limit_is_full_at_the_rate_where_it_binds(each: Limit) -> None:
    rate = each.binding_rate(plan(100))
    if rate is None:
        assert "not documented" in each.source
    else:
        assert each.share(plan(rate)) == pytest.approx(1)


def test_firestore_operations_cost_what_the_list_says() -> None:
    assert price(plan(100), "Firestore operations") == pytest.approx(3 * 0.90 + 3 * 0.30 + 0.10)
    without = Life(has_updates=False)
    assert price(plan(100, without), "Firestore operations") == pytest.approx(3 * 0.90 + 1 * 0.30 + 0.10)


def test_pubsub_costs_a_thousand_bytes_for_each_message_and_way() -> None:
    assert price(plan(100), "Pub/Sub") == pytest.approx(12e9 / 2**40 * 40)
    assert price(plan(100, Life(has_updates=False)), "Pub/Sub") == pytest.approx(6e9 / 2**40 * 40)


def test_lone_requests_pay_whole_steps_of_billing_and_full_instances_their_time() -> None:
    second = 0.000024 + 0.5 * 0.0000025
    alone = 2 * 0.1 + 2 * 0.1 + 0.3  # webhook, correlate, and send that waits for the platform
    assert price(plan(1e-6), "CPU and memory") == pytest.approx(1e6 * alone * second, rel=1e-3)
    busy = plan(10_000)
    instances = sum(need.instances for need in busy.needs.values())
    assert price(busy, "CPU and memory") == pytest.approx(1e6 * instances / 10_000 * second, rel=1e-3)


def test_month_has_thirty_days_of_the_rate() -> None:
    assert cost.per_month(10, rate=100) == pytest.approx(10 * 259.2)
