"""Which system is looked at, and the client token by which it takes us for Google."""

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rbm_ledger.config import parse_client_tokens
from rbm_ops.environment import CouldNotLook


class NoTarget(CouldNotLook):
    """It is not clear what to look at; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """The partner webhook of one system, and where its documents are: in an emulator, or in the cloud."""

    webhook: str
    project: str
    database: str
    client_token: str = field(repr=False)
    emulator_host: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Exit status: 0 it works, 1 a step failed, 2 usage, or it could not look."
    parser.add_argument("--terraform-output", metavar="FILE", help="of 'terraform output -json'; - is stdin")
    parser.add_argument("--webhook", metavar="URL", help="address of the partner webhook")
    parser.add_argument("--project", metavar="ID", help="where the documents are")
    parser.add_argument("--database", metavar="NAME", help="Firestore database (rbm-ledger)")
    parser.add_argument(
        "--tokens-file", type=Path, metavar="FILE", help="value of the secret; else RBM_CLIENT_TOKENS has it"
    )
    add_patience(parser)


def add_patience(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answer-seconds",
        type=float,
        default=35,
        metavar="N",
        help="for webhook to answer (%(default)s)",
    )
    parser.add_argument(
        "--document-seconds",
        type=float,
        default=90,
        metavar="N",
        help="for the document (%(default)s)",
    )


def choose_target(arguments: argparse.Namespace) -> Target:
    """From the flags, else from Terraform's outputs; raises NoTarget.

    The documents are in an emulator if the environment names one.
    """
    outputs = _read_outputs(arguments.terraform_output) if arguments.terraform_output else {}
    # projects/PROJECT/databases/DATABASE
    _, project, _, database = outputs.get("database", "///").split("/")
    webhook = arguments.webhook or outputs.get("webhook_address", "")
    project = arguments.project or project
    if not webhook or not project:
        raise NoTarget("Name the system: --terraform-output FILE, or both --webhook URL and --project ID.")
    return Target(
        webhook=webhook,
        project=project,
        database=arguments.database or database or "rbm-ledger",
        client_token=read_token(arguments.tokens_file),
        emulator_host=os.environ.get("FIRESTORE_EMULATOR_HOST", ""),
    )


def _read_outputs(file: str) -> dict[str, Any]:
    """What `terraform output -json` prints, of which `-` means standard input."""
    try:
        printed = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text())
        return {name: printed[name]["value"] for name in ("webhook_address", "database")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoTarget(f"{file} is not what 'terraform output -json' prints here: {error!r}") from None


def read_token(file: Path | None) -> str:
    """The newest token of the partner webhook. No error repeats what was read: it is secret."""
    try:
        text = file.read_text() if file else os.environ["RBM_CLIENT_TOKENS"]
        return parse_client_tokens(text)[""][0]
    except OSError as error:
        raise NoTarget(f"--tokens-file: {error.strerror}: {file}") from None
    except ValueError as error:
        raise NoTarget(f"The client tokens {error}.") from None
    except KeyError:
        raise NoTarget(
            'Give the value of the secret rbm-client-tokens, with a token of the partner webhook (""): '
            "--tokens-file FILE, or RBM_CLIENT_TOKENS in the environment."
        ) from None
