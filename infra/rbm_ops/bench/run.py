"""One run of the benchmarks, from the first process to the last line."""

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from rich.console import Console

from rbm_ops.bench.kept import Kept, describe_run, read_kept, write_kept
from rbm_ops.bench.measures import Results, Sample
from rbm_ops.bench.plot import draw_plot, require_plotting
from rbm_ops.bench.processes import BenchFailed
from rbm_ops.bench.report import print_results, print_targets, write_markdown
from rbm_ops.bench.scenarios import PARTS, estimate_seconds
from rbm_ops.bench.setting import Setting, bench_setting
from rbm_ops.bench.verdicts import judge, name_missed

_USAGE = 2
_FILE_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure, or `kept_file` to show; and what to do with it. No scenarios: all."""

    scenarios: Sequence[str]
    rounds: int
    seconds: float
    is_google: bool = False
    json_file: Path | None = None
    picture: Path | None = None
    is_markdown: bool = False
    kept_file: Path | None = None


@dataclass(slots=True)
class _Run:
    """What was measured until now; `failures` by scenario."""

    samples: list[Sample] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def carry_out(order: Order) -> int:
    """The exit status. Raises BenchFailed, EmulatorsMissing, NotKept, PlottingMissing."""
    if fault := _find_fault(order):
        print(f"rbm bench: {fault}", file=sys.stderr)  # noqa: T201 - as argparse does
        return _USAGE
    if order.picture:
        require_plotting()  # before minutes of measuring
    if order.kept_file:
        return _show(read_kept(order.kept_file), order, failures={})
    with _interrupted_once():
        run = _measure(order)
    settings = {
        "rounds": order.rounds,
        "seconds": order.seconds,
        "emulators": "google" if order.is_google else "embedded",
        "scenarios": list(order.scenarios or PARTS),
    }
    return _show(describe_run(Results(run.samples), settings), order, run.failures)


def _find_fault(order: Order) -> str:
    """Empty: none."""
    unknown = [name for name in order.scenarios if name not in PARTS]
    if unknown:
        return f"no such scenario: {', '.join(unknown)}; there are {', '.join(PARTS)}"
    if order.kept_file and (order.scenarios or order.json_file):
        return "--from measures nothing: it takes no SCENARIO and no --json"
    homeless = [file for file in (order.json_file, order.picture) if file and not file.parent.is_dir()]
    return f"no such folder: {homeless[0].parent}" if homeless else ""


def _show(kept: Kept, order: Order, failures: dict[str, str]) -> int:
    console, judged = _open_console(), judge(kept.results)
    if order.is_markdown:
        console.out(write_markdown(judged), end="")
    else:
        print_results(console, kept.results)
        print_targets(console, judged)
    if order.json_file:
        write_kept(kept, order.json_file)
    if order.picture:
        draw_plot(kept, order.picture)
    faults = [f"missed: {sentence}" for sentence in name_missed(judged)]
    faults += [f"not measured: {scenario}: {reason}" for scenario, reason in failures.items()]
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201 - beside the tables
    return 1 if faults else 0


def _open_console() -> Console:
    """As wide as the tables where nothing says how wide it is."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)


def _measure(order: Order) -> _Run:
    names = list(order.scenarios or PARTS)
    progress = Console(stderr=True, highlight=False)
    seconds = estimate_seconds(names, rounds=order.rounds, seconds=order.seconds)
    progress.print(f"{', '.join(names)}: about {_describe_time(seconds)}. Ctrl-C stops it.", soft_wrap=True)
    run = _Run()
    with _reporting(progress) as report, _open_setting(order, report) as setting:
        for name in names:
            try:
                for sample in PARTS[name].measure(setting):
                    run.samples.append(sample)
            except BenchFailed as failure:  # the others are worth their time all the same
                run.failures[name] = str(failure)
    return run


def _open_setting(order: Order, report: Callable[[str], None]) -> contextlib.AbstractContextManager[Setting]:
    return bench_setting(is_google=order.is_google, rounds=order.rounds, seconds=order.seconds, report=report)


@contextlib.contextmanager
def _reporting(console: Console) -> Iterator[Callable[[str], None]]:
    """What is being measured, on one line that changes; nothing where nobody looks."""
    if not console.is_terminal:
        yield lambda _step: None
        return
    started_at = time.monotonic()
    with console.status("starting") as status:
        yield lambda step: status.update(f"{_describe_time(time.monotonic() - started_at)}  {step}")


def _describe_time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


@contextlib.contextmanager
def _interrupted_once() -> Iterator[None]:
    """Ctrl-C and SIGTERM end what runs here at once, in peace: a second one would leave children behind."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in before:
            signal.signal(number, lambda *_: None)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
