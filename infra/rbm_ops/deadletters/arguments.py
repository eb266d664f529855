"""What `rbm deadletters` takes."""

import argparse
from datetime import timedelta
from pathlib import Path

from rbm_ops.deadletters.command import NotSaved, run_drop, run_list, run_replay
from rbm_ops.deadletters.letters import PREFIX
from rbm_ops.environment import NoCloud
from rbm_ops.failures import NoAnswer
from rbm_ops.flags import parse_age, parse_count, parse_member, parse_positive
from rbm_ops.local.topology import EVENTS, SEND_REQUESTS

_DEFAULT_LIMIT = 5000
_EXIT = (
    "Exit status: 0 done, 1 nothing matched or something was left as it is, 2 usage, or it could not look."
)


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(mendable=(NoAnswer, NoCloud, NotSaved))
    parser.epilog = _EXIT
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="show them, and give them back", epilog=_EXIT)
    listing.set_defaults(run=run_list)
    _add_selection(listing)
    listing.add_argument("--full-numbers", action="store_true", help="do not shorten phone numbers")

    replay = actions.add_parser("replay", help="publish them to where they came from", epilog=_EXIT)
    replay.set_defaults(run=run_replay)
    _add_selection(replay)
    _add_doing(replay)
    replay.add_argument("--even-expired", action="store_true", help="also requests whose ttl is over")
    replay.add_argument("--late-opt-ins", action="store_true", help="also opt-ins, which count from now")
    replay.add_argument(
        "--allow-new-id",
        action="store_true",
        help="also requests whose message id nobody knows any more: the user may get the message twice",
    )

    drop = actions.add_parser("drop", help="let go of them, written to a file first", epilog=_EXIT)
    drop.set_defaults(run=run_drop)
    _add_selection(drop)
    _add_doing(drop)
    drop.add_argument(
        "--save",
        type=Path,
        required=True,
        metavar="FILE",
        help="where they are kept, as JSON lines; appended to",
    )


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--id", action="append", default=[], metavar="ID", help="of the dead letter, or of its message"
    )
    parser.add_argument(
        "--topic-of-origin",
        dest="topic",
        choices=(EVENTS, SEND_REQUESTS),
        help="where it was published first, as named with the prefix rbm",
    )
    parser.add_argument("--subscription-of", metavar="NAME", help="whose deliveries failed")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        type=parse_member,
        metavar="NAME=VALUE",
        help="a member of its JSON or an attribute, such as source=orders; all must match",
    )
    parser.add_argument(
        "--older-than", type=parse_age, default=timedelta(), metavar="AGE", help="such as 90s, 15m, 2h, 7d"
    )
    parser.add_argument(
        "--limit", type=parse_count, default=_DEFAULT_LIMIT, metavar="N", help="to look at (%(default)s)"
    )
    parser.add_argument(
        "--wait",
        type=parse_positive,
        default=4.0,
        metavar="SECONDS",
        help="until it is believed that no more come (%(default)s)",
    )
    parser.add_argument("--prefix", default=PREFIX, help="Terraform's (%(default)s)")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print JSON and nothing else: with whole numbers and texts, whatever else is said",
    )


def _add_doing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do it; else it is only said what would be done")
    parser.add_argument("--rate", type=parse_positive, metavar="N", help="at most so many per second")
