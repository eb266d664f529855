"""`rbm doctor` against a local cloud that works, and with one thing broken at a time."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from tests.support.local_cloud import Rbm, find_port_row

from rbm_ops.local.addresses import Addresses
from rbm_ops.local.topology_making import make_topology

_TIMEOUT_SECONDS = 20
_SUBSCRIPTION = "rbm-events-correlate"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rbm]:
    rbm = Rbm(tmp_path_factory.mktemp("cloud"))
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        yield rbm


@contextlib.contextmanager
def _broken(cloud: Rbm) -> Iterator[tuple[Any, str]]:
    """Pub/Sub's client and the full name of a subscription; mended afterwards as rbm up would."""
    running: Any = cloud.running()
    name = f"projects/{running['project']}/subscriptions/{_SUBSCRIPTION}"
    with grpc.insecure_channel(running["pubsub"]) as channel:
        client = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        yield client, name
        with contextlib.suppress(Exception):
            client.delete_subscription(subscription=name, timeout=_TIMEOUT_SECONDS)
    make_topology(Addresses(**running))


def _examine(cloud: Rbm) -> tuple["subprocess.CompletedProcess[str]", list[dict[str, Any]]]:
    examined = cloud.run("doctor", "--json", "--document-seconds", "1")
    findings = json.loads(examined.stdout)["findings"]
    return examined, [finding for finding in findings if finding["verdict"] == "fault"]


def test_cloud_that_works_is_well_to_the_document(cloud: Rbm) -> None:
    examined = cloud.run("doctor")
    assert examined.returncode == 0, examined.stdout + examined.stderr
    for check in ("document", f"subscription {_SUBSCRIPTION}", "RBM key matches its agents"):
        assert f"✓ {check}" in examined.stdout
    assert "✗" not in examined.stdout
    assert "LOCALCLIENTTOKEN" not in examined.stdout


def test_subscription_that_is_gone_is_named_with_its_mend(cloud: Rbm) -> None:
    with _broken(cloud) as (client, name):
        client.delete_subscription(subscription=name, timeout=_TIMEOUT_SECONDS)
        examined, faults = _examine(cloud)
    assert examined.returncode == 1
    assert [fault["check"] for fault in faults] == ["document", f"subscription {_SUBSCRIPTION}"]
    assert "is missing" in faults[1]["detail"]
    assert "rbm up" in faults[1]["mend"]


def test_subscription_that_pushes_elsewhere_is_named(cloud: Rbm) -> None:
    with _broken(cloud) as (client, name):
        elsewhere = {"push_endpoint": "http://127.0.0.1:9/"}
        client.modify_push_config(subscription=name, push_config=elsewhere, timeout=_TIMEOUT_SECONDS)
        _, faults = _examine(cloud)
    assert [fault["check"] for fault in faults] == ["document", f"subscription {_SUBSCRIPTION}"]
    assert "pushes to http://127.0.0.1:9/" in faults[1]["detail"]


def test_what_is_mended_is_well_again(cloud: Rbm) -> None:
    assert _examine(cloud)[1] == []


def test_nothing_to_look_at_is_status_2(tmp_path_factory: pytest.TempPathFactory) -> None:
    examined = Rbm(tmp_path_factory.mktemp("empty")).run("doctor")
    assert examined.returncode == 2
    assert "--project" in examined.stderr


def test_project_without_a_login_is_status_2(tmp_path: Path) -> None:
    nobody = {"NO_GCE_CHECK": "true", "CLOUDSDK_CONFIG": str(tmp_path), "HOME": str(tmp_path)}
    examined = subprocess.run(
        [str(Path(sys.executable).with_name("rbm")), "doctor", "--project", "p"],
        env={**os.environ, **nobody},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert examined.returncode == 2
    assert "gcloud auth application-default login" in examined.stderr
    assert "Traceback" not in examined.stderr


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resource_changes": []}', '{"resource_changes": [{}]}'])
def test_plan_that_is_none_is_status_2(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "plan.json").write_text(text)
    examined = Rbm(folder).run("doctor", "--plan", str(folder / "plan.json"))
    assert examined.returncode == 2
    assert "terraform show -json" in examined.stderr or "no functions" in examined.stderr
    assert "Traceback" not in examined.stderr
