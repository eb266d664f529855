"""`python -m rbm_ops.capacity.page` writes CAPACITY.md, from what `rbm bench` has measured."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from rbm_ops.capacity import cost, tables
from rbm_ops.capacity.life import Life
from rbm_ops.capacity.limits import KEPT_BY_DESIGN, LIMITS, find_bound, ramp_minutes
from rbm_ops.capacity.load import Latencies
from rbm_ops.capacity.measured import RESULTS, Measured, read_measured
from rbm_ops.capacity.prices import FREE_TIER, NOT_INCLUDED, PRICES
from rbm_ops.capacity.report import Plan, describe_assumptions, make_plan

PAGE = Path(__file__).with_name("CAPACITY.md")
RATES = (100, 1000, 10_000)
# The first: each request alone in its instance.
_COST_RATES = (0.001, 1, *RATES)

_TEXT = """\
# Capacity and cost, on paper

<!-- Written by python -m rbm_ops.capacity.page; a test holds this page to the calculator. -->

What a rate of messages needs, where it ends and what it costs: arithmetic from measured CPU per request,
documented limits and the public price list. Nobody has sent at these rates with it. For another rate:
`rbm capacity --rate 2500 --peak 4000`.

{assumptions}

## What one instance does

{figures}

{instance}

`it takes` is the lower of the two, in requests/s; `messages/s` the same in messages.

## 100, 1,000 and 10,000 messages/s

{rates}

{settings}

## Where limits bind

{limits}

{kept}

{sources}

## What it costs

At {middle} messages/s all day:

{cost}

CPU and memory depend on the rate, for an instance is billed while it holds a request:

{costs}

{free_tier}

{not_included}

{prices}

## To recompute

`rbm bench --json infra/rbm_ops/bench/results.json` keeps what it measures; `rbm capacity` reads that (or the
file named with `--results`), and `python -m rbm_ops.capacity.page` writes this page. Limits are rows of
`limits.py`, prices of `prices.py`; what a message does is in `life.py`.
"""


def make_page(measured: Measured) -> str:
    plans = [make_plan(measured, Latencies(), Life(), rate) for rate in RATES]
    middle = plans[1]
    return _TEXT.format(
        assumptions=_list(describe_assumptions(middle)),
        figures=_titled(tables.figures_table(measured)),
        instance=_titled(tables.instance_table(middle.peak)),
        rates=_markdown(_rates_table(plans)),
        settings=_list([_describe_setting(plan) for plan in plans]),
        limits=_markdown(_limits_table(plans)),
        kept=_list([f"At any rate, {text}." for text in KEPT_BY_DESIGN]),
        sources=_titled(tables.sources_table()),
        middle=tables.format_number(middle.usual.rate),
        cost=_markdown(tables.cost_table(middle.usual)),
        costs=_markdown(_costs_table(measured)),
        free_tier=FREE_TIER,
        not_included=NOT_INCLUDED,
        prices=_markdown(_prices_table()),
    )


def _rates_table(plans: Sequence[Plan]) -> tables.Table:
    return tables.Table(
        "",
        (
            *("messages/s", *(f"{name}, instances" for name in plans[0].peak.needs), "CPU-s/s"),
            *("Firestore writes/s", "reads/s", "minutes of ramp", "beyond a limit"),
        ),
        [
            (
                tables.format_number(plan.peak.rate),
                *(str(need.instances) for need in plan.peak.needs.values()),
                tables.format_number(sum(need.cpu_seconds_per_second for need in plan.peak.needs.values())),
                tables.format_number(plan.peak.rate * plan.peak.life.writes),
                tables.format_number(plan.peak.rate * plan.peak.life.reads),
                str(ramp_minutes(plan.peak.operations_per_second)),
                "; ".join(limit.name for limit in find_bound(plan.peak)) or "none that is known",
            )
            for plan in plans
        ],
    )


def _describe_setting(plan: Plan) -> str:
    setting = tables.describe_setting(plan.peak)
    what = f"set `{setting}`" if setting else "the default `max_instances` are enough"
    return f"{tables.format_number(plan.peak.rate)} messages/s: {what}."


def _limits_table(plans: Sequence[Plan]) -> tables.Table:
    return tables.Table(
        "",
        ("limit", "documented", "binds at messages/s", *(f"at {plan.peak.rate:,.0f}/s" for plan in plans)),
        [
            (
                limit.name,
                "not known" if limit.value is None else f"{tables.format_number(limit.value)} {limit.unit}",
                tables.format_binding(limit.binding_rate(plans[0].peak)),
                *(tables.format_share(limit.share(plan.peak)) for plan in plans),
            )
            for limit in LIMITS
        ],
    )


def _costs_table(measured: Measured) -> tables.Table:
    rows = []
    for rate in _COST_RATES:
        load = make_plan(measured, Latencies(), Life(), rate).usual
        costs = cost.price_million(load)
        run = next(each for each in costs if each.part == "CPU and memory")
        together = cost.total(costs)
        rows.append(
            (
                "each request alone" if rate == _COST_RATES[0] else tables.format_number(rate),
                run.how.partition(" s ")[0],
                tables.format_usd(run.usd),
                tables.format_usd(together),
                "" if rate == _COST_RATES[0] else tables.format_usd(cost.per_month(together, rate)),
            )
        )
    columns = (
        *("messages/s", "instance-seconds per million", "CPU and memory, USD per million"),
        *("together, USD per million", "together, USD a month"),
    )
    return tables.Table("", columns, rows)


def _prices_table() -> tables.Table:
    rows = [
        (price.what, f"{price.usd:.7f}".rstrip("0").rstrip("."), price.unit, price.source) for price in PRICES
    ]
    return tables.Table("", ("price of", "USD", "per", "source"), rows)


def _titled(table: tables.Table) -> str:
    return f"{table.title}:\n\n{_markdown(table)}"


def _markdown(table: tables.Table) -> str:
    rows = [table.columns, ["---"] * len(table.columns), *table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE", help="of rbm bench")
    measured = read_measured(parser.parse_args().results, has_updates=True)
    PAGE.write_text(make_page(measured), encoding="utf-8")
    Console().print(f"wrote {PAGE}", soft_wrap=True)


if __name__ == "__main__":
    main()
