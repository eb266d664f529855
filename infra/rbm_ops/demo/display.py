"""The lifecycles as a table, live while they happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.table import Table

from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.timeline import Step, timeline
from rbm_ops.demo.scenarios import Scenario

_TIMELINE = "timeline (seconds after the request)"
_HEADINGS = ("", "message", "number", "state", _TIMELINE, "latency")
_STYLES = {
    "read": "green",
    "delivered": "green",
    "accepted": "cyan",
    "expired": "yellow",
    "unreachable": "yellow",
    "suppressed": "yellow",
    "rejected": "red",
    "pending": "magenta",
}


@dataclass(slots=True)
class Row:
    """One message: what is known of it at this moment. `seconds` until it was right, None until then."""

    scenario: Scenario
    message_id: str
    record: Record = field(default_factory=dict)
    differences: tuple[str, ...] = ("no document",)
    seconds: float | None = None


def render_table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=heading != _TIMELINE)
    for row in rows:
        state = state_of(row.record).label if row.record else "–"
        table.add_row(
            "[green]✓[/]" if row.seconds is not None else "[dim]…[/]",
            row.scenario.title,
            f"…{row.scenario.ending}",
            f"[{_STYLES.get(state, 'default')}]{state}[/]",
            describe_steps(row.record),
            "" if row.seconds is None else f"{row.seconds:.1f} s",
        )
    return table


def describe_steps(record: Record) -> str:
    """`accepted 0.08 → DELIVERED 0.31`; calls are shown where they did not simply succeed."""
    steps = [step for step in timeline(record) if _is_telling(step)]
    origin = record.get("requestedTime") or next((step.at for step in steps if step.at), None)
    return " → ".join(_describe_step(step, origin) for step in steps)


def describe_failures(rows: Sequence[Row]) -> Mapping[str, str]:
    """Message id → what is wrong with its document."""
    return {
        f"{row.scenario.title} ({row.message_id})": "; ".join(row.differences)
        for row in rows
        if row.differences
    }


def _is_telling(step: Step) -> bool:
    return step.what != "requested" and not (step.what == "attempted" and step.detail.startswith("200"))


def _describe_step(step: Step, origin: datetime | None) -> str:
    what = step.detail if step.what == "attempted" else step.what
    if step.at is None or origin is None:
        return what
    return f"{what} {(step.at - origin).total_seconds():.2f}"
