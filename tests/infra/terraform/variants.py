"""The plans that the tests look at: each way in, without and with analytics, and one with everything.

Written as one of Terraform's own test files, whose mocked providers say what the cloud would make up.
"""

import itertools
from typing import Any

PROJECT = "demo-project"
FUNCTIONS = ("webhook", "correlate", "send")
ACCOUNTS = (*FUNCTIONS, "push", "scheduler", "build", "deploy")
PROJECT_NUMBER = "123456789012"

_DOMAIN = {"domain": "rbm.example.com"}
WAYS_IN = {
    "invoker": {},
    "no_check": {},
    "load_balancer": _DOMAIN,
    "load_balancer_no_check": _DOMAIN,
}
ANALYTICS = {"": False, "_with_analytics": True}

# Everything that a policy can say besides the brand.
_POLICY = {
    "region": "europe",
    "sources": ["orders"],
    "prefixes": ["+49", "+43"],
    "rate_per_second": 50,
    "allowed_when_opted_out": ["AUTHENTICATION"],
}

_EVERYTHING = {
    "public_access": "load_balancer",
    **_DOMAIN,
    "analytics": True,
    "continuous_deployment": True,
    "cmek_key": "projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger",
    "agents": {
        "growing-tree-bank@rbm.goog": {"brand": "bank", **_POLICY},
        "*": {"allowed_when_opted_out": []},
    },
    "opt_out_keywords": ["Stopp", "no more"],
    "opt_in_keywords": ["weiter"],
    "publishers": ["group:shop@example.com"],
    "subscribers": ["group:crm@example.com"],
    "callers": ["group:support@example.com"],
    "alert_emails": ["on-call@example.com"],
    "billing_account": "012345-6789AB-CDEF01",
    "budget_amount": 100,
}

VARIANTS: dict[str, dict[str, Any]] = {
    f"{way_in}{suffix}": {"public_access": way_in, "analytics": analytics, **settings}
    for (way_in, settings), (suffix, analytics) in itertools.product(WAYS_IN.items(), ANALYTICS.items())
} | {"everything": _EVERYTHING}


def account_email(name: str) -> str:
    return f"rbm-{name}@{PROJECT}.iam.gserviceaccount.com"


def function_uri(name: str) -> str:
    return f"https://{name}.function"


def make_test_file() -> dict[str, Any]:
    """What a .tftest.json holds."""
    return {
        "mock_provider": {
            "google": [{"source": "./tests/mocks"}, {"alias": "billing"}],
            "google-beta": {},
            "time": {},
        },
        "override_resource": [
            *map(_make_account, ACCOUNTS),
            *map(_make_function, FUNCTIONS),
            _make_repository(),
        ],
        "variables": {"project_id": PROJECT},
        "run": {name: _make_run(variables) for name, variables in VARIANTS.items()},
    }


def _make_run(variables: dict[str, Any]) -> dict[str, Any]:
    # Whether the invoker check is off is asked after the apply.
    unanswered = ["check.webhook_is_open"] if variables["public_access"].endswith("no_check") else []
    return {"command": "plan", "variables": variables, "expect_failures": unanswered}


def _make_account(name: str) -> dict[str, Any]:
    email = account_email(name)
    full_name = f"projects/{PROJECT}/serviceAccounts/{email}"
    address = f'runtime["{name}"]' if name in FUNCTIONS else name
    return _make_known(
        f"google_service_account.{address}",
        {"id": full_name, "name": full_name, "email": email, "member": f"serviceAccount:{email}"},
    )


def _make_function(name: str) -> dict[str, Any]:
    return _make_known(
        f'google_cloudfunctions2_function.function["{name}"]', {"service_config": {"uri": function_uri(name)}}
    )


def _make_repository() -> dict[str, Any]:
    name = f"projects/{PROJECT}/locations/us-central1/repositories/rbm-functions"
    return _make_known("google_artifact_registry_repository.images", {"id": name})


def _make_known(target: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"target": target, "override_during": "plan", "values": values}
