"""The results as a picture: bars against the floor and the usual way."""

import importlib.util
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rbm_ops.bench.kept import Kept
from rbm_ops.bench.measures import HELLO_ASYNC, HELLO_SYNC, OURS, USUAL, Results
from rbm_ops.bench.problems import PlottingMissing
from rbm_ops.bench.report import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure
    from matplotlib.typing import RcKeyType

# Of Okabe and Ito: told apart with any colour vision; every bar has its name and number besides.
_COLOURS = {HELLO_SYNC: "#767676", HELLO_ASYNC: "#767676", USUAL: "#D55E00", OURS: "#0072B2"}
_INK, _FAINT = "#1F1F1F", "#BBBBBB"
_STYLE: "dict[RcKeyType, Any]" = {
    "svg.hashsalt": "rbm-ledger",  # the same results are the same file
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_INCHES_PER_BAR, _INCHES_PER_PANEL = 0.24, 0.45
_WIDTH_INCHES, _TITLE_INCHES = 11.0, 0.9


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    value: float
    colour: str


@dataclass(frozen=True, slots=True)
class _Panel:
    """`floor`: where a line stands for hello-world; 0: nowhere."""

    title: str
    bars: Sequence[_Bar]
    floor: float = 0


def require_plotting() -> None:
    """Raises PlottingMissing."""
    if importlib.util.find_spec("matplotlib") is None:
        raise PlottingMissing(
            "A plot needs matplotlib: pip install 'rbm-ledger[ops,plot]', or '.[ops,plot]' here."
        )


def draw_plot(kept: Kept, file: Path) -> None:
    """SVG or PNG, by the file's name. Raises PlottingMissing."""
    require_plotting()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    columns = {name: _panels(kept.results, column) for name, column in _COLUMNS.items()}
    columns = {name: panels for name, panels in columns.items() if panels}
    height = max(map(_height, columns.values()), default=0)
    with mpl.rc_context(_STYLE):
        size = (_WIDTH_INCHES, height + _TITLE_INCHES)
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        figure.suptitle(_title(kept), x=0.01, ha="left", fontsize=11)
        for number, (name, panels) in enumerate(columns.items()):
            if number == 0:
                places = figure.subfigures(1, len(columns), squeeze=False)[0]
            places[number].suptitle(name, fontsize=9.5)
            _draw_column(places[number], panels, height)
        is_svg = file.suffix == ".svg"
        figure.savefig(file, metadata={"Date": None, "Creator": None} if is_svg else {}, dpi=150)
    if is_svg:
        file.write_text(_number_clips(file.read_text()))


def _number_clips(picture: str) -> str:
    """Their names are drawn from where they lie in memory, which is not the same each time."""
    for number, name in enumerate(dict.fromkeys(re.findall(r'<clipPath id="(\w+)"', picture))):
        picture = picture.replace(name, f"clip{number}")
    return picture


def _title(kept: Kept) -> str:
    machine, settings = kept.machine, kept.settings
    return (
        f"rbm bench, {kept.date}: {machine['cpus']} CPUs, {machine['platform']}, Python {machine['python']}, "
        f"{settings['emulators']} emulators, median of rounds: {settings['rounds']}\n"
        "* where sync hello-world is 1"
    )


def _height(panels: Sequence[_Panel]) -> float:
    """Inches."""
    return sum(_INCHES_PER_PANEL + _INCHES_PER_BAR * len(panel.bars) for panel in panels)


def _draw_column(column: "SubFigure", panels: Sequence[_Panel], height: float) -> None:
    """From the top; what is left of the height stays empty, so that all bars are alike."""
    heights = [float(len(panel.bars)) for panel in panels]
    heights.append(max((height - _height(panels)) / _INCHES_PER_BAR, 0.01))
    grid = column.subplots(len(heights), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    grid[-1].set_axis_off()
    for axes, panel in zip(grid[:-1], panels, strict=True):
        _draw_panel(axes, panel)


def _draw_panel(axes: "Axes", panel: _Panel) -> None:
    names = [bar.label for bar in panel.bars]
    drawn = axes.barh(
        range(len(names)), [bar.value for bar in panel.bars], color=[bar.colour for bar in panel.bars]
    )
    axes.bar_label(drawn, [format_number(bar.value) for bar in panel.bars], padding=3)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)  # the first one on top, and all bars alike
    axes.set_title(panel.title, loc="left", fontsize=9.5, fontweight="bold")
    axes.margins(x=0.12)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if panel.floor:
        axes.axvline(panel.floor, color=_FAINT, linewidth=1, linestyle="--", zorder=0, clip_on=False)


# What is drawn: a figure of every variant of a scenario


def _ratios(title: str, scenario: str, figure: str) -> Callable[[Results], _Panel]:
    """To that of the sync hello-world."""

    def make(results: Results) -> _Panel:
        floor = results.median(scenario, HELLO_SYNC, figure) or 0
        bars = _bars(results, scenario, figure) if floor else []
        return _Panel(title, [replace(bar, value=bar.value / floor) for bar in bars], floor=1)

    return make


def _figures(title: str, scenario: str, figure: str) -> Callable[[Results], _Panel]:
    return lambda results: _Panel(title, _bars(results, scenario, figure))


def _bars(results: Results, scenario: str, figure: str) -> list[_Bar]:
    medians = {name: results.median(scenario, name, figure) for name in results.variants(scenario)}
    return [_bar(name, median) for name, median in medians.items() if median is not None]


def _bar(variant: str, value: float) -> _Bar:
    role = next((role for role in _COLOURS if variant.startswith(role)), OURS)
    return _Bar(variant, value, _COLOURS[role])


def _panels(results: Results, column: Sequence[Callable[[Results], _Panel]]) -> list[_Panel]:
    """Those for which something was measured."""
    return [panel for panel in (make(results) for make in column) if panel.bars]


_RATE = "requests_per_second"
_COLUMNS: Mapping[str, Sequence[Callable[[Results], _Panel]]] = {
    "more is better": (
        _ratios("webhook, 32 connections: requests/s*", "webhook, 32 connections", _RATE),
        _ratios("correlate, 16 in flight: events/s*", "correlate, 16 in flight", _RATE),
        _ratios("correlate, one hot message: events/s*", "correlate, one hot message, 16 in flight", _RATE),
        _ratios("send, 64 in flight: requests/s*", "send, 64 in flight", _RATE),
    ),
    "less is better": (
        _figures("webhook: CPU per request, ms", "webhook, 32 connections", "cpu_ms_per_request"),
        _figures("webhook at half rate: p99, ms", "webhook at half of its maximum rate", "p99_ms"),
        _ratios("cold start to first answer*", "cold start", "first_answer_ms"),
        _ratios("memory at rest*", "cold start", "memory_mib"),
    ),
}
