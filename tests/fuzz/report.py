"""What a run tells: a row for each target and engine, and every finding."""

import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.fuzz.campaign import Campaign

_COLUMNS = (
    *("target", "engine", "inputs", "MB", "seconds", "findings"),
    *("slowest input (s)", "memory growth (MiB)"),
)


def print_row(campaign: Campaign) -> None:
    told = dict(zip(_COLUMNS, _row(campaign), strict=True))
    row = "  ".join(f"{name} {value}" for name, value in told.items())
    sys.stdout.write(f"{row}  {campaign.note}".rstrip() + "\n")
    sys.stdout.flush()


def write_report(file: Path, campaigns: Sequence[Campaign], *, seed: int) -> None:
    file.write_text("\n".join(_lines(campaigns, seed)) + "\n")
    told = {"seed": seed, "campaigns": [campaign.describe() for campaign in campaigns]}
    file.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n")


def _lines(campaigns: Sequence[Campaign], seed: int) -> Iterator[str]:
    total = sum(campaign.inputs for campaign in campaigns)
    found = [(campaign, finding) for campaign in campaigns for finding in campaign.findings.values()]
    yield "# Hostile input: the long form of the fuzzers"
    yield ""
    yield f"{total:,} inputs, {len(found)} findings, seed {seed}. Made by `python -m tests.fuzz --report`."
    yield f"Python {platform.python_version()}, {_versions()}; one process, niceness {os.nice(0)}."
    yield "Memory growth is that of the process so far; atheris has one of its own, of 2 GiB at most."
    yield ""
    yield f"| {' | '.join(_COLUMNS)} | |"
    yield "|---|---|" + "--:|" * (len(_COLUMNS) - 2) + "---|"
    for campaign in campaigns:
        yield f"| {' | '.join(_row(campaign))} | {campaign.note} |"
    for campaign, finding in found:
        yield ""
        yield f"## {campaign.name}: {finding.error}"
        yield ""
        yield f"{finding.count} times, at {finding.place}: `{finding.example[:300]!r}`"


def _row(campaign: Campaign) -> tuple[str, ...]:
    return (
        campaign.name,
        campaign.engine,
        f"{campaign.inputs:,}",
        f"{campaign.input_bytes / 1e6:.0f}",
        f"{campaign.seconds:.0f}",
        str(len(campaign.findings)),
        f"{campaign.slowest_seconds:.3f}",
        "–" if campaign.engine == "atheris" else f"{campaign.memory_growth_mib:.0f}",
    )


def _versions() -> str:
    found = []
    for package in ("hypothesis", "atheris"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"without {package}")
    return ", ".join(found)
