"""`rbm explain`: in the running local cloud, else where the environment names."""

import argparse
from typing import Any

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ops.documents import connect_firestore
from rbm_ops.environment import find_cloud
from rbm_ops.explain.elsewhere import look_elsewhere
from rbm_ops.explain.finding import MOST_CONVERSATIONS, Sought, Subject, find_subjects
from rbm_ops.explain.rendering import render, render_elsewhere
from rbm_ops.explain.surroundings import read_surroundings
from rbm_ops.explain.telling import describe_message, describe_user_message
from rbm_ops.failures import reporting_failures
from rbm_ops.json_text import print_json
from rbm_ops.local.addresses import find_running, state_folder
from rbm_ops.tables import print_line

_HINT = (
    "An idempotencyKey is found with --agent. What a user sent is looked for in "
    f"{MOST_CONVERSATIONS} conversations; where there are more, name it with --agent and --number."
)


async def run_explain(arguments: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    cloud = find_cloud()
    with reporting_failures("Firestore"):
        client = connect_firestore(cloud.project, cloud.firestore_host)
        subjects = await find_subjects(client, _read_sought(arguments))
        told = [await _tell(client, subject) for subject in subjects]
    elsewhere = None
    if arguments.elsewhere or not told:
        with reporting_failures("Firestore or Pub/Sub"):
            elsewhere = await look_elsewhere(client, cloud, _list_ids(arguments, told))
    if arguments.json:
        print_json({"found": told, "elsewhere": elsewhere})
    else:
        _print(arguments, told, elsewhere)
    return 0 if told or elsewhere else 1


async def _tell(client: Any, subject: Subject) -> dict[str, Any]:
    if subject.kind != "message":
        return describe_user_message(subject)
    surroundings = await read_surroundings(client, subject.record)
    return describe_message(subject, surroundings, await _read_wire())


def _read_sought(arguments: argparse.Namespace) -> Sought:
    return Sought(arguments.id, arguments.agent, arguments.number or "")


async def _read_wire() -> list[dict[str, Any]]:
    """The simulator's log of calls and callbacks; empty where none runs on this machine."""
    running = find_running(state_folder())
    if running is None:
        return []
    import aiohttp  # takes long to load, and the cloud needs none of it

    from rbm_ops.console.simulator import Simulator

    async with aiohttp.ClientSession() as session:
        return await Simulator(session, running.simulator).read_wire()


def _list_ids(arguments: argparse.Namespace, told: list[dict[str, Any]]) -> set[str]:
    named = {str(each["document"].get("messageId", arguments.id)) for each in told}
    derived = {derive_message_id(arguments.agent, arguments.id)} if arguments.agent else set()
    return {arguments.id, *named, *derived}


def _print(
    arguments: argparse.Namespace, told: list[dict[str, Any]], elsewhere: list[dict[str, Any]] | None
) -> None:
    if not told:
        print_line(f"There is no document of {arguments.id} (yet).")
        print_line(_HINT)
    for each in told:
        for line in render(each, full_numbers=arguments.full_numbers):
            print_line(line)
    if elsewhere is not None:
        for line in render_elsewhere(elsewhere):
            print_line(line)
