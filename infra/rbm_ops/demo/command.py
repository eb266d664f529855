"""`rbm demo`: publish, watch, judge. Ends with status 0 only if every document is as it must be."""

import asyncio
import contextlib
import dataclasses
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from rich.console import Console
from rich.live import Live

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.ledger import consent_path, conversation_path, message_path
from rbm_ledger.environment import Environment
from rbm_ops.demo.display import Row, describe_failures, render_table
from rbm_ops.demo.judgement import Found, find_differences
from rbm_ops.demo.scenarios import SCENARIOS
from rbm_ops.documents import connect_firestore
from rbm_ops.local.addresses import Addresses, find_running
from rbm_ops.local.cloud import EmulatorKind, LocalSettings, running_cloud
from rbm_ops.local.command import cancel_on_signals
from rbm_ops.requests.publishing import connect_send_requests

_PATIENCE_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.15
_WIDTH_OF_A_FILE = 118


async def run_demo(settings: LocalSettings, *, stay: bool) -> int:
    """On the local cloud that runs, or on one of its own: for as long as it takes, or until Ctrl-C."""
    cancel_on_signals()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    async with _find_cloud(settings, console, stay=stay) as addresses:
        rows = await _play(addresses, console)
        _print_verdict(rows, console)
    return 1 if any(row.differences for row in rows) else 0


def _print_verdict(rows: list[Row], console: Console) -> None:
    for message, differences in describe_failures(rows).items():
        console.print(f"[red]✗[/] {message}: {differences}", soft_wrap=True)
    right = sum(not row.differences for row in rows)
    console.print(f"{right} of {len(rows)} messages are as they must be.")


@contextlib.asynccontextmanager
async def _find_cloud(settings: LocalSettings, console: Console, *, stay: bool) -> AsyncIterator[Addresses]:
    running = find_running(settings.state_folder) if settings.emulators is EmulatorKind.EMBEDDED else None
    if running is not None:
        console.print(f"Using the local cloud that runs. Watch it at http://{running.console}/")
        yield running
        return
    own = dataclasses.replace(settings, state_folder=settings.state_folder / "demo")
    started_at = time.monotonic()
    with console.status("starting") as status:
        async with running_cloud(own, lambda step: status.update(f"starting: {step}")) as cloud:
            status.stop()
            console.print(f"Local cloud ready in {time.monotonic() - started_at:.1f} s.")
            until = "" if stay else " (it ends with the demo; --stay keeps it)"
            console.print(f"Watch it at http://{cloud.addresses.console}/{until}")
            yield cloud.addresses
            if stay:
                console.print("It stays until Ctrl-C.")
                with contextlib.suppress(asyncio.CancelledError):
                    await cloud.wait_until_broken()


async def _play(addresses: Addresses, console: Console) -> list[Row]:
    run = uuid.uuid4().hex[:8]
    agent_id = f"rbm-demo-{run}"
    rows = [
        Row(scenario, derive_message_id(agent_id, f"{run}/{number}"))
        for number, scenario in enumerate(SCENARIOS)
    ]
    await _publish_requests(addresses, agent_id, run)
    started_at = time.monotonic()
    client = connect_firestore(addresses.project, addresses.firestore)
    with Live(render_table(rows), console=console, refresh_per_second=8) as live:
        while any(row.differences for row in rows) and time.monotonic() - started_at < _PATIENCE_SECONDS:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            await _look(client, agent_id, rows, time.monotonic() - started_at)
            live.update(render_table(rows))
    if not console.is_terminal:
        console.print()  # a live table ends its last line on terminals only
    return rows


async def _publish_requests(addresses: Addresses, agent_id: str, run: str) -> None:
    publisher = connect_send_requests(addresses.project, addresses.pubsub)
    requests = [
        encode_compact(scenario.request(agent_id, f"{run}/{number}"))
        for number, scenario in enumerate(SCENARIOS)
        for _ in range(scenario.published)
    ]
    await asyncio.gather(*(publisher.publish(request, {}) for request in requests))


async def _look(client: Any, agent_id: str, rows: list[Row], seconds: float) -> None:
    """Reads every message and judges it."""
    for row in rows:
        found = await _find(client, agent_id, row)
        row.record = found.record
        row.differences = find_differences(row.scenario, found)
        if not row.differences:
            row.seconds = seconds if row.seconds is None else row.seconds
        else:
            row.seconds = None


async def _find(client: Any, agent_id: str, row: Row) -> Found:
    record = (await client.document(*message_path(agent_id, row.message_id)).get()).to_dict() or {}
    if not (row.scenario.user_messages or row.scenario.opts_out):
        return Found(record)
    phone_number = row.scenario.phone_number
    brand = Environment(os.environ).agents("RBM_AGENTS").brand_of(agent_id)
    consent = client.document(*consent_path(agent_id, brand, phone_number))
    conversation = client.document(*conversation_path(agent_id, phone_number))
    return Found(
        record,
        tuple([message.get("kind") async for message in conversation.collection("userMessages").stream()]),
        (await consent.get()).to_dict() or {},
        tuple([word.get("by") async for word in consent.collection("evidence").stream()]),
    )
