"""The three functions as a person sees and breaks them: stopped, started, killed."""

import asyncio
from collections.abc import Mapping
from typing import Any

from rbm_ops.console.answers import Refusal
from rbm_ops.console.stream import OpenPages
from rbm_ops.json_text import encode
from rbm_ops.local.processes import SupervisedProcess
from rbm_ops.ports import is_listening

_LOOK_EVERY_SECONDS = 0.2


class Functions:
    """`processes` by the functions' names."""

    def __init__(self, processes: Mapping[str, SupervisedProcess]) -> None:
        self._processes = processes
        self._seen_listening: dict[str, int] = {}

    async def describe(self) -> list[dict[str, Any]]:
        return [await self.describe_one(name) for name in self._processes]

    async def describe_one(self, name: str) -> dict[str, Any]:
        process = self._find(name)
        return {
            "name": name,
            "state": await self._state_of(process),
            "processId": process.process_id,
            "starts": process.starts,
        }

    async def act(self, name: str, action: object) -> dict[str, Any]:
        """The function's row after it; a killed or started one takes a moment to answer again."""
        process = self._find(name)
        match action:
            case "stop":
                await process.take_down()
            case "start":
                process.bring_back()
            case "kill":
                await process.kill()
            case _:
                raise Refusal(400, "The action must be stop, start or kill.")
        return await self.describe_one(name)

    def _find(self, name: str) -> SupervisedProcess:
        if name not in self._processes:
            raise Refusal(404, f"There is no function {name}; there are {', '.join(self._processes)}.")
        return self._processes[name]

    async def _state_of(self, process: SupervisedProcess) -> str:
        """The port is asked once per process: one that listened goes on listening until it ends."""
        if not process.is_wanted:
            return "stopped"
        name, process_id = process.command.name, process.process_id
        if process_id is None:
            return "starting"
        if self._seen_listening.get(name) != process_id:
            if not await asyncio.to_thread(is_listening, process.command.port):
                return "starting"
            self._seen_listening[name] = process_id
        return "running"


async def watch_functions(functions: Functions, pages: OpenPages) -> None:
    """Tells the pages of every change; never returns."""
    told: list[dict[str, Any]] = []
    while True:
        await pages.wait_until_watched()
        found = await functions.describe()
        if found != told:
            pages.tell("functions", encode(found))
            told = found
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
