"""`rbm up`: the local cloud in the foreground, until Ctrl-C."""

import asyncio
import signal
import time

from rich.console import Console
from rich.table import Table

from rbm_ops.local.addresses import CLIENT_TOKEN, Addresses, find_running
from rbm_ops.local.cloud import LocalSettings, running_cloud


class AlreadyRunning(Exception):
    """One local cloud per state folder."""


async def run_up(settings: LocalSettings) -> int:
    """Raises AlreadyRunning, and whatever keeps the cloud from starting."""
    running = find_running(settings.state_folder)
    if running is not None:
        raise AlreadyRunning(
            f"A local cloud runs already (webhook at http://{running.webhook}/). Stop it with Ctrl-C where "
            "it was started, or set RBM_STATE_DIR to another folder for a second one."
        )
    cancel_on_signals()
    console = Console()
    try:
        await _serve(settings, console)
    except asyncio.CancelledError:
        console.print("stopped")
    return 0


def cancel_on_signals() -> None:
    """Ctrl-C and SIGTERM end the running task once, so that what it started is stopped in peace."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None  # noqa: S101 - called from within a task

    def cancel_once() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel_once)


async def _serve(settings: LocalSettings, console: Console) -> None:
    started_at = time.monotonic()
    with console.status("starting") as status:
        async with running_cloud(settings, lambda step: status.update(f"starting: {step}")) as cloud:
            status.stop()
            console.print(f"Ready in {time.monotonic() - started_at:.1f} s. Ctrl-C stops everything.")
            console.print(_describe(cloud.addresses, settings))
            await cloud.wait_until_broken()


def _describe(addresses: Addresses, settings: LocalSettings) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    rows = {
        "console": f"[bold]http://{addresses.console}/[/]  (open it in a browser)",
        "webhook": f"http://{addresses.webhook}/  (client token {CLIENT_TOKEN})",
        "correlate": f"http://{addresses.correlate}/",
        "send": f"http://{addresses.send}/  (POST a send request)",
        "simulator": f"http://{addresses.simulator}/  (the RBM platform)",
        "Pub/Sub": f"PUBSUB_EMULATOR_HOST={addresses.pubsub}",
        "Firestore": f"FIRESTORE_EMULATOR_HOST={addresses.firestore}",
        "project": f"GOOGLE_CLOUD_PROJECT={addresses.project}",
        "data": str(settings.data_folder or "in memory"),
        "logs": str(settings.state_folder / "logs"),
        "try": 'rbm send +14155550101 --text "Hello" · rbm demo',
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table
