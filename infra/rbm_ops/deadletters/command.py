"""`rbm deadletters list|replay|drop`: in the running local cloud, else where the environment names."""

import argparse
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import Progress

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ops.deadletters import report
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.old_ids import find_old_ids
from rbm_ops.deadletters.planning import Choices, Plan, plan_replay
from rbm_ops.deadletters.replaying import Tell, drop_letters, replay_letters
from rbm_ops.deadletters.selecting import matches, read_wanted
from rbm_ops.deadletters.subscription import Held, holding_letters, open_kept_letters
from rbm_ops.documents import connect_firestore
from rbm_ops.environment import Cloud, find_cloud
from rbm_ops.failures import reporting_failures
from rbm_ops.json_text import print_json
from rbm_ops.requests.publishing import connect_topic


class NotSaved(Exception):
    """The file of `--save` can't be written; nothing of what it should hold was dropped."""


@dataclass(frozen=True, slots=True)
class _Found:
    """`letters`: of those that are held, what the person means. `is_all`: the limit was not reached."""

    held: Held
    letters: Sequence[DeadLetter]
    is_all: bool


async def run_list(arguments: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    now = datetime.now(UTC)
    async with _finding(find_cloud(), arguments, now) as found:
        if arguments.json:
            print_json(report.describe_list(found.letters, is_all=found.is_all, now=now))
        else:
            report.print_list(
                found.letters, is_all=found.is_all, now=now, full_numbers=arguments.full_numbers
            )
    return 0 if found.letters else 1


async def run_replay(arguments: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    cloud = find_cloud()
    now = datetime.now(UTC)
    async with _finding(cloud, arguments, now) as found:
        plans = await _plan(cloud, found.letters, _read_choices(arguments), now)
        done = [plan for plan in plans if not plan.refusal]
        failed = {}
        if arguments.yes:
            with _progress("replayed", len(done), is_shown=not arguments.json) as tell:
                failed = await _replay(cloud, found.held, done, arguments.rate, tell)
    if arguments.json:
        print_json(report.describe_replay(plans, failed, is_done=arguments.yes))
    else:
        report.print_replay(plans, failed, is_done=arguments.yes, is_all=found.is_all)
    return 0 if plans and len(done) == len(plans) and not failed else 1


async def run_drop(arguments: argparse.Namespace) -> int:
    """Raises NoCloud, NoAnswer and NotSaved."""
    now = datetime.now(UTC)
    async with _finding(find_cloud(), arguments, now) as found:
        if arguments.yes:
            with _progress("dropped", len(found.letters), is_shown=not arguments.json) as tell:
                await _drop(found, arguments, tell)
    is_done, is_all = arguments.yes, found.is_all
    if arguments.json:
        print_json(report.describe_drop(found.letters, arguments.save, is_done=is_done, is_all=is_all))
    else:
        report.print_drop(found.letters, arguments.save, is_done=is_done, is_all=is_all, now=now)
    return 0 if found.letters else 1


@contextlib.asynccontextmanager
async def _finding(cloud: Cloud, arguments: argparse.Namespace, now: datetime) -> AsyncIterator[_Found]:
    wanted = read_wanted(arguments)
    kept = open_kept_letters(cloud, prefix=arguments.prefix, wait_seconds=arguments.wait)
    with reporting_failures("Pub/Sub"):
        async with kept as letters, holding_letters(letters, arguments.limit) as held:
            chosen = [letter for letter in held.letters if matches(letter, wanted, now)]
            yield _Found(held, chosen, is_all=len(held.letters) < arguments.limit)


async def _plan(cloud: Cloud, letters: Sequence[DeadLetter], choices: Choices, now: datetime) -> list[Plan]:
    old_ids: Mapping[str, str] = {}
    if any(letter.lacks_id for letter in letters):
        with reporting_failures("Firestore"):
            old_ids = await find_old_ids(connect_firestore(cloud.project, cloud.firestore_host), letters)
    return [plan_replay(letter, choices, old_id=old_ids.get(letter.id), now=now) for letter in letters]


async def _replay(
    cloud: Cloud, held: Held, plans: Sequence[Plan], per_second: float | None, tell: Tell
) -> dict[str, str]:
    """Id of a dead letter → why it was not published."""
    publishers: dict[str, PubSubPublisher] = {
        topic: connect_topic(topic, cloud.project, cloud.pubsub_host)
        for topic in {plan.letter.topic for plan in plans}
    }
    failed = await replay_letters(plans, held, publishers, per_second=per_second, tell=tell)
    return {letter.id: error.reason for letter, error in failed}


async def _drop(found: _Found, arguments: argparse.Namespace, tell: Tell) -> None:
    try:
        await drop_letters(found.letters, found.held, arguments.save, tell=tell)
    except OSError as error:
        raise NotSaved(f"--save: {error.strerror}: {arguments.save}") from None


def _read_choices(arguments: argparse.Namespace) -> Choices:
    return Choices(
        even_expired=arguments.even_expired,
        late_opt_ins=arguments.late_opt_ins,
        allow_new_id=arguments.allow_new_id,
    )


@contextlib.contextmanager
def _progress(what: str, total: int, *, is_shown: bool) -> Iterator[Tell]:
    """A bar on a terminal; a pipe gets none."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not is_shown or not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
