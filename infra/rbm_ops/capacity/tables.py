"""The findings as tables of text: the same in the terminal and on the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from rbm_ops.capacity import cost
from rbm_ops.capacity.functions import MOST_INSTANCES
from rbm_ops.capacity.life import SEND
from rbm_ops.capacity.limits import LIMITS, RAMP_SOURCE, ramp_minutes
from rbm_ops.capacity.load import TARGET_UTILIZATION, Load
from rbm_ops.capacity.measured import Measured


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of one line each."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def format_number(value: float) -> str:
    """Three digits that count: 0.0123, 1.23, 1,230."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        digits = len(str(int(abs(value))))
        return f"{round(value, 3 - digits):,.0f}"
    return f"{value:.3g}"


def format_usd(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def format_share(share: float | None) -> str:
    if share is None:
        return "not known"
    return "below 0.1 %" if share < 0.001 else f"{format_number(100 * share)} %"


def figures_table(measured: Measured) -> Table:
    return Table(
        f"CPU per request, measured {measured.date} ({measured.machine})",
        ("function", "scenario of rbm bench", "variant", "CPU ms per request"),
        [
            (function, figure.scenario, figure.variant, format_number(figure.cpu_ms))
            for function, figure in measured.figures.items()
        ],
    )


def instance_table(load: Load) -> Table:
    """What one instance does, at any rate."""
    requests = load.life.requests()
    return Table(
        f"One instance, kept at {format_share(TARGET_UTILIZATION)} of its CPU and of its concurrency",
        (
            "function",
            "requests/s by CPU",
            "latency ms",
            "requests/s by concurrency",
            "it takes",
            "messages/s",
        ),
        [
            (
                need.function.name,
                format_number(need.most_by_cpu),
                format_number(need.latency_ms),
                format_number(need.most_by_concurrency),
                format_number(need.most_per_instance),
                format_number(need.most_per_instance / requests[need.function.name]),
            )
            for need in load.needs.values()
        ],
    )


def needs_table(load: Load) -> Table:
    return Table(
        f"Instances for {format_number(load.rate)} messages/s",
        ("function", "requests/s", "CPU-s/s", "instances", "bound by", "max_instances", "so"),
        [
            (
                need.function.name,
                format_number(need.requests_per_second),
                format_number(need.cpu_seconds_per_second),
                str(need.instances),
                "concurrency" if need.is_bound_by_concurrency else "CPU",
                str(need.function.max_instances),
                "too low" if need.is_beyond_default else "enough",
            )
            for need in load.needs.values()
        ],
    )


def limits_table(load: Load) -> Table:
    return Table(
        f"Limits at {format_number(load.rate)} messages/s",
        ("limit", "documented", "use", "of it", "binds at messages/s"),
        [
            (
                limit.name,
                "not known" if limit.value is None else f"{format_number(limit.value)} {limit.unit}",
                f"{format_number(limit.use(load))} {limit.unit}",
                format_share(limit.share(load)),
                format_binding(limit.binding_rate(load)),
            )
            for limit in LIMITS
        ],
    )


def sources_table() -> Table:
    return Table(
        "Where the limits are from",
        ("limit", "source", "what to know"),
        [(limit.name, limit.source, limit.note) for limit in LIMITS],
    )


def cost_table(load: Load) -> Table:
    costs = cost.price_million(load)
    rows = [
        (each.part, each.how, format_usd(each.usd), format_usd(cost.per_month(each.usd, load.rate)))
        for each in costs
    ]
    sum_usd = cost.total(costs)
    together = (
        "together",
        "",
        format_usd(sum_usd),
        format_usd(cost.per_month(sum_usd, load.rate)),
    )
    return Table(
        f"Cost at {format_number(load.rate)} messages/s",
        ("part", "how", "USD per million messages", "USD a month"),
        [*rows, together],
    )


def format_binding(rate: float | None) -> str:
    return "not known" if rate is None else format_number(rate)


def describe_setting(load: Load) -> str:
    """What to set in Terraform; empty where the defaults are enough."""
    raised = [need for need in load.needs.values() if need.is_beyond_default]
    if not raised:
        return ""
    members = ", ".join(f"{need.function.name} = {{ max_instances = {need.instances} }}" for need in raised)
    text = f"functions = {{ {members} }}"
    beyond = [need.function.name for need in raised if need.instances > MOST_INSTANCES]
    if beyond:
        text += f" (the most allowed is {MOST_INSTANCES}: give {', '.join(beyond)} more cpu)"
    return text


def describe_ramp(load: Load) -> str:
    minutes = ramp_minutes(load.operations_per_second)
    operations = format_number(load.operations_per_second)
    return (
        f"Firestore: {operations} reads and writes/s are reached {minutes} minutes after a cold start, by "
        f"its rule of 500/50/5 ({RAMP_SOURCE}); faster costs latency and refusals, which are repeated."
    )


def describe_send(load: Load) -> str:
    """How far its default goes: instances times concurrency by latency."""
    need = load.needs[SEND]
    instances, concurrency = need.function.max_instances, need.function.concurrency
    most = instances * concurrency * 1000 / need.latency_ms
    return (
        f"send by default: {instances} instances × {concurrency} requests ÷ "
        f"{format_number(need.latency_ms)} ms = {format_number(most)} messages/s, with nothing to spare."
    )
