"""`rbm demo`: the main job ends right, whatever dies on the way."""

import json
import os
import signal
import urllib.request

import pytest
from tests.support.local_cloud import PATIENCE_SECONDS, Rbm, find_port_row, wait_until

from rbm_ops.demo.scenarios import SCENARIOS

_ALL_RIGHT = f"{len(SCENARIOS)} of {len(SCENARIOS)} messages are as they must be."


def test_demo_without_gcloud_and_java_ends_right(rbm: Rbm) -> None:
    demo = rbm.run("demo")
    assert _ALL_RIGHT in demo.stdout
    assert demo.returncode == 0


@pytest.mark.usefixtures("google_emulators")
def test_demo_on_googles_emulators_ends_the_same(rbm: Rbm) -> None:
    with_gcloud = Rbm(rbm.state_folder, path=os.environ["PATH"])
    demo = with_gcloud.run("demo", "--emulators", "google")
    assert _ALL_RIGHT in demo.stdout
    assert demo.returncode == 0


@pytest.mark.parametrize("function", ["webhook", "correlate", "send"])
def test_demo_with_a_function_killed_meanwhile_ends_right(rbm: Rbm, function: str) -> None:
    with rbm.started("demo") as demo:
        wait_until(lambda: function in rbm.process_ids("demo"), what=f"{function} is started")
        first = rbm.process_ids("demo")[function]
        log = rbm.state_folder / "demo" / "logs" / f"{function}.log"
        wait_until(lambda: '"event"' in log.read_text(), what=f"{function} has work")
        os.kill(first, signal.SIGKILL)
        output, _ = demo.communicate(timeout=90)
    assert _ALL_RIGHT in output
    assert demo.returncode == 0


def test_demo_that_stays_can_be_watched_until_ctrl_c(rbm: Rbm) -> None:
    with rbm.started("demo", "--stay") as demo:
        assert demo.stdout is not None
        said = list(iter(lambda: demo.stdout.readline().strip(), "It stays until Ctrl-C."))
        assert _ALL_RIGHT in said
        [console] = [line.split()[-1] for line in said if line.startswith("Watch it at")]
        with urllib.request.urlopen(f"{console}api/messages", timeout=PATIENCE_SECONDS) as answer:
            assert len(json.load(answer)["messages"]) == len(SCENARIOS)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=PATIENCE_SECONDS) == 0
    assert rbm.running("demo") == {}


def test_demo_on_a_running_cloud_uses_it_and_leaves_it(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()) as up:
        rbm.wait_until_ready()
        demo = rbm.run("demo")
        assert (
            f"Using the local cloud that runs. Watch it at http://{rbm.running()['console']}/" in demo.stdout
        )
        assert _ALL_RIGHT in demo.stdout
        assert up.poll() is None
