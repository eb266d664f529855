"""`python -m tests.faults [--seed N] [--seconds S]`: break everything under load, and see what is lost."""

import rbm_ops.before_grpc  # noqa: F401, I001 - its place is before all others

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from rbm_ops.local.cloud import EmulatorKind
from rbm_ops.local.command import cancel_on_signals
from tests.faults.report import describe, write_report
from tests.faults.run import Outcome, RunSettings, run


def main() -> None:
    arguments = _parse_arguments()
    settings = RunSettings(
        seed=arguments.seed,
        seconds=arguments.seconds,
        rate_per_second=arguments.rate,
        fault_seconds=arguments.fault_seconds,
        emulators=arguments.emulators,
        patience_seconds=arguments.patience_seconds,
    )
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # connections are broken on purpose
    outcome = asyncio.run(_run(settings, arguments.keep))
    sys.stdout.write(f"{describe(outcome)}\n")
    if arguments.report is not None:
        write_report(outcome, arguments.report)
    sys.exit(0 if outcome.is_good else 1)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws load and faults (default: %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=0.0, help="at least so long; every fault is played once in any case"
    )
    parser.add_argument("--rate", type=float, default=8.0, help="requests a second (default: %(default)s)")
    parser.add_argument("--fault-seconds", type=float, default=1.0, help="how long each fault lasts")
    parser.add_argument(
        "--emulators",
        type=EmulatorKind,
        choices=[EmulatorKind.EMBEDDED, EmulatorKind.GOOGLE],
        default=EmulatorKind.EMBEDDED,
    )
    parser.add_argument(
        "--patience-seconds", type=float, default=900.0, help="for catching up, when all is mended"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report there, as Markdown")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep logs and data here")
    return parser.parse_args()


async def _run(settings: RunSettings, kept: Path | None) -> Outcome:
    cancel_on_signals()
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        return await run(settings, folder.resolve(), _report)


def _report(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
