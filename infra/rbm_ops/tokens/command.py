"""`rbm tokens status|add|retire`: of a project's secret, of a file, or of the local cloud that runs."""

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ops.environment import NoCloud, find_meant_running
from rbm_ops.google_apis import GoogleApis, connect_apis
from rbm_ops.json_text import print_json
from rbm_ops.local.addresses import state_folder
from rbm_ops.tables import make_table, print_line, print_table, say_time
from rbm_ops.tokens.changing import Refusal, add_token, describe, encode, make_token, retire_token
from rbm_ops.tokens.counting import read_cloud_usage, read_local_usage
from rbm_ops.tokens.holding import FileHolder, Held, Holder, LocalHolder, SecretHolder
from rbm_ops.tokens.usage import Standing, Usage, judge_tokens

_NOWHERE = (
    "There are no tokens to look at: no local cloud runs (start one: rbm up). Name a project (--project ID) "
    "or a file (--tokens-file FILE)."
)


def run_status(arguments: argparse.Namespace) -> int:
    """Raises NoCloud, NoCredentials and NotHeld."""
    holder, apis = _open(arguments)
    held = holder.read()
    standings = judge_tokens(held.tokens, _read_usage(arguments, held, apis), datetime.now(UTC))
    if arguments.json:
        print_json(_describe_status(holder, held, standings, arguments.days))
        return 0
    print_line(f"{holder.name}, {held.version} of {say_time(held.created_at)}")
    table = make_table("webhook", "token", f"verified in {arguments.days} days", "last", "")
    for each in standings:
        verified = "?" if each.use.verified is None else str(each.use.verified)
        table.add_row(f"/{each.webhook}", each.fingerprint, verified, say_time(each.use.last_at), each.why)
    print_table(table)
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """The token is read, or made here: arguments are for everybody on this machine to see."""
    holder, _ = _open(arguments)
    held = holder.read()
    token = make_token() if arguments.make else _read_token(arguments.token_file)
    added = add_token(held.tokens, arguments.webhook, token)
    name = "a token made here" if arguments.make else f"token {fingerprint_token(token)}"
    if not arguments.yes:
        print_line(f"{holder.name}: would add {name} to {describe(arguments.webhook)}. Do it with --yes.")
        return 0
    holder.write(encode(added), held)
    print_line(f"{holder.name}: added token {fingerprint_token(token)} to {describe(arguments.webhook)}.")
    if arguments.make:
        print_line("It is shown this once:")
        print_line(token)
    print_line(
        "Enter it in the RBM console as the client token of this webhook; the others go on to count. "
        "Later: rbm tokens status"
    )
    return 0


def run_retire(arguments: argparse.Namespace) -> int:
    """Raises Refusal for a token that is not safe to retire, unless it is forced."""
    holder, apis = _open(arguments)
    held = holder.read()
    standings = judge_tokens(held.tokens, _read_usage(arguments, held, apis), datetime.now(UTC))
    if arguments.webhook is not None:
        standings = [standing for standing in standings if standing.webhook == arguments.webhook]
    left, standing = retire_token(held.tokens, standings, arguments.fingerprint, is_forced=arguments.force)
    done = f"token {standing.fingerprint} of {describe(standing.webhook)} ({standing.why})"
    if not arguments.yes:
        print_line(f"{holder.name}: would retire {done}. Do it with --yes.")
        return 0
    holder.write(encode(left), held)
    print_line(f"{holder.name}: retired {done}.")
    return 0


def _open(arguments: argparse.Namespace) -> tuple[Holder, GoogleApis | None]:
    """Raises NoCloud and NoCredentials."""
    if arguments.tokens_file is not None:
        return FileHolder(arguments.tokens_file), None
    if not arguments.project and find_meant_running() is not None:
        return LocalHolder(), None
    project = _find_project(arguments)
    if not project:
        raise NoCloud(_NOWHERE)
    apis = connect_apis()
    return SecretHolder(apis, project, f"{arguments.prefix}-client-tokens"), apis


def _find_project(arguments: argparse.Namespace) -> str:
    return arguments.project or os.environ.get("GOOGLE_CLOUD_PROJECT", "")


def _read_usage(arguments: argparse.Namespace, held: Held, apis: GoogleApis | None) -> Usage:
    if apis is None:
        log = arguments.log or state_folder() / "logs" / "webhook.log"
        return read_local_usage(log, arguments.days)
    return read_cloud_usage(
        apis,
        held.tokens,
        project=_find_project(arguments),
        prefix=arguments.prefix,
        days=arguments.days,
        now=datetime.now(UTC),
    )


def _read_token(file: str) -> str:
    """Of which `-` is standard input, asked for where that is a terminal; raises Refusal."""
    try:
        if file != "-":
            return Path(file).read_text().strip()
        return (getpass.getpass("client token: ") if sys.stdin.isatty() else sys.stdin.read()).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{file} can't be read: {type(error).__name__}") from None


def _describe_status(
    holder: Holder, held: Held, standings: Sequence[Standing], days: int
) -> dict[str, object]:
    return {
        "holder": holder.name,
        "version": held.version,
        "createdTime": held.created_at,
        "days": days,
        "tokens": [
            {
                "webhook": each.webhook,
                "fingerprint": each.fingerprint,
                "verified": each.use.verified,
                "lastTime": each.use.last_at,
                "isSafeToRetire": each.is_safe_to_retire,
                "why": each.why,
            }
            for each in standings
        ],
    }
