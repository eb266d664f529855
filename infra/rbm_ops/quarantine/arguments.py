"""What `rbm quarantine` takes."""

import argparse

from rbm_ops.deadletters.letters import PREFIX
from rbm_ops.environment import NoCloud
from rbm_ops.failures import NoAnswer
from rbm_ops.flags import parse_count
from rbm_ops.quarantine.command import run_list, run_replay

_DEFAULT_LIMIT = 1000
_EXIT = (
    "Exit status: 0 done, 1 nothing matched or something was left as it is, 2 usage, or it could not look."
)


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(mendable=(NoAnswer, NoCloud))
    parser.epilog = _EXIT
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="show what is there, and why", epilog=_EXIT)
    listing.set_defaults(run=run_list)
    _add_selection(listing)

    replay = actions.add_parser(
        "replay", help="publish again what this version understands; the document stays", epilog=_EXIT
    )
    replay.set_defaults(run=run_replay)
    _add_selection(replay)
    replay.add_argument("--yes", action="store_true", help="do it; else it is only said what would be done")
    replay.add_argument(
        "--even-if-unknown", action="store_true", help="also what this version does not understand"
    )
    replay.add_argument("--even-expired", action="store_true", help="also requests whose ttl is over")
    replay.add_argument("--again", action="store_true", help="also what was replayed before")
    replay.add_argument("--prefix", default=PREFIX, help="Terraform's (%(default)s)")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--id", action="append", default=[], metavar="HASH", help="the document's; its start will do"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="that its reason contains")
    parser.add_argument(
        "--limit",
        type=parse_count,
        default=_DEFAULT_LIMIT,
        metavar="N",
        help="documents to look at (%(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
