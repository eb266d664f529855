"""`rbm capacity`: what a rate of messages needs, where it ends, and what it costs. Nothing is called."""

import argparse
import json
import math
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from rbm_ops.capacity import tables
from rbm_ops.capacity.life import Life
from rbm_ops.capacity.limits import KEPT_BY_DESIGN, Limit, find_bound
from rbm_ops.capacity.load import Latencies
from rbm_ops.capacity.measured import RESULTS, read_measured
from rbm_ops.capacity.prices import FREE_TIER, NOT_INCLUDED, PRICES
from rbm_ops.capacity.report import Plan, describe_assumptions, make_plan, plan_as_json

_WIDTH_OF_A_FILE = 118
_ASSUMED = Latencies()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rate", type=_positive, required=True, metavar="N", help="messages/s, which are paid for"
    )
    parser.add_argument(
        "--peak",
        type=_positive,
        metavar="N",
        help="messages/s at the busiest, which instances and limits must bear (the rate)",
    )
    parser.add_argument(
        "--events-per-message",
        type=_at_least_one,
        default=3,
        metavar="N",
        help="accepted, and its callbacks (3: accepted, DELIVERED, READ)",
    )
    parser.add_argument("--no-updates", action="store_true", help="updates are off")
    for name, default, what in (
        ("--platform-ms", _ASSUMED.platform_ms, "until the RBM platform answers"),
        ("--service-ms", _ASSUMED.service_ms, "until Pub/Sub or Firestore answers"),
    ):
        parser.add_argument(
            name, type=_positive, default=default, metavar="N", help=f"{what} (assumed: {default:g})"
        )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FILE", help="what rbm bench has measured"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


async def run_capacity(arguments: argparse.Namespace) -> int:
    """Raises NoFigures."""
    life = Life(arguments.events_per_message, has_updates=not arguments.no_updates)
    measured = read_measured(arguments.results, has_updates=life.has_updates)
    latencies = Latencies(arguments.platform_ms, arguments.service_ms)
    peak = max(arguments.peak or 0, arguments.rate)
    plan = make_plan(measured, latencies, life, arguments.rate, peak)
    if arguments.json:
        sys.stdout.write(json.dumps(plan_as_json(plan), indent=2, ensure_ascii=False) + "\n")
    else:
        _print_plan(plan)
    return 0


def _print_plan(plan: Plan) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False)
    for table in (
        tables.figures_table(plan.measured),
        tables.instance_table(plan.peak),
        tables.needs_table(plan.peak),
        tables.limits_table(plan.peak),
        tables.sources_table(),
        tables.cost_table(plan.usual),
    ):
        console.print(_render(table))
    for line in _conclusions(plan):
        console.print(f"• {line}", markup=False)


def _render(table: tables.Table) -> RichTable:
    rendered = RichTable(title=table.title, title_justify="left", title_style="bold")
    for column in table.columns:
        rendered.add_column(column, overflow="fold")
    for row in table.rows:
        rendered.add_row(*row)
    return rendered


def _conclusions(plan: Plan) -> list[str]:
    setting = tables.describe_setting(plan.peak)
    sources = sorted({price.source for price in PRICES})
    return [
        f"Set in Terraform: {setting}" if setting else "The default max_instances are enough.",
        tables.describe_send(plan.peak),
        tables.describe_ramp(plan.peak),
        *(_warn(limit, plan) for limit in find_bound(plan.peak)),
        *(f"At any rate, {text}." for text in KEPT_BY_DESIGN),
        *describe_assumptions(plan),
        FREE_TIER,
        NOT_INCLUDED,
        f"Prices: {'; '.join(sources)}.",
    ]


def _warn(limit: Limit, plan: Plan) -> str:
    rate = tables.format_binding(limit.binding_rate(plan.peak))
    return f"Beyond a limit: {limit.name} binds at {rate} messages/s ({limit.note})."


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError("a number above 0 is needed")
    return value


def _at_least_one(text: str) -> float:
    value = _positive(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a message has one event at least: accepted")
    return value
