"""`rbm simulator`: a process, its options and its configuration file."""

import argparse
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from rbm_ops.ports import find_free_port, wait_until_listening
from rbm_ops.simulator.changes import AgentChange, PhoneChange
from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.command import DEFAULT_PORT, BadSettings, add_arguments, read_settings
from rbm_ops.simulator.fates import describe_fates
from rbm_ops.simulator.settings import EnvelopeStyle, PayloadStyle, SimulatorSettings

MODULE = (sys.executable, "-m", "rbm_ops.simulator")
COMMAND = (str(Path(sys.executable).with_name("rbm")), "simulator")


def read(*arguments: str) -> SimulatorSettings:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return read_settings(vars(parser.parse_args(arguments)))


@pytest.fixture
def config(tmp_path: Path):
    """Writes the file; returns the arguments that name it."""

    def write(content: object) -> tuple[str, str]:
        file = tmp_path / "simulator.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return "--config", str(file)

    return write


@pytest.mark.parametrize(
    ("command", "number"), [(MODULE, signal.SIGTERM), (MODULE, signal.SIGINT), (COMMAND, signal.SIGINT)]
)
def test_process_says_where_it_is_and_ends_at_a_signal(
    command: tuple[str, ...], number: signal.Signals
) -> None:
    port = find_free_port()
    process = subprocess.Popen(
        [*command, "--port", str(port), "--seed", "7"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert wait_until_listening(port, timeout_seconds=30)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    url = f"http://127.0.0.1:{port}"
    assert [line.rpartition(" ")[2] for line in output.splitlines()] == [url, f"{url}/control/", "7"]


def test_list_shows_the_fates() -> None:
    listing = subprocess.run([*MODULE, "--list"], capture_output=True, check=True, timeout=30)
    assert listing.stdout.decode().strip() == describe_fates()


@pytest.mark.parametrize("command", [MODULE, COMMAND])
def test_port_in_use_is_told_in_one_line(command: tuple[str, ...]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run([*command, "--port", str(port)], capture_output=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert len(ended.stderr.splitlines()) == 1
    assert f"127.0.0.1:{port}".encode() in ended.stderr


def test_nothing_said_is_the_usual_simulator() -> None:
    settings = read()
    expected = SimulatorSettings(port=DEFAULT_PORT, seed=settings.seed)
    assert settings == expected
    assert read().seed != settings.seed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--port 0", {"port": 0}),
        ("--webhook-url http://x/ --client-token T", {"webhook_url": "http://x/", "client_token": "T"}),
        ("--agents a,,b", {"agents": {"a": AgentChange(), "b": AgentChange()}}),
        ("--pace 0.5", {"pace": 0.5}),
        ("--clock scaled --clock-scale 60", {"clock": ClockMode.SCALED, "clock_scale": 60.0}),
        (
            "--clock stepped --clock-start 2026-11-22T12:00:00+02:00",
            {"clock": ClockMode.STEPPED, "clock_start": datetime(2026, 11, 22, 10, tzinfo=UTC)},
        ),
        (
            "--payload compact --envelope minimal",
            {"payload_style": PayloadStyle.COMPACT, "envelope_style": EnvelopeStyle.MINIMAL},
        ),
    ],
)
def test_option_is_a_setting(arguments: str, expected: dict) -> None:
    settings = read("--seed", "1", *arguments.split())
    assert settings == SimulatorSettings(**{"port": DEFAULT_PORT, "seed": 1, **expected})


def test_reused_id_changes_that_choice_alone(config) -> None:
    file = config({"choices": {"strictIds": False}})
    choices = read(*file, "--reused-id", "409").choices
    assert (choices.reused_id_status, choices.strict_ids) == (409, False)


def test_file_holds_every_setting(config) -> None:
    """What the control API shows is what a file may hold."""
    settings = SimulatorSettings(port=1, agents={"a": AgentChange(color="#000000")}, clock=ClockMode.STEPPED)
    members = json.loads(msgspec.json.encode(settings))
    assert set(members) == {field.encode_name for field in msgspec.structs.fields(SimulatorSettings)}
    assert read(*config(members)) == settings


def test_file_describes_agents_and_phones(config) -> None:
    file = config(
        {
            "agents": {"a": {"displayName": "Bank", "launches": {"*": "PENDING"}}},
            "phones": {"+14155550107": {"isOnline": False, "script": "hand"}},
            "ordinaryPhone": {"readRatio": 0.5},
        }
    )
    settings = read(*file, "--agents", "a,b")
    assert settings.agents["a"].display_name == "Bank"
    assert list(settings.agents) == ["a", "b"]
    assert settings.phones == {"+14155550107": PhoneChange(is_online=False, script="hand")}
    assert settings.ordinary_phone.read_ratio == 0.5


def test_command_line_goes_before_the_file(config) -> None:
    settings = read(*config({"seed": 1, "pace": 2, "port": 3}), "--seed", "5")
    assert (settings.seed, settings.pace, settings.port) == (5, 2, 3)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "truncated"),
        ([], "object"),
        ({"agent": {}}, "`agent`"),
        ({"pace": "quick"}, "$.pace"),
        ({"port": 99999}, "$.port"),
        ({"phones": {"+14155550107": {"isOnline": 1}}}, "$.phones[...].isOnline"),
        ({"phones": {"+14155550107": {"script": "0199"}}}, "no script '0199'"),
        ({"phones": {"me": {}}}, "$.phones"),
        ({"retry": {"keptSeconds": "long"}}, "$.retry.keptSeconds"),
        ({"choices": []}, "$.choices"),
    ],
)
def test_fault_of_the_file_names_file_and_path(config, content: object, fault: str) -> None:
    file = config(content)
    with pytest.raises(BadSettings) as told:
        read(*file)
    assert file[1] in str(told.value)
    assert fault in str(told.value)


def test_missing_file_is_named() -> None:
    with pytest.raises(BadSettings, match=r"nowhere\.json"):
        read("--config", "nowhere.json")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ("--pace -1", "pace"),
        ("--clock-start noon", "clockStart"),
        ("--clock-start 2026-11-22T12:00:00", "timezone"),
        ("--clock-scale 0", "clockScale"),
        ("--agents growing,tree/bank", "agents"),
    ],
)
def test_fault_of_the_command_line_is_told(arguments: str, fault: str) -> None:
    with pytest.raises(BadSettings, match=f"The command line: .*{fault}"):
        read(*arguments.split())
