"""Whoever reads Terraform's state or plan learns no secret; and everything that serves has its limits."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.infra.terraform.plans import Plan

# Resources and data whose state holds a secret in the clear.
_HOLDING_SECRETS = {
    *("google_service_account_key", "google_secret_manager_secret_version", "google_storage_hmac_key"),
    *("google_kms_secret_ciphertext", "google_compute_ssl_certificate", "google_apikeys_key"),
    *("random_password", "random_bytes", "tls_private_key", "google_service_account_access_token"),
    *("google_client_config", "google_service_account_id_token", "google_storage_object_signed_url"),
}
# Sensitive for the provider, and never given: the archive is a file, a version's value is not fetched.
_NEVER_GIVEN = {
    ("google_storage_bucket_object", "content"),
    ("google_secret_manager_secret_version", "secret_data"),
}
_SECRET_NAMES = re.compile(r"TOKENS?$|PASSWORD|SECRET|(^|_)KEY$|CREDENTIALS?$")
# What a private key, a token of Google's, or one of ours would look like.
_SECRET_FORMS = re.compile(r"PRIVATE KEY|ya29\.|AIza[\w-]{30}|\"private_key|eyJ[\w-]{20}")


def find_sensitive(marks: Any, value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of values that are marked as sensitive, and there."""
    if isinstance(marks, dict):
        for name, mark in marks.items():
            yield from find_sensitive(
                mark, value.get(name) if isinstance(value, dict) else None, (*path, name)
            )
    elif isinstance(marks, list):
        for mark, item in zip(marks, value or (), strict=False):
            yield from find_sensitive(mark, item, path)
    elif marks and value is not None:
        yield path


def test_no_resource_or_data_holds_a_secret(any_plan: Plan) -> None:
    assert any_plan.types() & _HOLDING_SECRETS == set()
    assert any_plan.data_types() & _HOLDING_SECRETS == {"google_secret_manager_secret_version"}
    fetched = [data["fetch_secret_data"] for data in any_plan.data("google_secret_manager_secret_version")]
    assert set(fetched) == {False}


def test_no_value_that_is_sensitive_is_given(any_plan: Plan) -> None:
    marked = set()
    for change in any_plan.changes():
        after, marks = change["change"]["after"], change["change"]["after_sensitive"]
        assert list(find_sensitive(marks, after)) == [], change["address"]
        marked |= {(change["type"], name) for name in marks or ()}
    assert marked >= _NEVER_GIVEN  # else nothing was looked at


def test_no_setting_of_a_function_is_a_secret(any_plan: Plan) -> None:
    for function in any_plan.functions().values():
        (service,) = function["service_config"]
        assert not service.get("secret_environment_variables")
        for name, value in service["environment_variables"].items():
            assert not _SECRET_NAMES.search(name.removesuffix("_FILE")) or value.startswith("/secrets/"), name


def test_nothing_in_a_plan_looks_like_a_secret(any_plan: Plan) -> None:
    assert _SECRET_FORMS.search(json.dumps(list(any_plan.changes()))) is None


@pytest.mark.parametrize("shown", ['{"private_key": "x"}', "-----BEGIN PRIVATE KEY-----", "ya29.a0AfH6"])
def test_secret_that_is_in_a_plan_would_be_found(shown: str) -> None:
    assert _SECRET_FORMS.search(shown)
    assert list(find_sensitive({"a": [{"b": True}]}, {"a": [{"b": shown}]})) == [("a", "b")]


def test_everything_that_serves_has_its_limits(any_plan: Plan) -> None:
    for name, function in any_plan.functions().items():
        (service,) = function["service_config"]
        assert 1 <= service["timeout_seconds"] <= 60, name
        assert 1 <= service["max_instance_count"] <= 100, name
        assert 1 <= service["max_instance_request_concurrency"] <= 1000, name
    for job in any_plan.all("google_cloud_scheduler_job"):
        assert int(job["attempt_deadline"].removesuffix("s")) <= 60
