"""What `rbm rebuild` takes."""

import argparse
from pathlib import Path

from rbm_ledger.domain.errors import InvalidSettings
from rbm_ops.environment import NoCloud
from rbm_ops.failures import NoAnswer
from rbm_ops.rebuild.command import NotThere, run_rebuild

_EXIT = (
    "Exit status: 0 nothing differs (any more), 1 something does, or is not there, 2 usage, or it could not "
    "look."
)
_MEND = "write what is missing: merges that only raise and add. Without it nothing is written"


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run_rebuild, mendable=(InvalidSettings, NoAnswer, NoCloud, NotThere))
    parser.epilog = _EXIT
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("message_id", nargs="?", metavar="ID", help="one message")
    which.add_argument("--all", action="store_true", help="every message, and consent")
    parser.add_argument("--agent", metavar="A", help="only what is this agent's")
    parser.add_argument(
        "--events", type=Path, metavar="FILE", help="JSON lines from an archive; - is standard input"
    )
    parser.add_argument("--yes", action="store_true", help=_MEND)
    parser.add_argument(
        "--create", action="store_true", help="with --yes, also what is not there: purged, or forgotten"
    )
    parser.add_argument(
        "--rate", type=_positive, default=500, metavar="N", help="documents and lines a second (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"must be a number above 0 and at most 1000000, not {text!r}")
    return number
