"""What `rbm doctor` takes."""

import argparse
from pathlib import Path


def fill_parser(parser: argparse.ArgumentParser) -> None:
    from rbm_ops.doctor.command import run_doctor
    from rbm_ops.smoke.target import add_patience

    parser.set_defaults(run=run_doctor, mendable=())
    parser.epilog = "Exit status: 0 all well, 1 faults, 2 usage, or it could not look (at everything)."
    parser.add_argument("--plan", metavar="FILE", help="of 'terraform show -json PLAN'; - is stdin")
    parser.add_argument("--project", metavar="ID", help="what is deployed there, as you may see it")
    parser.add_argument("--region", default="us-central1", metavar="NAME", help="(%(default)s)")
    parser.add_argument("--prefix", default="rbm", metavar="NAME", help="of all names (%(default)s)")
    parser.add_argument("--database", default="rbm-ledger", metavar="NAME", help="(%(default)s)")
    parser.add_argument("--webhook", metavar="URL", help="else that of the function")
    parser.add_argument(
        "--tokens-file", type=Path, metavar="FILE", help="else the secret, where you may read it"
    )
    parser.add_argument(
        "--agent", action="append", default=[], metavar="ID", help="to ask the platform about; else all"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    add_patience(parser)
