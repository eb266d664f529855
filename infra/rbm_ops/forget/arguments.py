"""What `rbm forget` takes."""

import argparse

from rbm_ledger.domain.errors import InvalidSettings
from rbm_ops.deadletters.letters import PREFIX
from rbm_ops.environment import NoCloud
from rbm_ops.failures import NoAnswer
from rbm_ops.flags import parse_phone_number
from rbm_ops.forget.command import run_forget


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run_forget, mendable=(InvalidSettings, NoAnswer, NoCloud))
    parser.epilog = "Exit status: 0 nothing is left, 1 something is, 2 usage, or it could not look."
    parser.add_argument(
        "phone_number",
        type=parse_phone_number,
        metavar="NUMBER",
        help="with its country code, as +4915512345678",
    )
    parser.add_argument("--yes", action="store_true", help="do it. Without it nothing is changed")
    parser.add_argument(
        "--with-consent",
        action="store_true",
        help="consent and its evidence too: whoever has opted out may be sent to again then",
    )
    parser.add_argument(
        "--with-shared",
        action="store_true",
        help="what names others as well too, such as kept requests for many",
    )
    parser.add_argument("--prefix", default=PREFIX, help="of topics and subscriptions (%(default)s)")
    parser.add_argument(
        "--wait", type=float, default=5.0, metavar="N", help="seconds for Pub/Sub to find more (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
