"""What `rbm tokens` takes."""

import argparse
from pathlib import Path

_EXIT = "Exit status: 0 done, 1 it was refused, or could not be written, 2 usage, or it could not look."


def fill_parser(parser: argparse.ArgumentParser) -> None:
    from rbm_ops.environment import NoCloud
    from rbm_ops.google_apis import NoCredentials
    from rbm_ops.tokens.changing import Refusal
    from rbm_ops.tokens.command import run_add, run_retire, run_status
    from rbm_ops.tokens.holding import NotHeld

    parser.set_defaults(mendable=(NoCloud, NoCredentials, NotHeld, Refusal))
    parser.epilog = _EXIT
    deeds = parser.add_subparsers(required=True, metavar="status|add|retire")
    status = deeds.add_parser(
        "status", help="which token verified how much and when last: safe to retire or not"
    )
    add = deeds.add_parser("add", help="one more, in front; the others go on to count")
    retire = deeds.add_parser("retire", help="one less, if it is safe")
    for deed, run in ((status, run_status), (add, run_add), (retire, run_retire)):
        deed.set_defaults(run=run)
        deed.epilog = _EXIT
        _add_place(deed)
    status.add_argument("--json", action="store_true", help="for programs")
    for deed in (status, retire):
        _add_window(deed)
    _add_new_token(add)
    retire.add_argument("fingerprint", help="as rbm tokens status names it")
    retire.add_argument("--webhook", metavar="NAME", help="where two webhooks have the same token")
    retire.add_argument("--force", action="store_true", help="though it is not safe")
    for deed in (add, retire):
        deed.add_argument("--yes", action="store_true", help="do it; else it is only said what would be done")


def _add_place(deed: argparse.ArgumentParser) -> None:
    deed.add_argument(
        "--project", default="", metavar="ID", help="its secret; else the local cloud that runs"
    )
    deed.add_argument("--prefix", default="rbm", metavar="NAME", help="of all names (%(default)s)")
    deed.add_argument(
        "--tokens-file", type=Path, metavar="FILE", help="in place of a secret: RBM_CLIENT_TOKENS_FILE"
    )


def _add_window(deed: argparse.ArgumentParser) -> None:
    from rbm_ops.flags import parse_count

    deed.add_argument(
        "--days", type=parse_count, default=8, metavar="N", help="how far back to look (%(default)s)"
    )
    deed.add_argument("--log", type=Path, metavar="FILE", help="of webhook, where there is no Cloud Logging")


def _add_new_token(add: argparse.ArgumentParser) -> None:
    token = add.add_mutually_exclusive_group()
    token.add_argument("--make", action="store_true", help="make one, and show it once")
    token.add_argument("--token-file", default="-", metavar="FILE", help="it is there; else standard input")
    add.add_argument("--webhook", default="", metavar="NAME", help="of an agent; else the partner webhook")
