"""`rbm pause`, `rbm resume`, `rbm agents`: in the running local cloud, else where the environment names."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rich.console import Console

from rbm_ledger.domain.agents import is_paused, merge_pause, merge_resume, paused_at_ms, resumed_at_ms
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.ledger import Merge, Record, agent_path, stamp
from rbm_ops.agents.standing import describe_time, read_standings, render_standings
from rbm_ops.documents import connect_firestore, connect_ledger
from rbm_ops.environment import find_cloud
from rbm_ops.failures import reporting_failures
from rbm_ops.tables import print_line, print_table

# An instance looks at most 10 s later, and again when a call that waited has its turn.
_PAUSED = """\
{agent_id} is paused since {time}. In 10 s at the latest no message is sent as it any more.
They wait in Pub/Sub, which repeats them; after the last attempt they go to the dead letters.
Revokes, questions and other requests still go out; callbacks are still acknowledged and recorded.
Go on with: rbm resume {agent_id}"""
_RESUMED = """\
{agent_id} is resumed since {time}. In 10 s at the latest messages are sent as it again.
Those that wait go out when Pub/Sub repeats them. Those in the dead letters stay there."""


class NotInForce(Exception):
    """It was written, and what was written before is the later; the text says what to do."""


async def run_pause(arguments: argparse.Namespace) -> int:
    """Raises NoCloud, NoAnswer and NotInForce."""
    agent_id = shorten_agent_id(arguments.agent)
    is_known, record = await _switch(agent_id, merge_pause)
    if not is_paused(record):
        raise NotInForce(_describe_later(agent_id, "resumed", resumed_at_ms(record)))
    console = Console(highlight=False, soft_wrap=True)
    console.print(_PAUSED.format(agent_id=agent_id, time=describe_time(paused_at_ms(record))), markup=False)
    if not is_known:
        console.print(
            f"Nothing was known of {agent_id} so far: is that its name? See: rbm agents", markup=False
        )
    return 0


async def run_resume(arguments: argparse.Namespace) -> int:
    """Raises NoCloud, NoAnswer and NotInForce."""
    agent_id = shorten_agent_id(arguments.agent)
    _, record = await _switch(agent_id, merge_resume)
    if is_paused(record):
        raise NotInForce(_describe_later(agent_id, "paused", paused_at_ms(record)))
    text = _RESUMED.format(agent_id=agent_id, time=describe_time(resumed_at_ms(record)))
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
    return 0


async def run_agents(_: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    cloud = find_cloud()
    with reporting_failures("Firestore"):
        standings = await read_standings(
            connect_firestore(cloud.project, cloud.firestore_host),
            connect_ledger(cloud.project, cloud.firestore_host),
            datetime.now(UTC),
        )
    if standings:
        print_table(render_standings(standings))
    else:
        print_line("There are no agents (yet).")
    return 0


async def _switch(agent_id: str, merge_for: Callable[[str, datetime], Merge]) -> tuple[bool, Record]:
    """Whether anything was known of the agent before, and what its document says after it."""
    cloud = find_cloud()
    agent = agent_path(agent_id)
    now = datetime.now(UTC)
    with reporting_failures("Firestore"):
        ledger = connect_ledger(cloud.project, cloud.firestore_host)
        messages = connect_firestore(cloud.project, cloud.firestore_host).collection(*agent, "messages")
        is_known = await ledger.read(agent) is not None or bool(await messages.limit(1).get())
        # An agent's document carries no time to purge it.
        await ledger.merge(stamp(merge_for(agent_id, now), now=now, retention=timedelta()))
        return is_known, await ledger.read(agent) or {}


def _describe_later(agent_id: str, what: str, at_ms: int) -> str:
    return (
        f"{agent_id} was {what} at {describe_time(at_ms)}, and that stays in force: the clock of this "
        "machine is behind. Set it right, and try again."
    )
