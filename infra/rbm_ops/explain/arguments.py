"""What `rbm explain` takes."""

import argparse

from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ops.environment import NoCloud
from rbm_ops.explain.command import run_explain
from rbm_ops.failures import NoAnswer
from rbm_ops.flags import parse_phone_number

_EPILOG = """\
When a callback was received is known on this machine only, from the simulator; in the cloud the logs say it:
gcloud logging read 'jsonPayload.message_id="ID"'
Exit status: 0 found, 1 not found, 2 usage, or it could not look."""


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run_explain, mendable=(NoAnswer, NoCloud))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument(
        "id", metavar="ID", help="messageId, that of a user's message, or with --agent an idempotencyKey"
    )
    parser.add_argument("--agent", type=shorten_agent_id, default="", help="agentId")
    parser.add_argument(
        "--number", type=parse_phone_number, metavar="E164", help="of the user, to find what he sent"
    )
    parser.add_argument(
        "--elsewhere",
        action="store_true",
        help="look for it in quarantine, dead letters and spill too (where nothing is found: always)",
    )
    parser.add_argument("--full-numbers", action="store_true", help="do not shorten phone numbers")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else; numbers are whole")
