"""The cloud, as planned, and the local cloud, as it runs, are the same system.

Different on purpose: the back-off (see `topology`), how long Pub/Sub keeps messages and subscriptions, which
the local cloud does not outlive, and the settings in LOCAL_SETTINGS.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from tests.conftest import Emulators
from tests.infra.terraform.plans import Plan
from tests.infra.terraform.variants import FUNCTIONS, function_uri

from rbm_ledger import config
from rbm_ops.local.addresses import Addresses, choose_addresses
from rbm_ops.local.cloud import function_commands
from rbm_ops.local.topology import CONSOLE_SUBSCRIPTIONS
from rbm_ops.local.topology_making import make_topology

_ROOT = Path(__file__).parents[3]
_TIMEOUT_SECONDS = 20

READ_SETTINGS: dict[str, Callable[[Mapping[str, str]], Any]] = {
    "webhook": config.read_webhook_settings,
    "correlate": config.read_correlate_settings,
    "send": config.read_send_settings,
}

# What the framework's server reads, not our code.
FRAMEWORK_VARIABLES = {"WORKERS"}

# Read by the functions and not set in the cloud, each for a reason.
LEFT_TO_DEFAULT = {
    "PUBSUB_EMULATOR_HOST": "Pub/Sub itself",
    "FIRESTORE_EMULATOR_HOST": "Firestore itself",
    "RBM_CLIENT_TOKENS": "the tokens are in a file, which can change without a deployment",
    "RBM_AGENTS": "set by the variable agents; all may send where that is empty",
    "RBM_OPT_OUT_KEYWORDS": "set by the variable opt_out_keywords; those built in always count",
    "RBM_OPT_IN_KEYWORDS": "set by the variable opt_in_keywords; those built in always count",
}

# Settings that differ on purpose.
LOCAL_SETTINGS = {
    "cloud": "project and emulators",
    "client_tokens": "a token that everybody knows, in place of the secret",
    "client_tokens_file": "the secret",
    "firestore_database": "the default one; in the cloud one of its own, to which access can be confined",
    "rbm_api_endpoint": "the simulator",
    "rbm_credentials_file": "the simulator takes everybody",
    "rbm_timeout_seconds": "a person does not want to wait 10 seconds for the fate without an answer",
}


@pytest.fixture
def addresses(embedded_emulators: Emulators, project: str) -> Addresses:
    emulators = {"pubsub": embedded_emulators.pubsub_host, "firestore": embedded_emulators.firestore_host}
    return dataclasses.replace(choose_addresses(None, emulators=emulators), project=project)


def test_topics_are_the_same(any_plan: Plan, addresses: Addresses) -> None:
    make_topology(addresses)
    with grpc.insecure_channel(addresses.pubsub) as channel:
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        topics = client.list_topics(project=f"projects/{addresses.project}", timeout=_TIMEOUT_SECONDS)
        local = {_last(topic.name) for topic in topics}
    assert any_plan.named("google_pubsub_topic").keys() == local


def test_subscriptions_are_the_same(default_plan: Plan, addresses: Addresses) -> None:
    make_topology(addresses)
    local = dict(_local_subscriptions(addresses))
    for name in CONSOLE_SUBSCRIPTIONS:
        del local[name]
    cloud = {
        name: _cloud_subscription(values)
        for name, values in default_plan.named("google_pubsub_subscription").items()
    }
    assert cloud == local


def _cloud_subscription(values: dict[str, Any]) -> dict[str, Any]:
    functions = {function_uri(name): name for name in FUNCTIONS}
    push = values["push_config"][0] if values["push_config"] else None
    dead_letters = values["dead_letter_policy"][0] if values["dead_letter_policy"] else None
    return {
        "topic": values["topic"],
        "function": push and functions[push["push_endpoint"]],
        "ack_deadline_seconds": values["ack_deadline_seconds"],
        "dead_letter_topic": dead_letters and _last(dead_letters["dead_letter_topic"]),
        "max_delivery_attempts": dead_letters and dead_letters["max_delivery_attempts"],
        "filter": values["filter"] or "",
        "is_ordered": bool(values["enable_message_ordering"]),
        "is_exactly_once": bool(values["enable_exactly_once_delivery"]),
    }


def _local_subscriptions(addresses: Addresses) -> Iterator[tuple[str, dict[str, Any]]]:
    functions = {f"http://{getattr(addresses, name)}/": name for name in FUNCTIONS}
    with grpc.insecure_channel(addresses.pubsub) as channel:
        client = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        project = f"projects/{addresses.project}"
        for found in client.list_subscriptions(project=project, timeout=_TIMEOUT_SECONDS):
            dead_letters = found.dead_letter_policy
            yield (
                _last(found.name),
                {
                    "topic": _last(found.topic),
                    "function": functions.get(found.push_config.push_endpoint),
                    "ack_deadline_seconds": found.ack_deadline_seconds,
                    "dead_letter_topic": _last(dead_letters.dead_letter_topic) or None,
                    "max_delivery_attempts": dead_letters.max_delivery_attempts or None,
                    "filter": found.filter,
                    "is_ordered": found.enable_message_ordering,
                    "is_exactly_once": found.enable_exactly_once_delivery,
                },
            )


def test_back_off_in_the_cloud_is_that_of_the_design(default_plan: Plan) -> None:
    for values in default_plan.indexed("google_pubsub_subscription", "push").values():
        assert values["retry_policy"] == [{"minimum_backoff": "10s", "maximum_backoff": "600s"}]


def test_functions_are_the_same(any_plan: Plan, addresses: Addresses) -> None:
    local = {command.name: command for command in function_commands(addresses)}
    cloud = any_plan.functions()
    assert cloud.keys() == local.keys()
    for name, values in cloud.items():
        build = values["build_config"][0]
        source, target = build["environment_variables"]["GOOGLE_FUNCTION_SOURCE"], build["entry_point"]
        assert ["--source", source, "--target", target] == list(local[name].arguments[1:5])
        assert (_ROOT / "functions" / source).is_file()


def test_function_is_cut_off_before_its_message_is_pushed_again(any_plan: Plan) -> None:
    for name, subscription in any_plan.indexed("google_pubsub_subscription", "push").items():
        function = any_plan.functions()[name]
        timeout_seconds = function["service_config"][0]["timeout_seconds"]
        assert timeout_seconds < subscription["ack_deadline_seconds"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_exactly_the_variables_that_the_code_reads_are_set(any_plan: Plan, name: str, tmp_path: Path) -> None:
    environment = _RecordingEnvironment(_cloud_environment(any_plan, name, tmp_path))
    READ_SETTINGS[name](environment)
    assert environment.keys() <= environment.read | FRAMEWORK_VARIABLES
    assert environment.read - environment.keys() <= LEFT_TO_DEFAULT.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_settings_are_the_same(default_plan: Plan, addresses: Addresses, name: str, tmp_path: Path) -> None:
    local_environments = {command.name: command.environment for command in function_commands(addresses)}
    local = _flatten(READ_SETTINGS[name](local_environments[name]))
    cloud = _flatten(READ_SETTINGS[name](_cloud_environment(default_plan, name, tmp_path)))
    different = {setting for setting in cloud if _last(cloud[setting]) != _last(local[setting])}
    assert different <= LOCAL_SETTINGS.keys()


class _RecordingEnvironment(dict[str, str]):
    """Remembers what it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)


def _cloud_environment(plan: Plan, name: str, folder: Path) -> dict[str, str]:
    """With the secrets' files in a folder of this machine; each must be mounted where its setting says."""
    service = plan.functions()[name]["service_config"][0]
    environment: dict[str, str] = dict(service["environment_variables"])
    mounted = {
        f"{volume['mount_path']}/{volume['versions'][0]['path']}" for volume in service["secret_volumes"]
    }
    named = {variable: file for variable, file in environment.items() if variable.endswith("_FILE")}
    assert set(named.values()) == mounted
    for variable in named:
        file = folder / variable
        file.write_text('{"": ["TOKEN"]}')
        environment[variable] = str(file)
    return environment


def _flatten(settings: Any) -> dict[str, Any]:
    """The settings of `send` hold those of the ledger, those of `webhook` those of the spill."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    held = [values.pop(name, None) for name in ("ledger", "spill")]
    for each in filter(None, held):
        values |= _flatten(each)
    return values


def _last(value: Any) -> Any:
    """The short name in a full one: the projects differ."""
    return value.rpartition("/")[2] if isinstance(value, str) and value.startswith("projects/") else value
