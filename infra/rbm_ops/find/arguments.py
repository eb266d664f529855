"""What `rbm find` takes."""

import argparse
import re
from datetime import UTC, datetime

from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.environment import NoCloud
from rbm_ops.failures import NoAnswer
from rbm_ops.find.command import run_find
from rbm_ops.find.queries import list_states
from rbm_ops.flags import parse_age, parse_count, parse_member, parse_phone_number

_DEFAULT_LIMIT = 50
_MOST_READ = 20_000
_STATES = {state.label: state for state in State}
_EPILOG = """\
All conditions must hold. Number, reference, label, source and state are looked up; times are looked at in
what is left, of which at most --scan documents are read, and it is said when that was not all.
Exit status: 0 found, 1 none, 2 usage, or it could not look."""


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run_find, mendable=(NoAnswer, NoCloud))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("--number", type=parse_phone_number, metavar="E164", help="such as +14155550101")
    parser.add_argument("--reference", metavar="TEXT", help="the clientReference")
    parser.add_argument(
        "--label",
        action="append",
        default=[],
        type=parse_member,
        metavar="NAME=VALUE",
        help="such as campaign=spring; all must match",
    )
    parser.add_argument("--source", metavar="TEXT", help="the source")
    parser.add_argument("--state", type=_parse_state, metavar="STATE", help=f"of {', '.join(list_states())}")
    parser.add_argument(
        "--agent", type=shorten_agent_id, default="", help="agentId (default: every agent that there is)"
    )
    parser.add_argument(
        "--since", type=_parse_time, metavar="TIME", help="2026-11-22T10:00:00Z, or 2h ago: 2h"
    )
    parser.add_argument("--until", type=_parse_time, metavar="TIME", help="the same")
    parser.add_argument(
        "--limit",
        type=parse_count,
        default=_DEFAULT_LIMIT,
        metavar="N",
        help="to show, newest first (%(default)s)",
    )
    parser.add_argument(
        "--scan",
        type=parse_count,
        default=_MOST_READ,
        metavar="N",
        help="documents to read at most (%(default)s)",
    )
    parser.add_argument("--full-numbers", action="store_true", help="do not shorten phone numbers")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else; numbers are whole")


def _parse_state(text: str) -> State:
    if text not in _STATES:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(_STATES)}")
    return _STATES[text]


def _parse_time(text: str) -> datetime:
    if re.fullmatch(r"\d+[smhd]", text):
        return datetime.now(UTC) - parse_age(text)
    at = parse_rfc3339(text)
    if at is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither like 2026-11-22T10:00:00Z nor like 2h")
    return at
