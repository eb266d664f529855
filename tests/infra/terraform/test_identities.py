"""Who may do what: exactly this, and nothing wider than it has to be."""

from collections.abc import Iterator

import pytest
from tests.infra.terraform.plans import Grant, Plan
from tests.infra.terraform.variants import (
    ACCOUNTS,
    FUNCTIONS,
    PROJECT,
    PROJECT_NUMBER,
    WAYS_IN,
    account_email,
)

_EVERYBODY = {"allUsers", "allAuthenticatedUsers"}
_PUBSUB_AGENT = f"serviceAccount:service-{PROJECT_NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com"
_KEY = "key projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger"
_DEFAULT_COMPUTE_ACCOUNT = "-compute@developer.gserviceaccount.com"


def _account(name: str) -> str:
    return f"serviceAccount:{account_email(name)}"


_PROJECT = f"project {PROJECT}"
_SPILL_ROLE = f"projects/{PROJECT}/roles/rbm_spill"

# Of each account, all that it may do with the default settings.
GRANTS = {
    "webhook": {
        "roles/pubsub.publisher": {"topic rbm-events"},
        "roles/secretmanager.secretAccessor": {"secret rbm-client-tokens"},
        _SPILL_ROLE: {_PROJECT},
    },
    "correlate": {
        "roles/pubsub.publisher": {"topic rbm-updates", "topic rbm-events"},
        "roles/datastore.user": {_PROJECT},
    },
    "send": {
        "roles/pubsub.publisher": {"topic rbm-updates", "topic rbm-send-requests"},
        "roles/datastore.user": {_PROJECT},
        "roles/secretmanager.secretAccessor": {"secret rbm-credentials"},
    },
    "push": {"roles/run.invoker": {"service rbm-correlate", "service rbm-send"}},
    "scheduler": {"roles/run.invoker": {"service rbm-correlate", "service rbm-send"}},
    "build": {
        "roles/artifactregistry.writer": {"repository rbm-functions"},
        "roles/storage.objectViewer": {_PROJECT},
        "roles/logging.logWriter": {_PROJECT},
    },
}

_LEDGER_ONLY = (
    "Firestore databases have no policy of their own",
    f'resource.name == "projects/{PROJECT}/databases/rbm-ledger"',
)

# The only roles on the whole project, why nothing finer will do, and what confines them all the same.
PROJECT_ROLES = {
    "roles/datastore.user": _LEDGER_ONLY,
    _SPILL_ROLE: _LEDGER_ONLY,
    "roles/storage.objectViewer": (
        "Cloud Functions makes the bucket of a region with the first function in it",
        'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-")',
    ),
    "roles/logging.logWriter": ("logs have no finer resource to be written to", ""),
}

# What Cloud Build may do as `deploy`, and nobody may unless continuous_deployment asks for the account:
# it makes, changes and deletes what is in this configuration, and what is yet to be made has no policy.
DEPLOY_ROLES = {
    f"projects/{PROJECT}/roles/rbm_budget",
    "roles/artifactregistry.admin",
    "roles/bigquery.dataOwner",
    "roles/bigquery.jobUser",
    "roles/cloudfunctions.developer",
    "roles/cloudscheduler.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.securityAdmin",
    "roles/datastore.owner",
    "roles/iam.roleViewer",
    "roles/iam.serviceAccountAdmin",
    "roles/logging.configWriter",
    "roles/logging.logWriter",
    "roles/monitoring.editor",
    "roles/pubsub.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
}

# Who else is let in when the variables say so.
INVITED = {
    Grant("group:shop@example.com", "roles/pubsub.publisher", "topic rbm-send-requests"),
    Grant("group:crm@example.com", "roles/pubsub.subscriber", "topic rbm-updates"),
    Grant("group:support@example.com", "roles/run.invoker", "service rbm-send"),
}


@pytest.mark.parametrize("name", GRANTS)
def test_account_has_exactly_its_roles(any_plan: Plan, name: str) -> None:
    expected = {
        Grant(_account(name), role, resource)
        for role, resources in GRANTS[name].items()
        for resource in resources
    }
    assert {grant for grant in any_plan.grants() if grant.member == _account(name)} == expected


@pytest.mark.parametrize("variant", set(WAYS_IN))
def test_nobody_else_is_granted_anything(plans: dict[str, Plan], variant: str) -> None:
    ours = {_account(name) for name in GRANTS}
    others = {grant for grant in plans[variant].grants() if grant.member not in ours}
    assert others == set(_agent_grants()) | set(_public_grants(variant))


def test_nobody_else_is_granted_anything_with_analytics(plans: dict[str, Plan]) -> None:
    added = plans["invoker_with_analytics"].grants() - plans["invoker"].grants()
    assert added == {
        Grant(_PUBSUB_AGENT, "roles/bigquery.dataEditor", "table updates"),
        Grant(_PUBSUB_AGENT, "roles/pubsub.subscriber", "subscription rbm-updates-analytics"),
    }


