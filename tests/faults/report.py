"""A run in figures: what it held, what was broken, what was lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.run import Outcome
from tests.faults.verdict import Kind

_SHOWN_PROBLEMS = 20


def write_report(outcome: Outcome, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(describe(outcome) + "\n")


def describe(outcome: Outcome) -> str:
    return "\n".join(_describe_lines(outcome))


def _describe_lines(outcome: Outcome) -> Iterator[str]:
    settings, counts = outcome.settings, outcome.counts
    yield f"# Faults, seed {settings.seed}, {outcome.load_seconds:.0f} s, {settings.emulators} emulators"
    yield ""
    yield f"Run on {datetime.now(UTC):%Y-%m-%d}: `python -m tests.faults {_flags(outcome)}`"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in _list_figures(outcome):
        yield f"| {name} | {value} |"
    yield ""
    for problem in outcome.problems[:_SHOWN_PROBLEMS]:
        yield f"- {problem}"
    if outcome.problems:
        yield ""
    yield "| fault | played | struck |"
    yield "|---|---|---|"
    for name, (played, struck) in sorted(outcome.faults.items()):
        yield f"| {name} | {played} | {struck} |"
    yield ""
    yield "Restarts: " + ", ".join(f"{name} {count}" for name, count in outcome.restarts.items()) + "."
    yield "Disturbed at each gate: " + ", ".join(
        f"{name.removeprefix('disturbed: ')} {count}"
        for name, count in counts.items()
        if name.startswith("disturbed: ")
    ) + "."  # fmt: skip


def _flags(outcome: Outcome) -> str:
    settings = outcome.settings
    return (
        f"--seed {settings.seed} --seconds {settings.seconds:g} --rate {settings.rate_per_second:g} "
        f"--fault-seconds {settings.fault_seconds:g} --emulators {settings.emulators}"
    )


def _list_figures(outcome: Outcome) -> Iterator[tuple[str, object]]:
    counts = outcome.counts
    found = Counter(problem.kind for problem in outcome.problems)
    played, struck = (sum(each[index] for each in outcome.faults.values()) for index in (0, 1))
    yield "requests, each for a message of its own", f"{counts['requests']}, {counts['copies']} with repeats"
    yield "load held", f"{counts['requests'] / outcome.load_seconds:.1f} requests/s"
    yield "faults", f"{played} of {len(outcome.faults)} kinds, which struck {struck} times"
    yield "messages accepted by the platform", f"{counts['accepted']}, in {counts['creates']} creates"
    yield "events called back", f"{counts['events']}, in {counts['callbacks']} tries"
    yield "callbacks never acknowledged", counts["unacknowledged"] + counts["dropped"]
    yield "events that went to the second place", f"{counts['spilled']}, {counts['waiting']} still there"
    yield "updates told", counts["updates"]
    yield "dead letters", counts["dead letters"]
    yield "**lost**", f"**{found[Kind.LOST]}**"
    yield "**sent twice**", f"**{found[Kind.TWICE]}**"
    yield "**wrong end state**", f"**{found[Kind.WRONG]}**"
    yield "time to catch up after the last fault", f"{outcome.catch_up_seconds:.0f} s"
