"""The `rbm` command: one subcommand per thing that people do."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import rbm_ops.before_grpc  # noqa: F401 - its place is before all others
from rbm_ops.environment import CouldNotLook
from rbm_ops.terminal_text import show_controls

if TYPE_CHECKING:
    from rbm_ops.local.cloud import LocalSettings

_Parser = argparse.ArgumentParser


_FAILED, _COULD_NOT_LOOK, _INTERRUPTED = 1, 2, 130


def main() -> None:
    try:
        sys.exit(_run())
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _run() -> int | None:
    """The exit status; None is 0."""
    words = (word for word in sys.argv[1:] if not word.startswith("-"))
    arguments = _make_parser(chosen=next(words, None)).parse_args()
    try:
        ran = arguments.run(arguments)
        status: int | None = asyncio.run(ran) if asyncio.iscoroutine(ran) else ran
    except arguments.mendable as problem:
        lines = map(show_controls, str(problem).split("\n"))
        sys.stderr.write("rbm: {}\n".format("\n".join(lines)))
        return _COULD_NOT_LOOK if isinstance(problem, CouldNotLook) else _FAILED
    return status


def _make_parser(*, chosen: str | None) -> _Parser:
    parser = argparse.ArgumentParser(prog="rbm", description="Run, try and watch rbm-ledger.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (about, fill) in COMMANDS.items():
        command = commands.add_parser(name, help=about)
        if name == chosen:
            fill(command)
    return parser


# Each imports what its own command needs; all of it together takes most of a second. `mendable` is what a
# person can mend, and its text says how; anything else is a fault of ours and shows where.


def _fill_up(up: _Parser) -> None:
    from rbm_ops.emulators.google import EmulatorsMissing
    from rbm_ops.flags import parse_port_base
    from rbm_ops.local.addresses import DEFAULT_PORT_BASE, PortsInUse
    from rbm_ops.local.cloud import EmulatorsUnnamed
    from rbm_ops.local.command import AlreadyRunning, run_up
    from rbm_ops.local.processes import ProcessDied

    up.set_defaults(
        run=lambda arguments: run_up(_local_settings(arguments, arguments.port_base)),
        mendable=(AlreadyRunning, EmulatorsMissing, EmulatorsUnnamed, PortsInUse, ProcessDied),
    )
    _add_emulators(up)
    up.add_argument(
        "--port-base",
        type=parse_port_base,
        default=DEFAULT_PORT_BASE,
        metavar="N",
        help="first of seven ports in a row (%(default)s)",
    )
    up.add_argument("--data", type=Path, metavar="DIR", help="keep the embedded emulators' data here")


def _fill_demo(demo: _Parser) -> None:
    from rbm_ops.demo.command import run_demo
    from rbm_ops.emulators.google import EmulatorsMissing
    from rbm_ops.local.cloud import EmulatorsUnnamed
    from rbm_ops.local.processes import ProcessDied

    demo.set_defaults(
        run=lambda arguments: run_demo(_local_settings(arguments, None), stay=arguments.stay),
        mendable=(EmulatorsMissing, EmulatorsUnnamed, ProcessDied),
        data=None,
    )
    _add_emulators(demo)
    demo.add_argument("--stay", action="store_true", help="keep the demo's own cloud running until Ctrl-C")


def _fill_send(send: _Parser) -> None:
    from rbm_ops.environment import NoCloud
    from rbm_ops.failures import NoAnswer
    from rbm_ops.requests.command import BadContent, run_send

    send.set_defaults(run=run_send, mendable=(BadContent, NoAnswer, NoCloud))
    send.add_argument("phone_number", help="E.164; +14155550101 to +14155550122 have fixed fates locally")
    content = send.add_mutually_exclusive_group(required=True)
    content.add_argument("--text", help="what to say")
    content.add_argument("--content", type=Path, metavar="FILE", help="JSON of a contentMessage or more")
    send.add_argument("--agent", default="growing-tree-bank", help="agentId (default: %(default)s)")
    send.add_argument("--ttl", help='how long it may take to deliver, such as "10s" (default: for ever)')
    send.add_argument("--key", help="idempotencyKey: the same key is the same message")


def _fill_show(show: _Parser) -> None:
    from rbm_ops.environment import NoCloud
    from rbm_ops.failures import NoAnswer
    from rbm_ops.requests.command import NotFound, run_show

    show.set_defaults(run=run_show, mendable=(NoAnswer, NoCloud, NotFound))
    show.add_argument("message_id")


def _fill_pause(pause: _Parser) -> None:
    from rbm_ops.agents.command import run_pause

    _fill_switch(pause)
    pause.set_defaults(run=run_pause)


def _fill_resume(resume: _Parser) -> None:
    from rbm_ops.agents.command import run_resume

    _fill_switch(resume)
    resume.set_defaults(run=run_resume)


def _fill_switch(switch: _Parser) -> None:
    from rbm_ops.agents.command import NotInForce
    from rbm_ops.environment import NoCloud
    from rbm_ops.failures import NoAnswer

    switch.set_defaults(mendable=(NoAnswer, NoCloud, NotInForce))
    switch.add_argument("agent", help="agentId, with or without @rbm.goog")


def _fill_agents(agents: _Parser) -> None:
    from rbm_ops.agents.command import run_agents
    from rbm_ops.environment import NoCloud
    from rbm_ops.failures import NoAnswer

    agents.set_defaults(run=run_agents, mendable=(NoAnswer, NoCloud))


def _fill_simulator(simulator: _Parser) -> None:
    from rbm_ops.simulator.command import BadSettings, add_arguments, run_simulator

    simulator.set_defaults(run=run_simulator, mendable=(BadSettings,))
    add_arguments(simulator)


def _fill_smoke(smoke: _Parser) -> None:
    from rbm_ops.failures import NoAnswer
    from rbm_ops.smoke.command import run_smoke
    from rbm_ops.smoke.target import NoTarget, add_arguments

    smoke.set_defaults(run=run_smoke, mendable=(NoAnswer, NoTarget))
    add_arguments(smoke)


def _fill_bench(bench: _Parser) -> None:
    from rbm_ops.bench.command import add_arguments, run_bench
    from rbm_ops.bench.problems import NotKept, PlottingMissing
    from rbm_ops.bench.processes import BenchFailed
    from rbm_ops.emulators.google import EmulatorsMissing

    bench.set_defaults(run=run_bench, mendable=(BenchFailed, EmulatorsMissing, NotKept, PlottingMissing))
    add_arguments(bench)


def _fill_capacity(capacity: _Parser) -> None:
    from rbm_ops.capacity.command import add_arguments, run_capacity
    from rbm_ops.capacity.measured import NoFigures

    capacity.set_defaults(run=run_capacity, mendable=(NoFigures,))
    add_arguments(capacity)


def _fill_check(check: _Parser) -> None:
    from rbm_ops.check import STEPS, parse_step, run_check

    check.set_defaults(run=lambda arguments: asyncio.to_thread(run_check, arguments.steps), mendable=())
    check.add_argument(
        "steps", nargs="*", type=parse_step, metavar="STEP", help=f"only these, of {', '.join(STEPS)}"
    )


def _fill_by(module: str) -> Callable[[_Parser], None]:
    """By the command's own module, which says what it takes, what it runs, and what is mendable."""
    return lambda parser: importlib.import_module(f"rbm_ops.{module}").fill_parser(parser)


