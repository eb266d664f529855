"""`rbm rebuild`: what differs is listed; with `--yes` it is mended, as far as merges can."""

import argparse
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rbm_ledger.config import CorrelateSettings, read_correlate_settings
from rbm_ledger.domain.identifiers import make_document_id, shorten_agent_id
from rbm_ledger.logs import redact_phone_number
from rbm_ops.documents import connect_firestore, connect_ledger
from rbm_ops.environment import find_cloud, find_environment
from rbm_ops.failures import reporting_failures
from rbm_ops.json_text import encode, print_json
from rbm_ops.rebuild.differences import Difference
from rbm_ops.rebuild.mending import Findings, Mender
from rbm_ops.rebuild.pace import Pace
from rbm_ops.rebuild.walk import Scope, Tally, Walk
from rbm_ops.terminal_text import show_controls

_MOST_CHARACTERS = 200


class NotThere(Exception):
    """What was named is not there; the text says what."""


async def run_rebuild(arguments: argparse.Namespace) -> int:
    """0: nothing differs (any more), 1: something does.

    Raises InvalidSettings, NoAnswer, NoCloud, NotThere.
    """
    cloud = find_cloud()
    settings = read_correlate_settings({**os.environ, **find_environment()})
    findings = Findings()
    with reporting_failures("Firestore"), _reading(arguments.events) as lines:
        ledger = connect_ledger(cloud.project, cloud.firestore_host)
        walk = Walk(connect_firestore(cloud.project, cloud.firestore_host), ledger, Tally())
        mender = Mender(ledger, lambda: datetime.now(UTC), settings.ledger.retention, arguments.create)
        batches = _compare(walk, lines, settings, _read_scope(arguments))
        await _work_off(batches, mender, findings, walk.tally, arguments)
    if arguments.message_id is not None and not walk.tally.documents:
        raise NotThere(f"There is no message {arguments.message_id}.")
    _tell_outcome(findings, walk.tally, arguments)
    return 1 if findings.left else 0


async def _compare(
    walk: Walk, lines: TextIO | None, settings: CorrelateSettings, scope: Scope
) -> AsyncIterator[list[Difference]]:
    """The archive first: what it mends does not differ any more."""
    if lines is not None:
        async for found in walk.compare_archive(lines, settings, scope):
            yield found
    async for found in walk.compare_documents(scope):
        yield found


async def _work_off(
    batches: AsyncIterator[list[Difference]],
    mender: Mender,
    findings: Findings,
    tally: Tally,
    arguments: argparse.Namespace,
) -> None:
    pace, console = Pace(arguments.rate), _open_console()
    with _progress(arguments) as progress:
        task = progress.add_task("", total=None)
        done = 0
        async for found in batches:
            mended = await mender.mend(found) if arguments.yes else set()
            for difference in found:
                is_mended = mender.can_mend(difference) and difference.document in mended
                findings.note(difference, is_mended=is_mended)
                if not arguments.json:
                    console.print(show_controls(_describe(difference, is_mended=is_mended)), markup=False)
            text = f"{tally.lines} lines, {tally.documents} documents, {findings.differences} differences"
            progress.update(task, description=text)
            await pace.spend(tally.lines + tally.documents - done)
            done = tally.lines + tally.documents


def _read_scope(arguments: argparse.Namespace) -> Scope:
    agent_id = make_document_id(shorten_agent_id(arguments.agent)) if arguments.agent else None
    return Scope(arguments.message_id, agent_id)


def _describe(difference: Difference, *, is_mended: bool) -> str:
    """One line; a number in the name of a document is shortened."""
    path = "/".join(redact_phone_number(part) if part[:1] == "+" else part for part in difference.document)
    stored, rebuilt = encode(difference.stored)[:_MOST_CHARACTERS], encode(difference.rebuilt)
    verdict = "mended" if is_mended else "can be mended" if difference.mend else "no merge mends it"
    what = f"{difference.field}: {stored} → {rebuilt[:_MOST_CHARACTERS]}" if difference.field else "missing"
    return f"{path}  {what}  ({difference.why}; {verdict})"


def _tell_outcome(findings: Findings, tally: Tally, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json(
            {
                "documents": tally.documents,
                "lines": tally.lines,
                "skippedLines": tally.skipped,
                "differences": findings.kept,
                "differencesFound": findings.differences,
                "mended": findings.mended,
                "left": findings.left,
            }
        )
        return
    console = _open_console()
    for why, count in tally.skipped.items():
        console.print(f"{count} of {tally.lines} lines: {why}", markup=False)
    console.print(
        f"{tally.documents} documents, {findings.differences} differences, {findings.mended} mended, "
        f"{findings.left} left."
    )
    if findings.left and not arguments.yes:
        console.print("Nothing was written. Mend what merges can mend with --yes.")


def _open_console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _progress(arguments: argparse.Namespace) -> Progress:
    """On standard error, and only for people."""
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=arguments.json or not console.is_terminal,
    )


@contextlib.contextmanager
def _reading(file: Any) -> Iterator[TextIO | None]:
    """The archive's lines; raises NotThere."""
    if file is None:
        yield None
    elif str(file) == "-":
        yield sys.stdin
    else:
        try:
            opened = file.open(encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            raise NotThere(f"--events: {error.strerror}: {file}") from None
        with opened:
            yield opened
