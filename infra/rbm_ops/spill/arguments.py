"""What `rbm spill` takes."""

import argparse

from rbm_ops.environment import NoCloud
from rbm_ops.failures import NoAnswer
from rbm_ops.local.topology import EVENTS
from rbm_ops.spill.command import run_drain, run_status

_EXIT = "Exit status: 0 nothing waits (any more), 1 something does, 2 usage, or it could not look."


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(mendable=(NoAnswer, NoCloud))
    parser.epilog = _EXIT
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    status = actions.add_parser("status", help="how many events wait, and since when", epilog=_EXIT)
    status.set_defaults(run=run_status)
    _add_json(status)

    drain = actions.add_parser("drain", help="publish those that wait, as correlate does", epilog=_EXIT)
    drain.set_defaults(run=run_drain)
    drain.add_argument("--topic", default=EVENTS, metavar="NAME", help="that of events (%(default)s)")
    drain.add_argument(
        "--seconds", type=float, default=600.0, metavar="N", help="to spend on it (%(default)s)"
    )
    _add_json(drain)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
