"""Sweep and drain: called every minute, by nobody else, in time; the same by Terraform and by deploy.sh."""

from typing import Any

import pytest
from tests.infra.terraform.deploy_script import GcloudCommand, find_commands
from tests.infra.terraform.plans import Plan
from tests.infra.terraform.variants import account_email, function_uri

# What is called, and whose it is.
JOBS = {"sweep": "send", "drain": "correlate"}


def _job(plan: Plan, name: str) -> dict[str, Any]:
    return plan.one("google_cloud_scheduler_job", name)


@pytest.mark.parametrize(("name", "function"), JOBS.items())
def test_it_is_called_every_minute(any_plan: Plan, name: str, function: str) -> None:
    job = _job(any_plan, name)
    assert (job["name"], job["schedule"]) == (f"rbm-{name}", "* * * * *")
    assert not job.get("paused")
    (call,) = job["http_target"]
    assert (call["http_method"], call["uri"]) == ("POST", f"{function_uri(function)}/{name}")


@pytest.mark.parametrize(("name", "function"), JOBS.items())
def test_call_proves_who_it_is(any_plan: Plan, name: str, function: str) -> None:
    (token,) = _job(any_plan, name)["http_target"][0]["oidc_token"]
    assert token == {"service_account_email": account_email("scheduler"), "audience": function_uri(function)}


@pytest.mark.parametrize(("name", "function"), JOBS.items())
def test_answer_is_awaited_until_the_function_is_cut_off(any_plan: Plan, name: str, function: str) -> None:
    timeout_seconds = any_plan.functions()[function]["service_config"][0]["timeout_seconds"]
    deadline_seconds = int(_job(any_plan, name)["attempt_deadline"].removesuffix("s"))
    # What Cloud Scheduler takes for a call by HTTP: 15 seconds to 30 minutes.
    assert 15 <= timeout_seconds < deadline_seconds <= 1800


@pytest.mark.parametrize("name", JOBS)
def test_deploy_script_makes_the_same_job(
    default_plan: Plan, commands: list[GcloudCommand], name: str
) -> None:
    jobs = find_commands(commands, "scheduler", "jobs", "create", "http")
    assert jobs.keys() == {f"rbm-{each}" for each in JOBS}
    made, job = jobs[f"rbm-{name}"], _job(default_plan, name)
    (call,), (retry,) = job["http_target"], job["retry_config"]
    (token,) = call["oidc_token"]
    assert made.flag("location") == "us-central1"
    assert {flag: made.flag(flag) for flag in made.flags.keys() - {"project", "location"}} == {
        "schedule": job["schedule"],
        "time-zone": job["time_zone"],
        "uri": call["uri"],
        "http-method": call["http_method"].lower(),
        "oidc-service-account-email": token["service_account_email"],
        "oidc-token-audience": token["audience"],
        "attempt-deadline": job["attempt_deadline"],
        "max-retry-attempts": str(retry["retry_count"]),
        "min-backoff": retry["min_backoff_duration"],
    }


def test_deploy_script_makes_the_same_composite_indexes(
    default_plan: Plan, commands: list[GcloudCommand]
) -> None:
    made = [
        command.flags for command in commands if command.words[:3] == ("firestore", "indexes", "composite")
    ]
    planned = [
        {
            "collection-group": [index["collection"]],
            "query-scope": [index["query_scope"].lower().replace("_", "-")],
            "field-config": [
                f"field-path={field['field_path']},order={field['order'].lower()}"
                for field in index["fields"]
            ],
            "database": [index["database"]],
            "project": ["demo-project"],
            "async": [""],
        }
        for index in default_plan.all("google_firestore_index")
    ]
    assert sorted(made, key=str) == sorted(planned, key=str)
