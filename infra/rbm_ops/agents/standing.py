"""How each agent stands: what its document says, and how many instances send as it at this moment."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from rich.table import Table

from rbm_ledger.domain.agents import is_paused, launch_states_of, paused_at_ms
from rbm_ledger.domain.ledger import Record, agent_path
from rbm_ledger.domain.rates import senders_query
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.ports import Ledger
from rbm_ops.tables import make_table

_HEADINGS = ("agent", "paused since", "launch states", "instances sending")


@dataclass(frozen=True, slots=True)
class Standing:
    """`senders`: instances that were seen in the last 30 s."""

    agent_id: str
    record: Record
    senders: int


async def read_standings(client: Any, ledger: Ledger, now: datetime) -> list[Standing]:
    """Of every agent that has any document at all; raises as the client and the ledger do."""
    documents = [document async for document in client.collection("agents").list_documents()]
    agent_ids = [unquote(document.id) for document in documents]
    return list(await asyncio.gather(*(_read_standing(ledger, agent_id, now) for agent_id in agent_ids)))


async def _read_standing(ledger: Ledger, agent_id: str, now: datetime) -> Standing:
    record, senders = await asyncio.gather(
        ledger.read(agent_path(agent_id)), ledger.find(senders_query(agent_id, now))
    )
    return Standing(agent_id, record or {}, len(senders))


def render_standings(standings: Sequence[Standing]) -> Table:
    table = make_table(*_HEADINGS)
    for standing in standings:
        table.add_row(
            standing.agent_id,
            describe_time(paused_at_ms(standing.record)) if is_paused(standing.record) else "–",
            ", ".join(f"{region} {state}" for region, state in launch_states_of(standing.record).items())
            or "–",
            str(standing.senders),
        )
    return table


def describe_time(at_ms: int) -> str:
    return format_rfc3339(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms))
