"""The `rbm` command: one subcommand per thing that people do."""

import argparse
import asyncio
import sys
from pathlib import Path

import rbm_ops.before_grpc  # noqa: F401 - its place is before all others
from rbm_ops.agents.command import NoAnswer, NotInForce, run_agents, run_pause, run_resume
from rbm_ops.check import STEPS, parse_step, run_check
from rbm_ops.demo.command import run_demo
from rbm_ops.emulators.google import EmulatorsMissing
from rbm_ops.environment import NoCloud
from rbm_ops.local.addresses import DEFAULT_PORT_BASE, PortsInUse, state_folder
from rbm_ops.local.cloud import EmulatorKind, EmulatorsUnnamed, LocalSettings
from rbm_ops.local.command import AlreadyRunning, run_up
from rbm_ops.local.processes import ProcessDied
from rbm_ops.requests.command import BadContent, NotFound, run_send, run_show
from rbm_ops.simulator.command import BadSettings, add_arguments, run_simulator
from rbm_ops.smoke.command import run_smoke
from rbm_ops.smoke.target import NoTarget
from rbm_ops.smoke.target import add_arguments as add_smoke_arguments

# What a person can mend; the text says how. Anything else is a fault of ours and shows where.
_MENDABLE = (
    AlreadyRunning,
    BadContent,
    BadSettings,
    EmulatorsMissing,
    EmulatorsUnnamed,
    NoAnswer,
    NoCloud,
    NoTarget,
    NotFound,
    NotInForce,
    PortsInUse,
    ProcessDied,
)


def main() -> None:
    arguments = _make_parser().parse_args()
    try:
        sys.exit(asyncio.run(arguments.run(arguments)))
    except _MENDABLE as problem:
        sys.exit(f"rbm: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rbm", description="Run, try and watch rbm-ledger.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_up(commands)
    _add_demo(commands)
    _add_send(commands)
    _add_show(commands)
    _add_agents(commands)
    _add_simulator(commands)
    _add_smoke(commands)
    _add_check(commands)
    return parser


def _add_up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    up = commands.add_parser("up", help="start the whole system on this machine; Ctrl-C stops it")
    up.set_defaults(run=lambda arguments: run_up(_local_settings(arguments, arguments.port_base)))
    _add_emulators(up)
    up.add_argument(
        "--port-base", type=int, default=DEFAULT_PORT_BASE, metavar="N", help="first of seven ports in a row"
    )
    up.add_argument("--data", type=Path, metavar="DIR", help="keep the embedded emulators' data here")


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="send a message of every kind and watch what becomes of it")
    demo.set_defaults(
        run=lambda arguments: run_demo(_local_settings(arguments, None), stay=arguments.stay), data=None
    )
    _add_emulators(demo)
    demo.add_argument("--stay", action="store_true", help="keep the demo's own cloud running until Ctrl-C")


def _add_send(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    send = commands.add_parser("send", help="publish one send request")
    send.set_defaults(run=run_send)
    send.add_argument("phone_number", help="E.164; +14155550101 to +14155550122 have fixed fates locally")
    content = send.add_mutually_exclusive_group(required=True)
    content.add_argument("--text", help="what to say")
    content.add_argument("--content", type=Path, metavar="FILE", help="JSON of a contentMessage or more")
    send.add_argument("--agent", default="growing-tree-bank", help="agentId (default: %(default)s)")
    send.add_argument("--ttl", help='how long it may take to deliver, such as "10s" (default: for ever)')
    send.add_argument("--key", help="idempotencyKey: the same key is the same message")


def _add_show(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    show = commands.add_parser("show", help="print a message's document and timeline")
    show.set_defaults(run=run_show)
    show.add_argument("message_id")


def _add_agents(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pause = commands.add_parser("pause", help="stop sending as an agent; what it is sent is still recorded")
    pause.set_defaults(run=run_pause)
    resume = commands.add_parser("resume", help="go on sending as an agent")
    resume.set_defaults(run=run_resume)
    for switch in (pause, resume):
        switch.add_argument("agent", help="agentId, with or without @rbm.goog")
    agents = commands.add_parser(
        "agents", help="list all agents: paused or not, launched where, sent as by whom"
    )
    agents.set_defaults(run=run_agents)


def _add_simulator(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    simulator = commands.add_parser("simulator", help="play Google's platform, for any agent on this machine")
    simulator.set_defaults(run=run_simulator)
    add_arguments(simulator)


def _add_smoke(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    smoke = commands.add_parser("smoke", help="see whether a deployed system works, from webhook to document")
    smoke.set_defaults(run=run_smoke)
    add_smoke_arguments(smoke)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check", help="lint, types, policies, tests and Terraform, as CI runs them")
    check.set_defaults(run=lambda arguments: asyncio.to_thread(run_check, arguments.steps))
    check.add_argument(
        "steps", nargs="*", type=parse_step, metavar="STEP", help=f"only these, of {', '.join(STEPS)}"
    )


def _add_emulators(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--emulators",
        type=EmulatorKind,
        choices=list(EmulatorKind),
        default=EmulatorKind.EMBEDDED,
        help="embedded: ours, nothing to install; google: the official ones; none: those that "
        "PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST name",
    )


def _local_settings(arguments: argparse.Namespace, port_base: int | None) -> LocalSettings:
    return LocalSettings(
        emulators=arguments.emulators,
        state_folder=state_folder(),
        port_base=port_base,
        data_folder=arguments.data,
    )
