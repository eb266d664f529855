"""Ports are chosen, refused and remembered."""

import dataclasses
import socket
from pathlib import Path

import pytest

from rbm_ops.local.addresses import (
    PORT_NAMES,
    PortsInUse,
    choose_addresses,
    find_running,
    forget_running,
    write_running,
)


def test_free_ports_are_all_different() -> None:
    addresses = choose_addresses(None, emulators={})
    assert len({addresses.port(name) for name in PORT_NAMES}) == len(PORT_NAMES)


def test_emulators_that_run_elsewhere_keep_their_addresses() -> None:
    elsewhere = {"pubsub": "127.0.0.1:1", "firestore": "127.0.0.1:2"}
    addresses = choose_addresses(None, emulators=elsewhere)
    assert (addresses.pubsub, addresses.firestore) == ("127.0.0.1:1", "127.0.0.1:2")


def test_port_in_use_is_refused_by_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortsInUse, match=rf"{port} \(webhook\)"):
            choose_addresses(port, emulators={})


def test_running_cloud_is_found_only_while_it_answers(tmp_path: Path) -> None:
    addresses = dataclasses.replace(choose_addresses(None, emulators={}), is_ready=True)
    write_running(addresses, tmp_path)
    assert find_running(tmp_path) is None
    with socket.create_server(("127.0.0.1", addresses.port("simulator"))):
        assert find_running(tmp_path) == addresses
        forget_running(tmp_path)
        assert find_running(tmp_path) is None


@pytest.mark.parametrize("content", ["", "not json", "{}", '{"webhook": 1}', "[]"])
def test_damaged_file_counts_as_nothing_running(tmp_path: Path, content: str) -> None:
    (tmp_path / "running.json").write_text(content)
    assert find_running(tmp_path) is None


def test_cloud_that_is_still_starting_is_not_found(tmp_path: Path) -> None:
    addresses = choose_addresses(None, emulators={})
    write_running(addresses, tmp_path)
    with socket.create_server(("127.0.0.1", addresses.port("simulator"))):
        assert find_running(tmp_path) is None
