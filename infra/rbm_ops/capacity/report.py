"""All that is said of one rate: as text for a person, as JSON for a program."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rbm_ops.capacity import cost
from rbm_ops.capacity.life import Life
from rbm_ops.capacity.limits import LIMITS, ramp_minutes
from rbm_ops.capacity.load import TARGET_UTILIZATION, Latencies, Load, plan_load
from rbm_ops.capacity.measured import Measured
from rbm_ops.capacity.prices import PRICES


@dataclass(frozen=True, slots=True)
class Plan:
    """`usual` is what is paid for; `peak`, not lower, is what instances and limits have to bear."""

    measured: Measured
    latencies: Latencies
    usual: Load
    peak: Load


def make_plan(
    measured: Measured, latencies: Latencies, life: Life, rate: float, peak_rate: float | None = None
) -> Plan:
    cpu_ms = {function: figure.cpu_ms for function, figure in measured.figures.items()}
    usual = plan_load(rate, life, cpu_ms, latencies)
    peak = plan_load(peak_rate, life, cpu_ms, latencies) if peak_rate else usual
    return Plan(measured, latencies, usual, peak)


def describe_assumptions(plan: Plan) -> list[str]:
    life, latencies = plan.usual.life, plan.latencies
    return [
        f"A message has {life.events:g} events: accepted, and {life.callbacks:g} callbacks; "
        f"updates are {'on' if life.has_updates else 'off'}; nothing is repeated.",
        f"Assumed, for Google publishes neither: the RBM platform answers after {latencies.platform_ms:g} "
        f"ms, Pub/Sub and Firestore after {latencies.service_ms:g} ms a call. Set --platform-ms and "
        "--service-ms to what you see.",
        "CPU was measured on loopback, without TLS, on that machine; how a vCPU of Cloud Run compares is not "
        f"known. The target of {100 * TARGET_UTILIZATION:g} % is Cloud Run's own; the rest is room.",
    ]


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Keys end in their unit; what nobody documents is null."""
    costs = cost.price_million(plan.usual)
    usd = cost.total(costs)
    return {
        "measured": {
            "date": plan.measured.date,
            "machine": plan.measured.machine,
            "cpu": {
                function: {"scenario": figure.scenario, "variant": figure.variant, "ms": figure.cpu_ms}
                for function, figure in plan.measured.figures.items()
            },
        },
        "assumptions": describe_assumptions(plan),
        "messages_per_second": plan.usual.rate,
        "peak_messages_per_second": plan.peak.rate,
        "functions": _needs_as_json(plan.peak),
        "ramp_minutes": ramp_minutes(plan.peak.operations_per_second),
        "limits": _limits_as_json(plan.peak),
        "cost": {
            "per_million_usd": {each.part: each.usd for each in costs},
            "together_per_million_usd": usd,
            "together_per_month_usd": cost.per_month(usd, plan.usual.rate),
        },
        "prices": [
            {"what": price.what, "usd": price.usd, "unit": price.unit, "source": price.source}
            for price in PRICES
        ],
    }


def _needs_as_json(load: Load) -> Mapping[str, Any]:
    return {
        name: {
            "requests_per_second": need.requests_per_second,
            "cpu_seconds_per_second": need.cpu_seconds_per_second,
            "latency_ms": need.latency_ms,
            "requests_per_second_of_one_instance": need.most_per_instance,
            "instances": need.instances,
            "default_max_instances": need.function.max_instances,
            "is_beyond_default": need.is_beyond_default,
        }
        for name, need in load.needs.items()
    }


def _limits_as_json(load: Load) -> list[dict[str, Any]]:
    return [
        {
            "name": limit.name,
            "value": limit.value,
            "unit": limit.unit,
            "use": limit.use(load),
            "share": limit.share(load),
            "binds_at_messages_per_second": limit.binding_rate(load),
            "source": limit.source,
            "note": limit.note,
        }
        for limit in LIMITS
    ]