def _add_emulators(parser: _Parser) -> None:
    from rbm_ops.local.cloud import EmulatorKind

    parser.add_argument(
        "--emulators",
        type=EmulatorKind,
        choices=list(EmulatorKind),
        default=EmulatorKind.EMBEDDED,
        help="embedded: ours, nothing to install; google: the official ones; none: those that "
        "PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST name (%(default)s)",
    )


def _local_settings(arguments: argparse.Namespace, port_base: int | None) -> "LocalSettings":
    from rbm_ops.local.addresses import state_folder
    from rbm_ops.local.cloud import LocalSettings

    return LocalSettings(
        emulators=arguments.emulators,
        state_folder=state_folder(),
        port_base=port_base,
        data_folder=arguments.data,
    )


COMMANDS: dict[str, tuple[str, Callable[[_Parser], None]]] = {
    "up": ("start the whole system on this machine; Ctrl-C stops it", _fill_up),
    "demo": ("send a message of every kind and watch what becomes of it", _fill_demo),
    "send": ("publish one send request", _fill_send),
    "show": ("print a message's document and timeline", _fill_show),
    "pause": ("stop sending as an agent; what it is sent is still recorded", _fill_pause),
    "resume": ("go on sending as an agent", _fill_resume),
    "agents": ("list all agents: paused or not, launched where, sent as by whom", _fill_agents),
    "simulator": ("play Google's platform, for any agent on this machine", _fill_simulator),
    "explain": ("the whole story of a message, and what is awaited", _fill_by("explain.arguments")),
    "find": ("find messages by number, reference, label or state", _fill_by("find.arguments")),
    "deadletters": ("list, replay or drop dead letters", _fill_by("deadletters.arguments")),
    "quarantine": ("list or replay what nobody understood", _fill_by("quarantine.arguments")),
    "spill": ("publish what the webhook kept while Pub/Sub was away", _fill_by("spill.arguments")),
    "rebuild": ("fold documents from their events again, and compare", _fill_by("rebuild.arguments")),
    "forget": ("erase everything about a phone number", _fill_by("forget.arguments")),
    "tokens": ("client tokens: which verified what, add one, retire one", _fill_by("tokens.arguments")),
    "doctor": ("check a local or deployed system, and name the mend", _fill_by("doctor.arguments")),
    "completion": ("print a completion script for your shell", _fill_by("completion.arguments")),
    "smoke": ("see whether a deployed system works, from webhook to document", _fill_smoke),
    "bench": ("how fast it is, beside the usual way and a hello-world", _fill_bench),
    "capacity": ("instances, limits and cost of a rate of messages", _fill_capacity),
    "check": ("lint, types, policies, tests and Terraform, as CI runs them", _fill_check),
}
