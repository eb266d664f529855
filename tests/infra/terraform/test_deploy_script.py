"""The way by gcloud: every command is one, and makes what Terraform makes by default."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.infra.terraform.deploy_script import (
    GcloudCommand,
    find_commands,
    find_grants,
    print_commands,
)
from tests.infra.terraform.plans import Plan
from tests.infra.terraform.variants import FUNCTIONS

_LINT = ("gcloud", "meta", "lint-gcloud-commands", "--format=json")
_TIMEOUT_SECONDS = 300
_DAY_SECONDS = 86_400
_NO_GCLOUD = "This test needs gcloud on the PATH."

_INGRESS = {"all": "ALLOW_ALL", "internal-only": "ALLOW_INTERNAL_ONLY"}


def test_gcloud_knows_every_command_and_every_flag(tmp_path: Path) -> None:
    if not shutil.which("gcloud"):
        if os.environ.get("CI"):
            pytest.fail(_NO_GCLOUD)
        pytest.skip(_NO_GCLOUD)
    written = [command for command in print_commands() if command[0] == "gcloud"]
    file = tmp_path / "commands.json"
    file.write_text(json.dumps([{"command_string": shlex.join(command)} for command in written]))
    linted = subprocess.run(
        [*_LINT, f"--commands-file={file}"],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    ).stdout
    verdicts = json.loads(linted.partition("\n")[0])
    assert len(verdicts) == len(written)
    refused = {
        verdict["command_string"]: verdict["error_message"] for verdict in verdicts if not verdict["success"]
    }
    assert refused == {}


def test_apis_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    (enable,) = (command for command in commands if command.words[:2] == ("services", "enable"))
    assert set(enable.words[2:]) == default_plan.indexed("google_project_service", "api").keys()


def test_accounts_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    made = find_commands(commands, "iam", "service-accounts", "create")
    planned = default_plan.all("google_service_account")
    assert made.keys() == {account["account_id"] for account in planned}


def test_role_of_its_own_is_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    made = find_commands(commands, "iam", "roles", "create")
    assert {name: (command.flag("title"), command.flag("permissions")) for name, command in made.items()} == {
        role["role_id"]: (role["title"], ",".join(sorted(role["permissions"])))
        for role in default_plan.all("google_project_iam_custom_role")
    }


def test_grants_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    assert set(find_grants(commands)) == set(default_plan.grants_with_conditions())


def test_topics_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    made = find_commands(commands, "pubsub", "topics", "create")
    planned = default_plan.named("google_pubsub_topic")
    assert made.keys() == planned.keys()
    for name, topic in planned.items():
        retention = made[name].flags.get("message-retention-duration")
        assert (retention and _seconds(retention[0])) == topic["message_retention_duration"]
        (policy,) = topic["message_storage_policy"]
        assert [made[name].flag("message-storage-policy-allowed-regions")] == policy[
            "allowed_persistence_regions"
        ]


def test_subscriptions_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    made = find_commands(commands, "pubsub", "subscriptions", "create")
    planned = default_plan.named("google_pubsub_subscription")
    assert {name: _planned_subscription(values) for name, values in planned.items()} == {
        name: {
            **command.flags,
            "message-retention-duration": [_seconds(command.flag("message-retention-duration"))],
        }
        for name, command in made.items()
    }


def _planned_subscription(values: dict[str, Any]) -> dict[str, list[str]]:
    """As the flags that would make it."""
    assert values["expiration_policy"] == [{"ttl": ""}]
    flags = {
        "project": "demo-project",
        "topic": values["topic"],
        "ack-deadline": str(values["ack_deadline_seconds"]),
        "message-retention-duration": values["message_retention_duration"],
        "expiration-period": "never",
    }
    for push in values["push_config"]:
        flags["push-endpoint"] = push["push_endpoint"]
        flags["push-auth-service-account"] = push["oidc_token"][0]["service_account_email"]
        flags["push-auth-token-audience"] = push["oidc_token"][0]["audience"]
    for policy in values["retry_policy"]:
        flags["min-retry-delay"] = policy["minimum_backoff"]
        flags["max-retry-delay"] = policy["maximum_backoff"]
    for policy in values["dead_letter_policy"]:
        flags["dead-letter-topic"] = policy["dead_letter_topic"].rpartition("/")[2]
        flags["max-delivery-attempts"] = str(policy["max_delivery_attempts"])
    return {name: [value] for name, value in flags.items()}


def test_database_is_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    (made,) = find_commands(commands, "firestore", "databases", "create").values()
    (schedule,) = find_commands(commands, "firestore", "backups", "schedules", "create").values()
    planned = default_plan.one("google_firestore_database", "ledger")
    assert made.flag("database") == schedule.flag("database") == planned["name"]
    assert made.flag("location") == planned["location_id"]
    assert made.flag("type").upper().replace("-", "_") == planned["type"]
    assert made.flag("edition").upper() == planned["database_edition"]
    assert ("delete-protection" in made.flags) == planned["delete_protection_state"].endswith("ENABLED")
    assert ("enable-pitr" in made.flags) == planned["point_in_time_recovery_enablement"].endswith("ENABLED")
    assert (
        _seconds(schedule.flag("retention"))
        == default_plan.one("google_firestore_backup_schedule", "daily")["retention"]
    )


def test_indexes_and_purging_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    unindexed, purged = set(), set()
    for command in commands:
        if "disable-indexes" in command.flags:
            unindexed.add((command.flag("collection-group"), command.words[-1]))
        if "enable-ttl" in command.flags:
            purged.add((command.flag("collection-group"), command.words[-1]))
    fields = default_plan.all("google_firestore_field")
    assert unindexed == {
        (field["collection"], field["field"]) for field in fields if not field["index_config"][0]["indexes"]
    }
    assert purged == {(field["collection"], field["field"]) for field in fields if field["ttl_config"]}


def test_message_id_has_the_same_indexes(default_plan: Plan) -> None:
    """By a call to the API itself: gcloud has no flag for their scope."""
    (call,) = (command for command in print_commands() if command[0] == "curl")
    body = json.loads(call[call.index("--data") + 1])
    made = {
        (index["queryScope"], index["fields"][0]["fieldPath"], index["fields"][0]["order"])
        for index in body["indexConfig"]["indexes"]
    }
    (config,) = default_plan.one("google_firestore_field", "message_id")["index_config"]
    assert made == {(index["query_scope"], "messageId", index["order"]) for index in config["indexes"]}
    assert call[-1].endswith("/collectionGroups/messages/fields/messageId?updateMask=indexConfig")


def test_secrets_are_the_same(default_plan: Plan, commands: list[GcloudCommand]) -> None:
    made = find_commands(commands, "secrets", "create")
    planned = {secret["secret_id"]: secret for secret in default_plan.all("google_secret_manager_secret")}
    assert made.keys() == planned.keys()
    for name, secret in planned.items():
        (replicas,) = secret["replication"][0]["user_managed"]
        assert made[name].flag("locations") == replicas["replicas"][0]["location"]
        assert made[name].flag("version-destroy-ttl") == secret["version_destroy_ttl"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_the_same(default_plan: Plan, commands: list[GcloudCommand], name: str) -> None:
    made = find_commands(commands, "functions", "deploy")[f"rbm-{name}"]
    planned = default_plan.functions()[name]
    (build,), (service,) = planned["build_config"], planned["service_config"]
    assert made.words[-1] == planned["name"]
    assert made.flag("region") == planned["location"]
    assert made.flag("runtime") == build["runtime"]
    assert made.flag("entry-point") == build["entry_point"]
    assert made.flag("build-service-account") == build["service_account"]
    assert made.flag("docker-repository") == build["docker_repository"]
    assert _pairs(made.flag("set-build-env-vars")) == build["environment_variables"]
    assert made.flag("service-account") == service["service_account_email"]
    assert made.flag("cpu") == service["available_cpu"]
    assert made.flag("memory") == service["available_memory"]
    assert int(made.flag("concurrency")) == service["max_instance_request_concurrency"]
    assert int(made.flag("min-instances")) == service["min_instance_count"]
    assert int(made.flag("max-instances")) == service["max_instance_count"]
    assert made.flag("timeout") == f"{service['timeout_seconds']}s"
    assert _INGRESS[made.flag("ingress-settings")] == service["ingress_settings"]
    assert _pairs(made.flag("set-env-vars")) == service["environment_variables"]
    assert _pairs(",".join(made.flags.get("set-secrets", []))) == {
        f"{volume['mount_path']}:/{version['path']}": f"{volume['secret']}:{version['version']}"
        for volume in service["secret_volumes"]
        for version in volume["versions"]
    }


def _pairs(text: str) -> dict[str, str]:
    """`A=1,B=2`"""
    return dict(pair.split("=", 1) for pair in text.split(",") if pair)


def _seconds(duration: str) -> str:
    """`7d` as Terraform has it; what is in seconds already stays."""
    return f"{int(duration[:-1]) * _DAY_SECONDS}s" if duration.endswith("d") else duration
