"""Which cloud a command talks to: the local one that runs, else the one that the environment names."""

import os
from dataclasses import dataclass

from rbm_ops.local.addresses import Addresses, find_running, state_folder

_WHICH = (
    "A local cloud runs, with the project {running}, and GOOGLE_CLOUD_PROJECT names {named}: which one is "
    "meant? For the local cloud, unset GOOGLE_CLOUD_PROJECT; for {named}, stop the local cloud first (Ctrl-C "
    "in the window of rbm up)."
)


class CouldNotLook(Exception):
    """A command did not get to see what it is about; it ends as after wrong usage, with status 2."""


class NoCloud(CouldNotLook):
    """Neither a local cloud nor a project in the environment, or both, and it is not clear which."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A project, and where its services answer; an empty host means Google's own."""

    project: str
    pubsub_host: str
    firestore_host: str


def find_cloud() -> Cloud:
    """The same as `find_environment`, by name; raises NoCloud."""
    found = find_environment()
    return Cloud(
        found["GOOGLE_CLOUD_PROJECT"],
        found.get("PUBSUB_EMULATOR_HOST", ""),
        found.get("FIRESTORE_EMULATOR_HOST", ""),
    )


def find_environment() -> dict[str, str]:
    """The environment by which the cloud is reached; raises NoCloud."""
    running = find_meant_running()
    if running is not None:
        return {
            "GOOGLE_CLOUD_PROJECT": running.project,
            "PUBSUB_EMULATOR_HOST": running.pubsub,
            "FIRESTORE_EMULATOR_HOST": running.firestore,
        }
    names = ("GOOGLE_CLOUD_PROJECT", "PUBSUB_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST")
    named = {name: os.environ[name] for name in names if os.environ.get(name)}
    if "GOOGLE_CLOUD_PROJECT" not in named:
        raise NoCloud("No local cloud runs (start one: rbm up), and GOOGLE_CLOUD_PROJECT is not set.")
    return named


def find_meant_running() -> Addresses | None:
    """The local cloud that runs, unless the environment names another project: then it raises NoCloud."""
    running = find_running(state_folder())
    named = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    if running is not None and named not in ("", running.project) and not _is_pointed_at(running):
        raise NoCloud(_WHICH.format(running=running.project, named=named))
    return running


def _is_pointed_at(running: Addresses) -> bool:
    """By the emulators that the environment names."""
    hosts = {"PUBSUB_EMULATOR_HOST": running.pubsub, "FIRESTORE_EMULATOR_HOST": running.firestore}
    return any(
        os.environ.get(name, "").replace("localhost", "127.0.0.1") == host for name, host in hosts.items()
    )
