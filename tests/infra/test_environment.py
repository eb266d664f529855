"""A cloud on this machine is never mistaken for a project that the environment names."""

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rbm_ops.environment import NoCloud, find_cloud
from rbm_ops.local.addresses import Addresses, choose_addresses, write_running

_NAMES = ("GOOGLE_CLOUD_PROJECT", "PUBSUB_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RBM_STATE_DIR", str(tmp_path))
    return monkeypatch


@pytest.fixture
def running(environment: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Addresses]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        simulator = f"127.0.0.1:{listening.getsockname()[1]}"
        chosen = choose_addresses(None, emulators={"simulator": simulator})
        addresses = dataclasses.replace(chosen, is_ready=True)
        write_running(addresses, tmp_path)
        yield addresses


@pytest.mark.parametrize("project", [None, "", "rbm-local"])
def test_cloud_that_runs_is_taken(
    environment: pytest.MonkeyPatch, running: Addresses, project: str | None
) -> None:
    if project is not None:
        environment.setenv("GOOGLE_CLOUD_PROJECT", project)
    found = find_cloud()
    assert (found.project, found.firestore_host) == ("rbm-local", running.firestore)


def test_project_of_another_name_is_not_answered_for_by_the_cloud_that_runs(
    environment: pytest.MonkeyPatch, running: Addresses
) -> None:
    environment.setenv("GOOGLE_CLOUD_PROJECT", "prod")
    with pytest.raises(NoCloud, match=r"rbm-local.*prod"):
        find_cloud()
    environment.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    with pytest.raises(NoCloud):
        find_cloud()


def test_emulators_of_the_cloud_that_runs_say_that_it_is_meant(
    environment: pytest.MonkeyPatch, running: Addresses
) -> None:
    environment.setenv("GOOGLE_CLOUD_PROJECT", "prod")
    port = running.port("firestore")
    environment.setenv("FIRESTORE_EMULATOR_HOST", f"localhost:{port}")
    assert find_cloud().project == "rbm-local"


def test_project_is_taken_where_nothing_runs(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GOOGLE_CLOUD_PROJECT", "prod")
    found = find_cloud()
    assert (found.project, found.pubsub_host, found.firestore_host) == ("prod", "", "")
