"""What was measured, as tables: one per scenario, and that of the targets."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from rbm_ops.bench.measures import HELLO_SYNC, Results, Spread
from rbm_ops.bench.verdicts import Judged, Verdict

# In this order; a figure that is in neither comes after them, by its own name.
_HEADINGS = {
    "ready_seconds": "ready after s",
    "first_answer_ms": "first answer ms",
    "requests_per_second": "requests/s",
    "events_per_second": "events/s",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "cpu_ms_per_request": "CPU ms",
    "cpu_ms_per_event": "CPU ms",
    "cpu_ms": "CPU ms",
    "memory_mib": "MiB",
    "failures_percent": "failed %",
    "operations_per_message": "operations",
    "writes_per_message": "writes",
    "reads_per_message": "reads",
    "deletes_per_message": "deletes",
    "firestore_calls_per_message": "Firestore calls",
    "publish_calls_per_message": "publishes",
    "messages_published_per_message": "published",
}
_NOT_SHOWN = ("p95_ms",)
_STYLES = {
    Verdict.AIM: "bold green",
    Verdict.MET: "green",
    Verdict.MISSED: "bold red",
    Verdict.NOT_MEASURED: "dim",
}


def print_results(console: Console, results: Results) -> None:
    for scenario in results.scenarios():
        console.print(_tabulate(results, scenario))


def print_targets(console: Console, judged: Sequence[Judged]) -> None:
    table = Table(title="targets", title_justify="left")
    table.add_column("measure")
    for heading in ("measured", "must", "aim"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for each in judged:
        verdict = f"[{_STYLES[each.verdict]}]{each.verdict}[/]"
        table.add_row("\n  ".join([each.target.sentence, *_beside(each)]), *_numbers(each), verdict)
    console.print(table)


def write_markdown(judged: Sequence[Judged]) -> str:
    """The targets as a table for a README."""
    lines = ["| measure | measured | must | aim | verdict | beside |", "|---|---|---|---|---|---|"]
    for each in judged:
        cells = (each.target.sentence, *_numbers(each), each.verdict, "; ".join(_beside(each)))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def format_number(value: float) -> str:
    """With three digits that mean something, or all before the point."""
    if value == 0:
        return "0"
    digits = next((digits for bound, digits in ((100, 0), (10, 1), (1, 2)) if abs(value) >= bound), 3)
    return f"{value:,.{digits}f}"


def order_figures(results: Results, scenario: str) -> list[str]:
    """The names of what is shown of a scenario; the first is what it is about."""
    found = {
        name: None for sample in results.samples if sample.scenario == scenario for name in sample.figures
    }
    others = (name for name in found if name not in _HEADINGS and name not in _NOT_SHOWN)
    return [*(name for name in _HEADINGS if name in found), *others]


def _tabulate(results: Results, scenario: str) -> Table:
    figures = order_figures(results, scenario)
    has_floor = results.median(scenario, HELLO_SYNC, figures[0]) is not None
    table = Table(title=scenario, title_justify="left")
    table.add_column("variant", no_wrap=True)
    for name in figures:
        table.add_column(_HEADINGS.get(name, name.replace("_", " ")), justify="right")
    if has_floor:
        table.add_column("÷ hello", justify="right")
    for variant in results.variants(scenario):
        spreads = {name: results.spread(scenario, variant, name) for name in figures}
        floor = results.median(scenario, HELLO_SYNC, figures[0]) if has_floor else None
        table.add_row(variant, *_cells(spreads, floor))
    return table


def _cells(spreads: Mapping[str, Spread | None], floor: float | None) -> list[str]:
    """The first figure with its spread, the others as they are, and the first one's ratio to the floor."""
    first, *others = spreads.values()
    cells = [_with_spread(first), *(format_number(each.median) if each else "–" for each in others)]
    if floor:
        cells.append(format_number(first.median / floor) if first else "–")
    return cells


def _with_spread(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    median, lowest, highest = map(format_number, (spread.median, spread.lowest, spread.highest))
    return median if lowest == highest else f"{median} ({lowest}–{highest})"


def _beside(judged: Judged) -> list[str]:
    return [f"{name}: {format_number(value)}" for name, value in judged.beside]


def _numbers(judged: Judged) -> tuple[str, str, str]:
    target = judged.target
    bound = "≤" if target.is_limit else "≥"
    value = "–" if judged.value is None else format_number(judged.value) + target.unit
    return value, f"{bound} {target.must:g}{target.unit}", f"{bound} {target.aim:g}{target.unit}"
