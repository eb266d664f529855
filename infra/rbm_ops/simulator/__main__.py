"""`python -m rbm_ops.simulator --port N --webhook-url URL --client-token TOKEN`: plays Google's platform."""

import argparse
import asyncio
import signal

from rbm_ops.simulator.fates import describe_fates
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings


def main() -> None:
    asyncio.run(_serve(_parse_arguments()))


def _parse_arguments() -> SimulatorSettings:
    parser = argparse.ArgumentParser(
        prog="python -m rbm_ops.simulator",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,  # keeps the lines of --list
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook-url", required=True, help="where the callbacks go")
    parser.add_argument("--client-token", required=True, help="the key that signs the callbacks")
    parser.add_argument(
        "--agents", type=_split_agents, default=frozenset(), help="known agents: a,b; else all"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the latencies")
    parser.add_argument("--pace", type=float, default=1.0, help="factor on all latencies")
    parser.add_argument("--reused-id", type=int, choices=(200, 409), default=200, dest="reused_id_status")
    parser.add_argument(
        "--list", action="version", version=describe_fates(), help="show what each number does"
    )
    return SimulatorSettings(**vars(parser.parse_args()))


def _split_agents(value: str) -> frozenset[str]:
    return frozenset(filter(None, value.split(",")))


async def _serve(settings: SimulatorSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running_simulator(settings):
        await stop.wait()


if __name__ == "__main__":
    main()
