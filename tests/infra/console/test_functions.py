"""Functions are stopped, started and killed; real processes stand in for them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.infra.console.page import PATIENCE_SECONDS, ConsolePage, until
from tests.support.local_cloud import is_alive

from rbm_ops.console.server import running_console
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.processes import Command, SupervisedProcess
from rbm_ops.ports import find_free_port, is_listening

NAMES = ("webhook", "send")


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[dict[str, SupervisedProcess]]:
    """By name; each listens on a port of its own."""
    started = {name: _make_process(name, tmp_path) for name in NAMES}
    for process in started.values():
        await process.start()
        await process.wait_until_listening(20)
    yield started
    for process in started.values():
        await process.stop()


def _make_process(name: str, folder: Path) -> SupervisedProcess:
    port = find_free_port()
    arguments = (sys.executable, "-S", "-m", "http.server", "--bind", "127.0.0.1", str(port))
    command = Command(name, arguments, port, folder=folder, restart=True)
    return SupervisedProcess(command, folder / f"{name}.log", lambda _name, _process_id: None)


@pytest.fixture
async def console(
    addresses: Addresses, processes: dict[str, SupervisedProcess]
) -> AsyncIterator[ConsolePage]:
    async with running_console(addresses, processes), aiohttp.ClientSession() as session:
        yield ConsolePage(session, f"http://{addresses.console}")


async def _row(console: ConsolePage, name: str) -> dict[str, Any]:
    rows = (await console.get("/api/cloud")).body["functions"]
    return next(row for row in rows if row["name"] == name)


async def _until_running(console: ConsolePage, name: str) -> dict[str, Any]:
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        row = await _row(console, name)
        if row["state"] == "running":
            return row
        await asyncio.sleep(0.02)
    raise AssertionError(f"{name} did not come back")


async def test_functions_are_named_with_state_and_process(
    console: ConsolePage, processes: dict[str, SupervisedProcess]
) -> None:
    assert (await console.get("/api/cloud")).body["functions"] == [
        {"name": name, "state": "running", "processId": processes[name].process_id, "starts": 1}
        for name in NAMES
    ]


async def test_stopped_function_refuses_and_stays_stopped_until_it_is_started(
    console: ConsolePage, processes: dict[str, SupervisedProcess]
) -> None:
    port, first = processes["webhook"].command.port, processes["webhook"].process_id
    stopped = await console.post("/api/functions/webhook", {"action": "stop"})
    assert stopped.body == {"name": "webhook", "state": "stopped", "processId": None, "starts": 1}
    assert not is_listening(port)
    await asyncio.sleep(0.5)  # twice the wait after which a dead one would be replaced
    assert not is_listening(port)
    assert (await _row(console, "send"))["state"] == "running"

    started = await console.post("/api/functions/webhook", {"action": "start"})
    assert started.body["state"] == "starting"
    row = await _until_running(console, "webhook")
    assert is_listening(port)
    assert row["starts"] == 2
    assert row["processId"] not in (None, first)


async def test_killed_function_comes_back_as_another_process(
    console: ConsolePage, processes: dict[str, SupervisedProcess]
) -> None:
    first = processes["webhook"].process_id
    assert first is not None
    killed = await console.post("/api/functions/webhook", {"action": "kill"})
    assert (killed.body["state"], killed.body["processId"]) == ("starting", None)
    assert not is_alive(first)
    row = await _until_running(console, "webhook")
    assert row["processId"] not in (None, first)
    assert row["starts"] == 2


async def test_function_that_is_stopped_again_while_it_starts_is_stopped(
    console: ConsolePage, processes: dict[str, SupervisedProcess]
) -> None:
    process = processes["webhook"]
    await process.take_down()
    process.bring_back()
    await until(lambda: process.starts == 2, what="it was started")
    row = await console.post("/api/functions/webhook", {"action": "stop"})
    assert row.body["state"] == "stopped"
    await until(lambda: process.process_id is None, what="it has ended")
    assert not is_listening(process.command.port)


async def test_stopping_does_not_count_as_a_broken_cloud(processes: dict[str, SupervisedProcess]) -> None:
    process = processes["webhook"]
    ended = asyncio.create_task(process.wait_until_ended())
    await process.take_down()
    await asyncio.sleep(0.3)
    assert not ended.done()
    ended.cancel()


@pytest.mark.parametrize("action", ["stop", "start", "kill"])
async def test_repeated_action_does_no_harm(console: ConsolePage, action: str) -> None:
    for _ in range(2):
        assert (await console.post("/api/functions/send", {"action": action})).status == 200


async def test_unknown_function_and_unknown_action_are_refused_by_name(console: ConsolePage) -> None:
    unknown = await console.post("/api/functions/emulators", {"action": "stop"})
    assert (unknown.status, "webhook, send" in unknown.body["error"]["message"]) == (404, True)
    for action in ({"action": "explode"}, {"action": None}, {}):
        assert (await console.post("/api/functions/webhook", action)).status == 400


async def test_pages_hear_of_every_change(
    console: ConsolePage, processes: dict[str, SupervisedProcess]
) -> None:
    async with console.listening() as heard:
        await until(lambda: heard.named("functions"), what="the states are told at first")
        await processes["send"].take_down()
        await until(lambda: heard.named("functions")[-1][1]["state"] == "stopped", what="it is stopped")
        processes["send"].bring_back()
        await until(lambda: heard.named("functions")[-1][1]["state"] == "running", what="it runs again")
    starts = [rows[1]["starts"] for rows in heard.named("functions")]
    assert (starts[0], starts[-1]) == (1, 2)
