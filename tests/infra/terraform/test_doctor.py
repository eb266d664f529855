"""`rbm doctor --plan`: nothing is wrong with what would be deployed, and what is taken out is named."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from tests.infra.terraform.plans import Plan
from tests.infra.terraform.variants import VARIANTS

from rbm_ops.doctor.checks import make_checks
from rbm_ops.doctor.expected import JOBS, KEPT_DEAD_LETTERS, PUSHED, TOPICS, unindexed_fields
from rbm_ops.doctor.findings import Finding, Verdict, run_checks
from rbm_ops.doctor.planned import observe_plan

_Shown = dict[str, Any]


def _show(plans: dict[str, Plan], variant: str = "invoker") -> _Shown:
    """As `terraform show -json` prints it, for a test to break."""
    variables = {name: {"value": value} for name, value in VARIANTS[variant].items()}
    return {**copy.deepcopy(plans[variant].as_terraform_shows_it()), "variables": variables}


def _examine(shown: _Shown) -> list[Finding]:
    observed = observe_plan(shown)
    return list(run_checks(make_checks(observed.system), observed))


def _faults(shown: _Shown) -> list[Finding]:
    return [finding for finding in _examine(shown) if finding.verdict is Verdict.FAULT]


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_is_wrong_with_what_would_be_deployed(plans: dict[str, Plan], variant: str) -> None:
    findings = _examine(_show(plans, variant))
    assert [finding for finding in findings if finding.verdict is Verdict.FAULT] == []
    assert all(finding.is_natural for finding in findings if finding.verdict is Verdict.NOT_CHECKED)
    assert sum(finding.verdict is Verdict.WELL for finding in findings) >= 20


def test_tables_hold_all_that_is_deployed(default_plan: Plan) -> None:
    subscriptions = {f"rbm-{name}" for name in (KEPT_DEAD_LETTERS, *(each.name for each in PUSHED))}
    fields = {(each["collection"], each["field"]) for each in default_plan.all("google_firestore_field")}
    assert default_plan.named("google_pubsub_topic").keys() == {f"rbm-{name}" for name in TOPICS.values()}
    assert default_plan.named("google_pubsub_subscription").keys() == subscriptions
    assert default_plan.named("google_cloud_scheduler_job").keys() == {f"rbm-{job.name}" for job in JOBS}
    assert fields == {*unindexed_fields(), ("messages", "messageId")}


# What Terraform calls it, and the check that must miss it.
_TAKEN_OUT = {
    'google_pubsub_topic.topic["events"]': "topic rbm-events",
    'google_pubsub_subscription.push["correlate"]': "subscription rbm-events-correlate",
    "google_pubsub_subscription.dead_letters": "subscription rbm-dead-letters-kept",
    "google_pubsub_topic_iam_member.dead_letters": "dead-letter grants",
    'google_pubsub_subscription_iam_member.dead_letters["send"]': "dead-letter grants",
    'google_pubsub_topic_iam_member.runtime["webhook"]': "publishing grants",
    "google_pubsub_topic_iam_member.split": "publishing grants",
    "google_pubsub_topic_iam_member.drain[0]": "publishing grants",
    'google_cloud_run_v2_service_iam_member.push["correlate"]': "invoking grants",
    "google_cloud_run_v2_service_iam_member.scheduler": "invoking grants",
    "google_cloud_run_v2_service_iam_member.drain[0]": "invoking grants",
    "google_cloud_run_v2_service_iam_member.public[0]": "webhook is open to Google",
    'google_project_iam_member.ledger["correlate"]': "grants on the documents",
    "google_project_iam_member.spill[0]": "grants on the documents",
    'google_secret_manager_secret_iam_member.reader["client_tokens"]': "grants on the secrets",
    'google_secret_manager_secret_iam_member.reader["credentials"]': "grants on the secrets",
    'google_secret_manager_secret.secret["client_tokens"]': "secret rbm-client-tokens",
    "google_firestore_database.ledger": "database rbm-ledger",
    'google_firestore_field.purge_time["messages"]': "TTL policies",
    'google_firestore_field.unindexed["messages.events"]': "index exemptions",
    "google_firestore_field.message_id": "index by messageId",
    'google_firestore_index.deadline["dueAtMs"]': "composite indexes",
    "google_cloud_scheduler_job.sweep": "job rbm-sweep",
    "google_cloud_scheduler_job.drain[0]": "job rbm-drain",
    'google_cloudfunctions2_function.function["send"]': "function rbm-send",
}


@pytest.mark.parametrize(("address", "check"), _TAKEN_OUT.items())
def test_what_is_taken_out_is_missed_and_its_place_named(
    plans: dict[str, Plan], address: str, check: str
) -> None:
    shown = _show(plans)
    changes = shown["resource_changes"]
    shown["resource_changes"] = [each for each in changes if each["address"] != address]
    assert len(shown["resource_changes"]) == len(changes) - 1
    faults = [fault for fault in _faults(shown) if fault.check == check]
    assert len(faults) == 1
    assert address.removesuffix("[0]") in faults[0].mend
    if "function.function" not in address:  # which takes its subscription and its job with it
        assert len(_faults(shown)) == 1


def _at(address: str, *path: str | int, to: Any) -> Callable[[_Shown], None]:
    def change(shown: _Shown) -> None:
        (found,) = (each for each in shown["resource_changes"] if each["address"] == address)
        values = found["change"]["after"]
        for step in path[:-1]:
            values = values[step]
        values[path[-1]] = to

    return change


_PUSH = 'google_pubsub_subscription.push["correlate"]'
_SUBSCRIPTION = "subscription rbm-events-correlate"
_SWEEP = "google_cloud_scheduler_job.sweep"
_CORRELATE = 'google_cloudfunctions2_function.function["correlate"]'
_LEDGER = 'google_project_iam_member.ledger["send"]'
_ELSEWHERE = "https://elsewhere.example.com"
_CHANGED: dict[str, tuple[Callable[[_Shown], None], str]] = {
    "pushes to https://elsewhere": (
        _at(_PUSH, "push_config", 0, "push_endpoint", to=_ELSEWHERE),
        _SUBSCRIPTION,
    ),
    "makes its identity token for": (
        _at(_PUSH, "push_config", 0, "oidc_token", 0, "audience", to=_ELSEWHERE),
        _SUBSCRIPTION,
    ),
    "calls as nobody": (_at(_PUSH, "push_config", 0, "oidc_token", to=[]), _SUBSCRIPTION),
    "is one of rbm-updates": (_at(_PUSH, "topic", to="rbm-updates"), _SUBSCRIPTION),
    "work is done twice": (_at(_PUSH, "ack_deadline_seconds", to=30), _SUBSCRIPTION),
    "no retry policy": (_at(_PUSH, "retry_policy", to=[]), _SUBSCRIPTION),
    "gives up on messages to nowhere": (_at(_PUSH, "dead_letter_policy", to=[]), _SUBSCRIPTION),
    "gives up after 7 attempts": (
        _at(_PUSH, "dead_letter_policy", 0, "max_delivery_attempts", to=7),
        _SUBSCRIPTION,
    ),
    "is deleted after a time": (_at(_PUSH, "expiration_policy", to=[]), _SUBSCRIPTION),
    "for 1 days only": (_at(_PUSH, "message_retention_duration", to="86400s"), _SUBSCRIPTION),
    "lets through only": (_at(_PUSH, "filter", to='attributes.family = "UserEvent"'), _SUBSCRIPTION),
    "calls https://send.function/other": (
        _at(_SWEEP, "http_target", 0, "uri", to="https://send.function/other"),
        "job rbm-sweep",
    ),
    "not each minute": (_at(_SWEEP, "schedule", to="0 * * * *"), "job rbm-sweep"),
    "where no secret is mounted": (
        _at(_CORRELATE, "service_config", 0, "environment_variables", "SOME_FILE", to="/nowhere"),
        "function rbm-correlate",
    ),
    "has no roles/datastore.user": (
        _at(_LEDGER, "condition", 0, "expression", to='resource.name == "projects/p/databases/other"'),
        "grants on the documents",
    ),
    "allUsers may invoke service rbm-correlate": (
        _at("google_cloud_run_v2_service_iam_member.public[0]", "name", to="rbm-correlate"),
        "correlate and send are closed to others",
    ),
    "messages.purgeTime is indexed": (
        _at('google_firestore_field.purge_time["messages"]', "index_config", to=[]),
        "index exemptions",
    ),
}


@pytest.mark.parametrize("fault", _CHANGED)
def test_what_is_changed_is_named(plans: dict[str, Plan], fault: str) -> None:
    shown = _show(plans)
    change, check = _CHANGED[fault]
    change(shown)
    named = [each for each in _faults(shown) if each.check == check]
    assert [fault in each.detail for each in named] == [True]
    assert named[0].mend


def test_what_is_not_deployed_by_choice_is_not_missed(plans: dict[str, Plan]) -> None:
    shown = _show(plans)
    left_out = ("drain[0]", "spill[0]")
    shown["resource_changes"] = [
        each for each in shown["resource_changes"] if not each["address"].endswith(left_out)
    ]
    webhook = 'google_cloudfunctions2_function.function["webhook"]'
    _at(webhook, "service_config", 0, "environment_variables", "SPILL", to="false")(shown)
    assert _faults(shown) == []