def test_with_everything_only_the_invited_the_key_and_the_deployer_are_added(plans: dict[str, Plan]) -> None:
    added = plans["everything"].grants() - plans["load_balancer_with_analytics"].grants()
    for_keys = {grant for grant in added if grant.resource == _KEY}
    for_deployment = {grant for grant in added - for_keys if grant.member == _account("deploy")}
    assert added - for_keys - for_deployment == INVITED
    assert {grant.role for grant in for_keys if grant.member != _account("deploy")} == {
        "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    }
    on_project = {grant for grant in for_deployment if grant.resource == _PROJECT}
    assert {grant.role for grant in on_project} == DEPLOY_ROLES
    assert for_deployment - on_project == {
        Grant(
            _account("deploy"),
            "roles/iam.serviceAccountUser",
            f"account projects/{PROJECT}/serviceAccounts/{account_email(name)}",
        )
        for name in GRANTS
    }


def test_deployer_can_hand_out_no_role_but_those_of_the_functions(plans: dict[str, Plan]) -> None:
    (condition,) = (
        condition
        for grant, condition in plans["everything"].grants_with_conditions()
        if grant.role == "roles/resourcemanager.projectIamAdmin"
    )
    roles = ", ".join(f"'{role}'" for role in sorted(PROJECT_ROLES))
    assert condition == (
        f"api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([{roles}])"
    )


def test_roles_on_the_project_are_those_that_have_to_be_and_confined(any_plan: Plan) -> None:
    for grant, condition in any_plan.grants_with_conditions():
        if grant.resource == _PROJECT and grant.member != _account("deploy"):
            assert condition == PROJECT_ROLES[grant.role][1]


def test_no_grant_takes_the_grants_of_others_away(any_plan: Plan) -> None:
    authoritative = {kind for kind in any_plan.types() if kind.endswith(("_iam_binding", "_iam_policy"))}
    assert authoritative == set()


@pytest.mark.parametrize("suffix", ["", "_with_analytics"])
@pytest.mark.parametrize("way_in", WAYS_IN)
def test_nothing_but_webhook_is_public(plans: dict[str, Plan], way_in: str, suffix: str) -> None:
    plan = plans[way_in + suffix]
    assert {grant for grant in plan.grants() if grant.member in _EVERYBODY} == set(_public_grants(way_in))
    ingress = {
        name: function["service_config"][0]["ingress_settings"] for name, function in plan.functions().items()
    }
    behind = way_in.startswith("load_balancer")
    assert ingress == {
        "webhook": "ALLOW_INTERNAL_AND_GCLB" if behind else "ALLOW_ALL",
        "correlate": "ALLOW_INTERNAL_ONLY",
        "send": "ALLOW_INTERNAL_ONLY",
    }


def test_load_balancer_leads_to_webhook_alone_and_is_guarded(plans: dict[str, Plan]) -> None:
    plan = plans["load_balancer"]
    (endpoint,) = plan.all("google_compute_region_network_endpoint_group")
    (policy,) = plan.all("google_compute_security_policy")
    assert endpoint["cloud_run"][0]["service"] == "rbm-webhook"
    assert {"throttle", "deny(404)", "deny(403)"} < {rule["action"] for rule in policy["rule"]}


def test_bucket_can_not_be_opened_to_the_public(any_plan: Plan) -> None:
    for bucket in any_plan.all("google_storage_bucket"):
        assert bucket["public_access_prevention"] == "enforced"
        assert bucket["uniform_bucket_level_access"] is True


def test_every_function_runs_and_is_built_as_an_account_of_its_own(any_plan: Plan) -> None:
    functions = any_plan.functions()
    assert functions.keys() == set(FUNCTIONS)
    for name, function in functions.items():
        assert function["service_config"][0]["service_account_email"] == account_email(name)
        assert function["build_config"][0]["service_account"].endswith(f"/{account_email('build')}")


def test_pushes_prove_who_they_are(any_plan: Plan) -> None:
    for subscription in any_plan.indexed("google_pubsub_subscription", "push").values():
        (push,) = subscription["push_config"]
        assert push["oidc_token"] == [
            {"service_account_email": account_email("push"), "audience": push["push_endpoint"]}
        ]


def test_default_accounts_of_the_project_are_never_used(any_plan: Plan) -> None:
    assert not any(grant.member.endswith(_DEFAULT_COMPUTE_ACCOUNT) for grant in any_plan.grants())
    made = {account["account_id"] for account in any_plan.all("google_service_account")}
    assert made <= {f"rbm-{name}" for name in ACCOUNTS}


def test_every_subscription_has_dead_letters_and_the_grants_that_they_need(any_plan: Plan) -> None:
    grants = any_plan.grants()
    assert Grant(_PUBSUB_AGENT, "roles/pubsub.publisher", "topic rbm-dead-letters") in grants
    for name, subscription in any_plan.named("google_pubsub_subscription").items():
        if subscription["topic"] != "rbm-dead-letters":
            (policy,) = subscription["dead_letter_policy"]
            assert policy["dead_letter_topic"] == f"projects/{PROJECT}/topics/rbm-dead-letters"
            assert Grant(_PUBSUB_AGENT, "roles/pubsub.subscriber", f"subscription {name}") in grants
        assert subscription["expiration_policy"] == [{"ttl": ""}]


def test_dead_letters_are_kept_for_31_days(any_plan: Plan) -> None:
    kept = any_plan.one("google_pubsub_subscription", "dead_letters")
    assert (kept["topic"], kept["message_retention_duration"]) == ("rbm-dead-letters", f"{31 * 86400}s")


def _agent_grants() -> Iterator[Grant]:
    """Pub/Sub's own account moves what failed too often."""
    yield Grant(_PUBSUB_AGENT, "roles/pubsub.publisher", "topic rbm-dead-letters")
    for name in ("rbm-events-correlate", "rbm-send-requests-send"):
        yield Grant(_PUBSUB_AGENT, "roles/pubsub.subscriber", f"subscription {name}")


def _public_grants(way_in: str) -> Iterator[Grant]:
    if not way_in.endswith("no_check"):
        yield Grant("allUsers", "roles/run.invoker", "service rbm-webhook")
