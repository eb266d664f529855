"""`rbm simulator`: plays Google's platform, both halves of it, until it is interrupted.

Without --webhook-url nobody is called until a webhook is registered. --config names a JSON file of the
settings (GET /control/settings shows them all); what the command line says goes before it.
"""

import argparse
import asyncio
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from rbm_ops.flags import parse_port
from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.fates import describe_fates
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import EnvelopeStyle, PayloadStyle, SimulatorSettings

DEFAULT_PORT = 8790
# What an option is called in the file.
_MEMBERS = {
    "port": "port",
    "webhook_url": "webhookUrl",
    "client_token": "clientToken",
    "seed": "seed",
    "pace": "pace",
    "clock": "clock",
    "clock_scale": "clockScale",
    "clock_start": "clockStart",
    "payload": "payloadStyle",
    "envelope": "envelopeStyle",
}


class BadSettings(Exception):
    """A person can mend them; the text says where."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option that is not given is not in the namespace."""
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter  # keeps the lines of --list
    parser.argument_default = argparse.SUPPRESS
    add = parser.add_argument
    add("--port", type=parse_port, help=f"0: any free one (default: {DEFAULT_PORT})")
    add("--webhook-url", metavar="URL", help="the partner's webhook, called without a handshake")
    add("--client-token", metavar="TOKEN", help="the key that signs the callbacks")
    add("--agents", metavar="A,B", help="known agents (default: every agent is known)")
    add("--config", type=Path, metavar="FILE", help="JSON of the settings: agents, phones, ordinaryPhone, …")
    add("--seed", type=int, metavar="N", help="the same seed gives the same run (default: a new one)")
    add("--pace", type=float, metavar="FACTOR", help="on all waits of the phones (default: 1)")
    add("--clock", choices=list(ClockMode), help="stepped: it stands until POST /control/clock/advance")
    add("--clock-scale", type=float, metavar="FACTOR", help="how fast a scaled clock goes")
    add("--clock-start", metavar="TIME", help="where a stepped clock stands at first: RFC 3339")
    add("--reused-id", type=int, choices=(200, 409), help="the answer to an id that was used before")
    add("--payload", choices=list(PayloadStyle), help="how the signed JSON is written")
    add("--envelope", choices=list(EnvelopeStyle), help="minimal: `data` alone")
    add("--list", action="version", version=describe_fates(), help="show what each number does")


async def run_simulator(arguments: argparse.Namespace) -> int:
    """Returns at SIGINT or SIGTERM; raises BadSettings."""
    settings = read_settings(vars(arguments))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with running_simulator(settings) as simulator:
            lines = _describe_start(simulator.url, settings)
            print(*lines, sep="\n", flush=True)  # noqa: T201 - the command's output
            await stop.wait()
    except OSError as error:
        raise BadSettings(f"{settings.host}:{settings.port} can't be served: {error.strerror}") from error
    return 0


def _describe_start(url: str, settings: SimulatorSettings) -> Iterator[str]:
    yield f"Google's RBM platform, simulated: {url}"
    yield f"Phones, webhooks, clock, wire: {url}/control/"
    yield f"Seed: {settings.seed}"


def read_settings(options: Mapping[str, Any]) -> SimulatorSettings:
    """The command line's options, where they are given, in front of the file's. Raises BadSettings."""
    given: dict[str, Any] = {"port": DEFAULT_PORT}
    if "config" in options:
        given |= _read_config(options["config"])
    given |= {member: options[name] for name, member in _MEMBERS.items() if name in options}
    if "agents" in options:
        named = filter(None, options["agents"].split(","))
        given["agents"] = {agent_id: {} for agent_id in named} | given.get("agents", {})
    if "reused_id" in options:
        given["choices"] = {**given.get("choices", {}), "reusedIdStatus": options["reused_id"]}
    return _convert(given, source="The command line")


def _read_config(file: Path) -> dict[str, Any]:
    try:
        config = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, ValueError) as error:
        raise BadSettings(f"{file}: {error}") from error
    _convert(config, source=str(file))
    return config


def _convert(settings: dict[str, Any], *, source: str) -> SimulatorSettings:
    try:
        return msgspec.convert(settings, SimulatorSettings)
    except msgspec.ValidationError as fault:
        raise BadSettings(f"{source}: {fault}") from fault
