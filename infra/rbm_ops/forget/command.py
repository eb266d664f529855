"""`rbm forget NUMBER`: what is kept about it; with `--yes` it is erased, and looked for again."""

import argparse
import contextlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rbm_ledger.config import read_correlate_settings
from rbm_ledger.usecases.recording import Recorder
from rbm_ops.deadletters.subscription import open_kept_letters
from rbm_ops.documents import connect_firestore, connect_ledger
from rbm_ops.environment import Cloud, find_cloud, find_environment
from rbm_ops.failures import reporting_failures
from rbm_ops.forget.documents import Documents
from rbm_ops.forget.erasing import Choices, Eraser
from rbm_ops.forget.naming import Naming
from rbm_ops.forget.report import Outcome, describe_outcome, print_outcome
from rbm_ops.forget.unreachable import list_elsewhere
from rbm_ops.json_text import print_json


async def run_forget(arguments: argparse.Namespace) -> int:
    """0: nothing is left; 1: something is. Raises InvalidSettings, NoAnswer and NoCloud."""
    cloud = find_cloud()
    async with _making_eraser(cloud, arguments) as eraser:
        if arguments.yes:
            outcome = Outcome(await eraser.erase(), await eraser.look())
        else:
            outcome = Outcome(None, await eraser.look())
    elsewhere = list_elsewhere(cloud.project, arguments.prefix, arguments.phone_number)
    if arguments.json:
        print_json(describe_outcome(arguments.phone_number, outcome, elsewhere))
    else:
        print_outcome(arguments.phone_number, outcome, elsewhere)
    return 1 if outcome.is_anything_left else 0


@contextlib.asynccontextmanager
async def _making_eraser(cloud: Cloud, arguments: argparse.Namespace) -> AsyncIterator[Eraser]:
    settings = read_correlate_settings({**os.environ, **find_environment()})
    naming = Naming(arguments.phone_number)
    recorder = Recorder(
        ledger=connect_ledger(cloud.project, cloud.firestore_host),
        updates=None,
        clock=lambda: datetime.now(UTC),
        retention=settings.ledger.retention,
        store_content=False,
    )
    letters = open_kept_letters(cloud, prefix=arguments.prefix, wait_seconds=arguments.wait)
    choices = Choices(with_consent=arguments.with_consent, with_shared=arguments.with_shared)
    with reporting_failures("Google Cloud"), _progress(arguments) as progress:
        task = progress.add_task("documents read", total=None)
        client = connect_firestore(cloud.project, cloud.firestore_host)
        documents = Documents(client, naming, lambda count: progress.advance(task, count))
        async with letters as kept:
            yield Eraser(naming, documents, kept, recorder, settings, choices)


def _progress(arguments: argparse.Namespace) -> Progress:
    """On standard error, and only for people."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed:.0f} {task.description}"), TimeElapsedColumn())
    is_hidden = arguments.json or not console.is_terminal
    return Progress(*columns, console=console, transient=True, disable=is_hidden)
