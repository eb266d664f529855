"""Which cloud a command talks to: the local one that runs, else the one that the environment names."""

import os
from dataclasses import dataclass

from rbm_ops.local.addresses import find_running, state_folder


class NoCloud(Exception):
    """Neither a local cloud nor a project in the environment."""


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
    running = find_running(state_folder())
    if running is not None:
        return {
            "GOOGLE_CLOUD_PROJECT": running.project,
            "PUBSUB_EMULATOR_HOST": running.pubsub,
            "FIRESTORE_EMULATOR_HOST": running.firestore,
        }
    names = ("GOOGLE_CLOUD_PROJECT", "PUBSUB_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST")
    named = {name: os.environ[name] for name in names if name in os.environ}
    if "GOOGLE_CLOUD_PROJECT" not in named:
        raise NoCloud("No local cloud runs (start one: rbm up), and GOOGLE_CLOUD_PROJECT is not set.")
    return named
