"""`rbm up`: one command starts it all, one Ctrl-C stops it all."""

import json
import os
import signal
import socket
import urllib.request
from pathlib import Path

from tests.support.local_cloud import PATIENCE_SECONDS, Rbm, find_port_row, is_alive, wait_until

from rbm_ops.simulator.client import SimulatorClient

_FUNCTIONS = {"webhook", "correlate", "send"}


def test_up_without_gcloud_and_java_starts_everything_and_ctrl_c_leaves_nothing(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()) as up:
        assert up.stdout is not None
        rbm.wait_until_ready()
        wait_until(lambda: "Ready in" in up.stdout.readline(), what="it says that it is ready")
        console = up.stdout.readline().split()
        assert console[:2] == ["console", f"http://{rbm.running()['console']}/"]
        with urllib.request.urlopen(f"{console[1]}api/cloud", timeout=PATIENCE_SECONDS) as answer:
            assert {row["name"] for row in json.load(answer)["functions"]} == _FUNCTIONS
        children = rbm.process_ids()
        assert children.keys() == {"emulators", "simulator", *_FUNCTIONS}
        assert all(map(is_alive, children.values()))

        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0
    assert not any(map(is_alive, children.values()))
    assert rbm.running() == {}


def test_up_killed_outright_takes_its_children_along(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()) as up:
        rbm.wait_until_ready()
        children = rbm.process_ids()
        up.kill()
        wait_until(lambda: not any(map(is_alive, children.values())), what="the children end")


def test_up_on_a_port_in_use_says_which_and_what_to_do(rbm: Rbm) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = rbm.run("up", "--port-base", str(port - 2))
    assert refused.returncode == 1
    assert f"port {port} (send)" in refused.stderr
    assert "--port-base" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_second_up_beside_a_running_one_is_refused_and_names_it(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        second = rbm.run("up")
        assert second.returncode == 1
        assert str(rbm.running()["webhook"]) in second.stderr


def test_webhook_is_registered_by_the_handshake_and_messages_expire_at_their_ttl(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        simulator = SimulatorClient(f"http://{rbm.running()['simulator']}")
        (webhook,) = simulator.call("GET", "webhooks")["webhooks"]
        assert (webhook["agentId"], webhook["isVerified"]) == ("", True)
        published = rbm.run("send", "+14155550103", "--text", "Hello", "--ttl", "3s")
        message_id = published.stdout.split()[-1]
        (callback,) = simulator.wait_for_callbacks(1, timeout_seconds=PATIENCE_SECONDS)
        simulator.close()
    assert (callback["eventType"], callback["messageId"]) == ("TTL_EXPIRATION_REVOKED", message_id)


def test_killed_function_is_replaced(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        first = rbm.process_ids()["correlate"]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: rbm.process_ids()["correlate"] != first, what="a new correlate")
        assert is_alive(rbm.process_ids()["correlate"])


def test_data_folder_keeps_the_documents_over_a_restart(rbm: Rbm, tmp_path: Path) -> None:
    arguments = ("up", "--port-base", find_port_row(), "--data", str(tmp_path / "data"))
    with rbm.started(*arguments):
        rbm.wait_until_ready()
        published = rbm.run("send", "+14155550101", "--text", "Hello")
        message_id = published.stdout.split()[-1]
        wait_until(lambda: rbm.run("show", message_id).stdout.startswith("read"), what="the message is read")
    with rbm.started(*arguments):
        rbm.wait_until_ready()
        shown = rbm.run("show", message_id)
    assert shown.stdout.startswith("read")
    assert "Hello" in shown.stdout


def test_send_and_show_without_a_cloud_say_what_is_missing(rbm: Rbm) -> None:
    for arguments in (("send", "+14155550101", "--text", "Hello"), ("show", "some-id")):
        refused = rbm.run(*arguments)
        assert refused.returncode == 2
        assert "rbm up" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_google_emulators_that_are_missing_are_named(rbm: Rbm) -> None:
    refused = rbm.run("demo", "--emulators", "google")
    assert refused.returncode == 1
    assert "Google's emulators" in refused.stderr


def test_unnamed_emulators_are_refused_with_the_variables(rbm: Rbm) -> None:
    refused = rbm.run("demo", "--emulators", "none")
    assert refused.returncode == 1
    assert "PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST" in refused.stderr
